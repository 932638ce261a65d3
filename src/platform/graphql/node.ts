import { Field, ID, InterfaceType } from 'type-graphql';
import type { IdKind } from '../ids.js';
import type { LoaderToken } from '../scope.js';

@InterfaceType({
  description: '有全局标识的对象，可用 node(id) 取回。Anything with a global id, which node(id) fetches again.',
  resolveType: (value: object) => value.constructor.name,
})
export abstract class Node {
  @Field(() => ID, { description: '全局标识（TypeID），前缀说明种类，如 fac_01j…。Global id whose prefix says the kind.' })
  id!: string;
}

/** How one kind of node is fetched by id: a room states it, `node` and `nodes` use it. The loader answers null for what the viewer may not see. */
export interface NodeKind {
  readonly kind: IdKind;
  readonly loader: LoaderToken<string, object | null>;
}

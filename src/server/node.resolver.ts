import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { kindOfId, type IdKind, type RequestScope } from '../platform/index.js';
import { Node, badInput, type NodeKind } from '../platform/graphql/index.js';
import { Allow } from '../identity/index.js';
import { LIMITS } from './limits.js';

const kinds = new Map<IdKind, NodeKind>();

/** States how each kind of node is fetched; called once, where the schema is assembled. */
export function registerNodeKinds(registered: readonly NodeKind[]): void {
  kinds.clear();
  for (const kind of registered) kinds.set(kind.kind, kind);
}

@Resolver()
export class NodeResolver {
  @Allow('service:read')
  @Query(() => Node, { nullable: true, description: '按全局标识取回对象；不存在或不可见时为空。Fetches an object by its global id; null where it does not exist or is not visible to the caller.' })
  node(@Arg('id', () => ID, { description: '全局标识，如 fac_01j…。The global id.' }) id: string, @Ctx() scope: RequestScope): Promise<Node | null> {
    return nodeOf(scope, id);
  }

  @Allow('service:read')
  @Query(() => [Node], { nullable: 'items', description: '按标识取回多个对象，顺序与输入相同；不存在或不可见者为空。Fetches several objects in the order of the ids; null for each that does not exist or is not visible to the caller.' })
  async nodes(@Arg('ids', () => [ID], { description: '全局标识，至多 100 个。The global ids, at most 100.' }) ids: string[], @Ctx() scope: RequestScope): Promise<Array<Node | null>> {
    const most = LIMITS.nodeIds.value;
    if (ids.length > most) throw badInput({ zh: `ids 至多 ${most} 个，收到 ${ids.length} 个`, en: `ids takes at most ${most}, got ${ids.length}` }, 'ids');
    return Promise.all(ids.map(id => nodeOf(scope, id)));
  }
}

async function nodeOf(scope: RequestScope, id: string): Promise<Node | null> {
  const known = kinds.get(kindOfId(id)!);
  return known ? ((await scope.load(known.loader, id)) as Node | null) : null;
}

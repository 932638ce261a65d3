import { ArgsType, Field, Int, ObjectType, type ClassType } from 'type-graphql';
import { badInput } from './faults.js';

export const PAGE_DEFAULT = 20;
export const PAGE_MAXIMUM = 100;

@ArgsType()
export class PageArgs {
  @Field(() => Int, { defaultValue: PAGE_DEFAULT, description: '每页条数，1–100，默认 20。Items of a page, 1 to 100, 20 by default.' })
  first!: number;

  @Field(() => String, { nullable: true, defaultValue: null, description: '从此游标之后取；为空取第一页。Continue after this cursor; null for the first page.' })
  after!: string | null;
}

@ObjectType({ description: '分页信息。Where this page stands.' })
export class PageInfo {
  @Field(() => Boolean, { description: '其后是否还有。Whether more follows.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: '其前是否还有。Whether something precedes this page.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: '本页首条游标；空页为空。Cursor of the first item; null on an empty page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: '本页末条游标；空页为空。Cursor of the last item; null on an empty page.' })
  endCursor!: string | null;
}

export interface Edge<Node> {
  cursor: string;
  node: Node;
}

export interface Connection<Node> {
  edges: Array<Edge<Node>>;
  pageInfo: PageInfo;
  /** Counted only when it is selected. */
  totalCount: () => Promise<number>;
}

/** Declares `<name>Edge` and `<name>Connection` for a node type. */
export function connectionTypes<Node extends object>(name: string, node: () => ClassType<Node>, described: { zh: string; en: string }): ClassType<Connection<Node>> {
  @ObjectType(`${name}Edge`, { description: `${described.zh}列表的一项。One of a list of ${described.en}.` })
  class EdgeType implements Edge<Node> {
    @Field(() => String, { description: '游标。Opaque cursor of this item.' })
    cursor!: string;

    @Field(() => node(), { description: `${described.zh}。The item itself.` })
    node!: Node;
  }

  @ObjectType(`${name}Connection`, { description: `${described.zh}列表，按游标分页。A list of ${described.en}, in pages by cursor.` })
  class ConnectionType {
    @Field(() => [EdgeType], { description: '本页各项。The items of this page.' })
    edges!: Array<Edge<Node>>;

    @Field(() => PageInfo, { description: '分页信息。Where this page stands.' })
    pageInfo!: PageInfo;

    @Field(() => Int, { description: '符合条件的总数；仅在选取时统计。How many match in all; counted only when selected.' })
    totalCount(): Promise<number> {
      // A page brings its own counter, which stands before this method: declared as a method, it is called, and only when selected.
      throw new TypeError('a page without its counter');
    }
  }
  return ConnectionType as unknown as ClassType<Connection<Node>>;
}

/** The keys of a keyset page: the sort values and, last, the id that breaks ties. */
export type KeysetKey = ReadonlyArray<string | number | null>;

export function encodeCursor(key: KeysetKey): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** Opens a cursor of `length` keys; anything else is the caller's mistake, never an internal error. */
export function decodeCursor(cursor: string, kinds: ReadonlyArray<'string' | 'number'>): KeysetKey {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(key) && key.length === kinds.length && key.every((part, i) => typeof part === kinds[i])) return key as KeysetKey;
  } catch {
    // falls through to the refusal
  }
  throw badInput({ zh: '游标 after 无效：请使用上一页返回的 endCursor', en: 'the cursor in `after` is not one of ours: use the endCursor of the page before' }, 'after');
}

/** Checks a page's size once for every list. */
export function pageSize(first: number): number {
  if (!Number.isInteger(first) || first < 1 || first > PAGE_MAXIMUM) {
    throw badInput({ zh: `first 须在 1 到 ${PAGE_MAXIMUM} 之间，收到 ${first}`, en: `first must be 1 to ${PAGE_MAXIMUM}, got ${first}` }, 'first');
  }
  return first;
}

/** Makes a page of rows read with `limit first + 1`. */
export function pageOf<Node>(rows: readonly Node[], options: { first: number; after: string | null; keyOf: (node: Node) => KeysetKey; count: () => Promise<number> }): Connection<Node> {
  const edges = rows.slice(0, options.first).map(node => ({ node, cursor: encodeCursor(options.keyOf(node)) }));
  return {
    edges,
    pageInfo: {
      hasNextPage: rows.length > options.first,
      hasPreviousPage: options.after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: options.count,
  };
}

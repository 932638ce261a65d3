/** Where a Redis is, as REDIS_URL names it: one server, a cluster, or one that sentinels watch over. */
export interface RedisAddress {
  readonly kind: 'SINGLE' | 'CLUSTER' | 'SENTINEL';
  readonly isEncrypted: boolean;
  readonly username?: string;
  readonly password?: string;
  /** Some of a cluster's nodes, or the sentinels. */
  readonly nodes: ReadonlyArray<{ readonly host: string; readonly port: number }>;
  /** What the sentinels call the server; '' for any other kind. */
  readonly name: string;
}

const SHAPE = /^(rediss?)(?:\+(cluster|sentinel))?:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/?#@]+)(?:\/([^?#]*))?(?:[?#].*)?$/;
const USUAL_PORT = { SINGLE: 6379, CLUSTER: 6379, SENTINEL: 26_379 } as const;

/**
 * Reads `redis://host:6379/0`, `redis+cluster://a:7000,b:7001` or `redis+sentinel://a:26379,b:26379/name`; `rediss` for TLS.
 * Null where the text names none.
 */
export function redisAddressOf(text: string): RedisAddress | null {
  const [, scheme, kindText, username, password, hosts, name = ''] = SHAPE.exec(text) ?? [];
  if (hosts === undefined) return null;
  const kind = kindText === 'cluster' ? 'CLUSTER' : kindText === 'sentinel' ? 'SENTINEL' : 'SINGLE';
  const nodes = hosts.split(',').map(node => /^(\[[0-9a-fA-F:]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(node)).map(match => match && { host: match[1]!.replace(/^\[|\]$/g, ''), port: Number(match[2] ?? USUAL_PORT[kind]) });
  if (nodes.some(node => node === null || node.port > 65_535)) return null;
  if (kind === 'SINGLE' ? nodes.length > 1 : kind === 'SENTINEL' ? name === '' : name !== '') return null;
  return {
    kind,
    isEncrypted: scheme === 'rediss',
    ...(username ? { username: decodeURIComponent(username) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
    nodes: nodes as RedisAddress['nodes'],
    name: kind === 'SENTINEL' ? name : '',
  };
}

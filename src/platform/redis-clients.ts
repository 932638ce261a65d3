import { redisAddressOf, type RedisAddress } from './redis-address.js';

/** Loaded by whoever connects: hundreds of modules, of which a server without Redis needs none. */
const redis = () => import('@redis/client');

/** How long the start waits for Redis. The client never rejects `connect` by itself, and a server without Redis is degraded, not down. */
export const CONNECT_MS = 2_000;
/** A Redis that hangs closes nothing: it is asked this often, and given up as lost when it says nothing for so long. */
export const PING_MS = 500;
export const SILENCE_MS = 1_500;

const socketOptions = { connectTimeout: CONNECT_MS, socketTimeout: SILENCE_MS, reconnectStrategy: (tries: number) => Math.min(50 * 2 ** tries, 1_000) };

/** A client of one server: it comes back by itself, and a hung server counts as one that is away. It rejects at once what it cannot send, or keeps it until the server is back. */
export async function clientOf(url: string, { keepsCommands = false } = {}) {
  return (await redis()).createClient({ url, disableOfflineQueue: !keepsCommands, pingInterval: PING_MS, socket: socketOptions });
}

function nodeOptions({ username, password, isEncrypted }: RedisAddress) {
  return { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }), disableOfflineQueue: true, pingInterval: PING_MS, socket: isEncrypted ? { ...socketOptions, tls: true as const } : socketOptions };
}

/** A client of a cluster; its nodes are found from those that the address names. */
export async function clusterOf(address: RedisAddress) {
  const options = nodeOptions(address);
  return (await redis()).createCluster({ rootNodes: address.nodes.map(({ host, port }) => ({ ...options, socket: { ...options.socket, host, port } })), defaults: options });
}

/** A client of the server that sentinels say is the master. The credentials are the server's; sentinels are asked without. */
export async function sentinelOf(address: RedisAddress) {
  const { username: _username, password: _password, ...ofSentinels } = nodeOptions(address);
  return (await redis()).createSentinel({ name: address.name, sentinelRootNodes: [...address.nodes], nodeClientOptions: nodeOptions(address), sentinelClientOptions: ofSentinels, scanInterval: 2_000 });
}

/** A client for what is kept in Redis, of whichever kind the URL names. It rejects at once what it cannot send. */
export async function redisStore(url: string) {
  const address = redisAddressOf(url);
  if (address === null || address.kind === 'SINGLE') return clientOf(url);
  return address.kind === 'CLUSTER' ? clusterOf(address) : sentinelOf(address);
}

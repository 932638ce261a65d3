import { randomBytes } from 'node:crypto';
import { Listeners } from './live-listeners.js';
import type { Live } from './live.js';
import type { Log } from './log.js';
import { clusterOf, CONNECT_MS, PING_MS, sentinelOf, SILENCE_MS } from './redis-clients.js';
import type { RedisAddress } from './redis-address.js';

/** A connection that carries messages, while it lasts. */
interface Wire {
  publish(channel: string, payload: string): Promise<unknown>;
  subscribe(channel: string, take: (payload: string) => void): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  destroy(): void;
}

/** One that heard nothing of itself for so long is given up, and another opened: nodes may have changed their places. */
const LOST_MS = 5_000;
const BEAT = 'beat';
/** All channels lie in one slot, and so on one shard: what the beat proves of its own channel holds for every other. */
const channelOf = (topic: string): string => `{chaowei}:${topic}`;

async function openClusterWire(address: RedisAddress, log: Log): Promise<Wire> {
  const cluster = await clusterOf(address);
  cluster.on('error', (error: Error) => log.warn({ message: error.message }, 'redis cluster connection'));
  await cluster.connect();
  return {
    publish: (channel, payload) => cluster.sPublish(channel, payload),
    subscribe: (channel, take) => cluster.sSubscribe(channel, take),
    unsubscribe: channel => cluster.sUnsubscribe(channel),
    destroy: () => cluster.destroy(),
  };
}

async function openSentinelWire(address: RedisAddress, log: Log): Promise<Wire> {
  const sentinel = await sentinelOf(address);
  sentinel.on('error', (error: Error) => log.warn({ message: error.message }, 'redis sentinel connection'));
  await sentinel.connect();
  return {
    publish: (channel, payload) => sentinel.publish(channel, payload),
    subscribe: (channel, take) => sentinel.subscribe(channel, take),
    unsubscribe: channel => sentinel.unsubscribe(channel),
    destroy: () => void sentinel.destroy().catch(() => undefined),
  };
}

/**
 * The bus over several Redis nodes: sharded pub/sub in a cluster, plain pub/sub of the master that sentinels name. Clients of
 * several nodes do not say whether they deliver, so the bus sends itself a beat and believes what comes back.
 */
class BeatingLive implements Live {
  readonly kind = 'REDIS';
  readonly #listeners: Listeners;
  readonly #id = randomBytes(9).toString('base64url');
  readonly #carried = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #wire: Wire | null = null;
  #isOpening = false;
  #hasClosed = false;
  #openedAt = -Infinity;
  #heardAt = -Infinity;
  #wasConnected = false;
  #beats = 0;
  readonly firstBeat = Promise.withResolvers<void>();

  constructor(
    private readonly open: () => Promise<Wire>,
    private readonly log: Log,
  ) {
    this.#listeners = new Listeners(log);
    this.#timer = setInterval(() => this.#turn(), PING_MS / 2).unref();
    this.#turn();
  }

  isConnected(): boolean {
    return this.#wire !== null && performance.now() - this.#heardAt < SILENCE_MS;
  }

  publish(topic: string, payload: string): void {
    if (!this.#wire || !this.isConnected()) return;
    this.#wire.publish(channelOf(topic), payload).catch((error: Error) => this.log.debug({ message: error.message, topic }, 'wake-up not published'));
  }

  subscribe(topic: string, listen: (payload: string) => void): () => void {
    if (this.#listeners.add(topic, listen).isFirst) this.#carry(topic);
    return () => {
      if (!this.#listeners.remove(topic, listen).isLast || !this.#carried.delete(topic)) return;
      this.#wire?.unsubscribe(channelOf(topic)).catch(() => undefined);
    };
  }

  async close(): Promise<void> {
    this.#hasClosed = true;
    clearInterval(this.#timer);
    this.#drop();
  }

  #turn(): void {
    const now = performance.now();
    if (!this.isConnected()) this.#wasConnected = false;
    if (this.#wire && now - Math.max(this.#heardAt, this.#openedAt) > LOST_MS) this.#drop();
    if (!this.#wire) return void this.#reopen();
    for (const topic of [BEAT, ...this.#listeners.topics]) this.#carry(topic);
    // Beats that nobody answers are not piled up: a hung node is written to no more.
    if (this.#beats > 2) return;
    this.#beats += 1;
    const wire = this.#wire;
    wire.publish(channelOf(BEAT), this.#id).catch(() => undefined).finally(() => wire === this.#wire && (this.#beats -= 1));
  }

  async #reopen(): Promise<void> {
    if (this.#isOpening || this.#hasClosed) return;
    this.#isOpening = true;
    try {
      const wire = await this.open();
      if (this.#hasClosed) return wire.destroy();
      this.#wire = wire;
      this.#openedAt = performance.now();
      this.#turn();
    } catch (error) {
      this.log.warn({ message: (error as Error).message }, 'redis connect');
    } finally {
      this.#isOpening = false;
    }
  }

  #drop(): void {
    this.#carried.clear();
    this.#beats = 0;
    const wire = this.#wire;
    this.#wire = null;
    wire?.destroy();
  }

  #carry(topic: string): void {
    const wire = this.#wire;
    if (!wire || this.#carried.has(topic)) return;
    this.#carried.add(topic);
    wire.subscribe(channelOf(topic), payload => (topic === BEAT ? this.#hear(payload) : this.#listeners.deliver(topic, payload))).then(
      // What was published before came to nobody: whoever listens looks once.
      () => wire === this.#wire && this.#listeners.deliver(topic, ''),
      (error: Error) => {
        if (wire === this.#wire) this.#carried.delete(topic);
        this.log.warn({ message: error.message, topic }, 'redis subscribe');
      },
    );
  }

  #hear(id: string): void {
    if (id !== this.#id) return;
    this.#heardAt = performance.now();
    if (this.#wasConnected) return;
    this.#wasConnected = true;
    this.firstBeat.resolve();
    this.#listeners.wakeAll();
  }
}

/** Opens the bus over a cluster or the master that sentinels name; without an answer in time it begins degraded. */
export async function openBeatingLive(address: RedisAddress, log: Log): Promise<Live> {
  const live = new BeatingLive(() => (address.kind === 'CLUSTER' ? openClusterWire(address, log) : openSentinelWire(address, log)), log);
  await Promise.race([live.firstBeat.promise, new Promise(resolve => setTimeout(resolve, CONNECT_MS).unref())]);
  return live;
}

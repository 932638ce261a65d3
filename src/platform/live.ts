import { createClient } from 'redis';
import type { Log } from './log.js';

/**
 * A wake-up between processes, never a record: losing it delays, it never loses (F3). The readers of a topic look
 * into the database for what is new; a payload only hints at it.
 */
export interface Live {
  readonly kind: 'IN_PROCESS' | 'REDIS';
  /** Whether the bus delivers now. A degraded bus makes readers poll; it never makes the server unready. */
  isConnected(): boolean;
  publish(topic: string, payload: string): void;
  subscribe(topic: string, listen: (payload: string) => void): () => void;
  close(): Promise<void>;
}

/** Fan-out inside one process, shared by both buses. A listener that throws is logged and harms no other. */
class Listeners {
  readonly #byTopic = new Map<string, Set<(payload: string) => void>>();

  constructor(private readonly log: Log) {}

  add(topic: string, listen: (payload: string) => void): { readonly isFirst: boolean } {
    const known = this.#byTopic.get(topic);
    if (known) {
      known.add(listen);
      return { isFirst: false };
    }
    this.#byTopic.set(topic, new Set([listen]));
    return { isFirst: true };
  }

  remove(topic: string, listen: (payload: string) => void): { readonly isLast: boolean } {
    const known = this.#byTopic.get(topic);
    known?.delete(listen);
    if (!known || known.size > 0) return { isLast: false };
    this.#byTopic.delete(topic);
    return { isLast: true };
  }

  wakeAll(): void {
    for (const topic of this.#byTopic.keys()) this.deliver(topic, '');
  }

  deliver(topic: string, payload: string): void {
    for (const listen of this.#byTopic.get(topic) ?? []) {
      try {
        listen(payload);
      } catch (error) {
        this.log.error({ err: error, topic }, 'a live listener failed');
      }
    }
  }
}

/** The bus of a single process. Delivery is asynchronous, as it is through Redis, so that no caller relies on order with its own work. */
export function openInProcessLive(log: Log): Live {
  const listeners = new Listeners(log);
  let closed = false;
  return {
    kind: 'IN_PROCESS',
    isConnected: () => !closed,
    publish: (topic, payload) => setImmediate(() => closed || listeners.deliver(topic, payload)),
    subscribe(topic, listen) {
      listeners.add(topic, listen);
      return () => void listeners.remove(topic, listen);
    },
    close: async () => void (closed = true),
  };
}

/** How long the start waits for Redis. The client never rejects `connect` by itself, and a server without Redis is degraded, not down. */
const CONNECT_MS = 2_000;
/** A Redis that hangs closes nothing: it is asked this often, and given up as lost when it says nothing for so long. */
const PING_MS = 500;
const SILENCE_MS = 1_500;

/** Commands of which nothing has been heard: while it is late, nothing more is written, so that the connection is given up. */
class Unanswered {
  #count = 0;
  #since = 0;

  get isLate(): boolean {
    return this.#count > 0 && performance.now() - this.#since > PING_MS;
  }

  async follow(answer: Promise<unknown>): Promise<void> {
    if (this.#count === 0) this.#since = performance.now();
    this.#count += 1;
    await answer.finally(() => {
      this.#count -= 1;
      this.#since = performance.now();
    });
  }
}

/** What every connection to Redis has in common: it comes back by itself, and a hung server counts as one that is away. */
export function redisOptions(url: string): { url: string; disableOfflineQueue: boolean; pingInterval: number; socket: { connectTimeout: number; socketTimeout: number; reconnectStrategy: (tries: number) => number } } {
  return {
    url,
    disableOfflineQueue: true,
    pingInterval: PING_MS,
    socket: { connectTimeout: CONNECT_MS, socketTimeout: SILENCE_MS, reconnectStrategy: tries => Math.min(50 * 2 ** tries, 1_000) },
  };
}

/** The bus of several processes: one publishing and one subscribing connection a process, whatever the number of its clients. */
export async function openRedisLive(url: string, log: Log): Promise<Live> {
  const listeners = new Listeners(log);
  const options = redisOptions(url);
  const publisher = createClient(options);
  const unanswered = new Unanswered();
  // The subscriber keeps its queue: a topic asked for while Redis is away is subscribed to on its return.
  const subscriber = createClient({ ...options, disableOfflineQueue: false });
  for (const client of [publisher, subscriber]) {
    client.on('error', (error: Error) => log.warn({ code: (error as { code?: string }).code, message: error.message }, 'redis connection'));
    client.connect().catch((error: Error) => log.warn({ message: error.message }, 'redis connect'));
  }
  await Promise.race([
    Promise.all([publisher, subscriber].map(client => new Promise(resolve => client.once('ready', resolve)))),
    new Promise(resolve => setTimeout(resolve, CONNECT_MS).unref()),
  ]);

  const deliver = (payload: string, topic: string): void => listeners.deliver(topic, payload);
  // What was published while the connection was away came to nobody: every reader looks once.
  subscriber.on('ready', () => listeners.wakeAll());
  return {
    kind: 'REDIS',
    isConnected: () => publisher.isReady && subscriber.isReady && !unanswered.isLate,
    publish(topic, payload) {
      if (!publisher.isReady || unanswered.isLate) return;
      unanswered.follow(publisher.publish(topic, payload)).catch((error: Error) => log.debug({ message: error.message, topic }, 'wake-up not published'));
    },
    subscribe(topic, listen) {
      if (listeners.add(topic, listen).isFirst) {
        subscriber.subscribe(topic, deliver).catch((error: Error) => log.warn({ message: error.message, topic }, 'redis subscribe'));
      }
      return () => {
        if (listeners.remove(topic, listen).isLast) subscriber.unsubscribe(topic, deliver).catch(() => undefined);
      };
    },
    async close() {
      publisher.destroy();
      subscriber.destroy();
    },
  };
}

import { openBeatingLive } from './live-beating.js';
import { Listeners } from './live-listeners.js';
import type { Log } from './log.js';
import { redisAddressOf } from './redis-address.js';
import { clientOf, CONNECT_MS, PING_MS } from './redis-clients.js';

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

/** The bus of several processes, over whichever kind of Redis the URL names. */
export function openRedisLive(url: string, log: Log): Promise<Live> {
  const address = redisAddressOf(url);
  return address === null || address.kind === 'SINGLE' ? openSingleLive(url, log) : openBeatingLive(address, log);
}

/** The bus over one Redis: one publishing and one subscribing connection a process, whatever the number of its clients. */
async function openSingleLive(url: string, log: Log): Promise<Live> {
  const listeners = new Listeners(log);
  const publisher = await clientOf(url);
  const unanswered = new Unanswered();
  // The subscriber keeps its queue: a topic asked for while Redis is away is subscribed to on its return.
  const subscriber = await clientOf(url, { keepsCommands: true });
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

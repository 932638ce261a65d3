import { setTimeout } from 'node:timers/promises';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { redisStore, type LimitClass, type Log, type RequestScope } from '../platform/index.js';
import { Fault } from '../platform/graphql/index.js';
import { CallerScope } from './caller-scope.js';
import { CLASS_LIMITS } from './limits.js';

/** Where a caller stands in its minute. */
export interface PointsLeft {
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

export interface Charged {
  readonly left: PointsLeft | null;
  readonly fault: Fault | null;
}

/** Points of cost a minute, by key, by actor, or by address for nobody (G23). */
export interface Points {
  charge(scope: RequestScope, cost: number): Promise<Charged>;
  close(): Promise<void>;
}

const MINUTE_SECONDS = 60;
const CONNECT_AGAIN_MS = 1_000;
/** Longest wait for Redis: for an answer, and at the start for the connection. */
const REDIS_MS = 200;

/** How long Redis is left alone after it did not answer: long enough for a hung connection to be given up. */
const LEFT_ALONE_MS = 3_000;

/** A count that all instances share, and one of our own for while that is away or hangs. */
class Counter {
  #sharedAgainAt = 0;

  constructor(
    private readonly own: RateLimiterMemory,
    private readonly shared: RateLimiterRedis | null,
  ) {}

  get points(): number {
    return this.own.points;
  }

  /** Rejects with where the owner stands where its points are spent. */
  async consume(owner: string, cost: number): Promise<RateLimiterRes> {
    if (!this.shared || performance.now() < this.#sharedAgainAt) return this.own.consume(owner, cost);
    const over = new AbortController();
    // A hung server answers no command that was written, and the client has no timeout for those.
    const late = setTimeout(REDIS_MS, null, { signal: over.signal, ref: false }).catch(() => null);
    const asked = this.shared.consume(owner, cost).catch((rejected: unknown) => (rejected instanceof RateLimiterRes ? rejected : null));
    const counted = await Promise.race([asked, late]);
    over.abort();
    if (counted === null) {
      this.#sharedAgainAt = performance.now() + LEFT_ALONE_MS;
      return this.own.consume(owner, cost);
    }
    if (counted.consumedPoints > this.points) throw counted;
    return counted;
  }
}

/**
 * Counts in Redis where there is one, so that all instances share a count, and locally while it is away or hangs: then
 * neither open nor shut. A count never delays an answer by more than `REDIS_MS`.
 */
export async function openPoints(redisUrl: string | null, log: Log): Promise<Points> {
  const client = redisUrl === null ? null : await redisStore(redisUrl);
  client?.on('error', (error: Error) => log.warn({ message: error.message }, 'redis connection of the rate limits'));
  const closing = new AbortController();
  const connecting = client && connected(client, log, closing.signal);
  // What the first requests cost would count here alone, were they not to wait for the connection that is being made.
  const opened = Promise.race([connecting, setTimeout(REDIS_MS, undefined, { ref: false })]);
  const limiters = new Map<LimitClass, Counter>();
  for (const [limitClass, { pointsPerMinute }] of Object.entries(CLASS_LIMITS) as Array<[LimitClass, (typeof CLASS_LIMITS)[LimitClass]]>) {
    if (pointsPerMinute === null) continue;
    const options = { keyPrefix: `chaowei:points:${limitClass}`, points: pointsPerMinute, duration: MINUTE_SECONDS };
    const shared = client ? new RateLimiterRedis({ ...options, storeClient: client, useRedisPackage: true, rejectIfRedisNotReady: true }) : null;
    limiters.set(limitClass, new Counter(new RateLimiterMemory(options), shared));
  }
  return {
    async charge(scope, cost) {
      const limiter = limiters.get(scope.viewer.limitClass);
      if (!limiter) return { left: null, fault: null };
      const owner = ownerOf(scope);
      await opened;
      try {
        return { left: leftOf(await limiter.consume(owner, cost), limiter.points), fault: null };
      } catch (rejected) {
        if (!(rejected instanceof RateLimiterRes)) throw rejected;
        const left = leftOf(rejected, limiter.points);
        return { left, fault: rateLimited(left) };
      }
    },
    async close() {
      closing.abort();
      if (client?.isOpen) client.destroy();
    },
  };
}

/** Connects, again and again: a client of several nodes gives up where it finds none of them. */
async function connected(client: Awaited<ReturnType<typeof redisStore>>, log: Log, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await client.connect();
      return;
    } catch (error) {
      log.warn({ message: (error as Error).message }, 'redis connect');
      await setTimeout(CONNECT_AGAIN_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}

/** Whose points they are: the key's, the actor's, or for nobody the address's. */
function ownerOf(scope: RequestScope): string {
  const { viewer } = scope;
  if (viewer.kind !== 'ANONYMOUS') return viewer.keyId ?? viewer.actorId;
  return scope instanceof CallerScope ? scope.address : viewer.actorId;
}

function leftOf(state: RateLimiterRes, limit: number): PointsLeft {
  return { limit, remaining: Math.max(0, state.remainingPoints), resetMs: Math.max(0, state.msBeforeNext) };
}

function rateLimited(left: PointsLeft): Fault {
  const seconds = Math.ceil(left.resetMs / 1_000);
  return new Fault(
    'RATE_LIMITED',
    { zh: `已用完每分钟 ${left.limit} 点的额度，${seconds} 秒后恢复`, en: `the ${left.limit} points of this minute are spent: they return in ${seconds} s` },
    { limit: left.limit, resetMs: left.resetMs },
  );
}

import { unavailable } from './graphql/faults.js';
import type { Idempotency } from './idempotency.sql.js';
import { jointTransaction } from './joint-transaction.js';
import { RequestScope, type Services } from './scope.js';
import { ensureKey, type Unit } from './unit.js';
import type { Viewer } from './viewer.js';

/** One caller's part of a transaction that several share. */
export interface Gathered<Item> {
  readonly viewer: Viewer;
  readonly item: Item;
  readonly retry: { readonly operation: string; readonly key: string; readonly input: unknown };
  /** How much of a transaction it fills. */
  readonly weight: number;
}

export interface GatherRules<Item, T> {
  /** The most that one transaction holds; a single call that weighs more runs by itself. 1: every call by itself. */
  readonly maximum: (services: Services) => number;
  /** How many transactions may be under way: what one decides here, the database writes of another meanwhile. */
  readonly lanes: number;
  /** In whose name the shared transaction runs; the callers' own viewers are in their parts. */
  readonly viewer: Viewer;
  readonly work: (unit: Unit, parts: ReadonlyArray<Gathered<Item>>) => Promise<readonly T[]>;
  /** Whether an answer is kept with its key; absent: every one. A call that was refused wrote nothing, and may come again. */
  readonly isKept?: (answer: T) => boolean;
}

interface Waiting<Item, T> extends Gathered<Item> {
  readonly call: Idempotency;
  readonly weighs: number;
  readonly identity: string;
  readonly answer: (value: T) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Gathers calls that arrive while a transaction is under way, and writes them together in the next one: the commit and
 * the round trips are paid once for all. Nobody waits for a neighbour that is not there, for the first call starts at
 * once; each gets its own answer. One of its own kind a process (`Services`).
 */
export class Gatherer<Item, T> {
  readonly #ofServices = new WeakMap<Services, Line<Item, T>>();

  constructor(private readonly rules: GatherRules<Item, T>) {}

  run(services: Services, part: Gathered<Item>): Promise<T> {
    ensureKey(part.retry.key);
    let line = this.#ofServices.get(services);
    if (!line) this.#ofServices.set(services, (line = new Line(services, this.rules)));
    return line.run(part);
  }
}

/** Transactions under way at once where every call has its own: fewer than the pool has connections. */
const LANES_OF_SINGLES = 6;
/** The weight that may wait: some seconds of work. Who comes on top is told to come again (G18). */
const MOST_WAITING = 50_000;
const RETRY_MS = 1_000;

class Line<Item, T> {
  #waiting: Array<Waiting<Item, T>> = [];
  #waitingWeight = 0;
  #lanesBusy = 0;
  /** The keys at work in this process: a second call with one waits here, and not on a connection. */
  readonly #atWork = new Set<string>();
  readonly #maximum: number;
  readonly #lanes: number;

  constructor(
    private readonly services: Services,
    private readonly rules: GatherRules<Item, T>,
  ) {
    this.#maximum = rules.maximum(services);
    this.#lanes = this.#maximum === 1 ? LANES_OF_SINGLES : rules.lanes;
  }

  run(part: Gathered<Item>): Promise<T> {
    const weighs = Math.max(1, part.weight);
    if (this.#waitingWeight > 0 && this.#waitingWeight + weighs > MOST_WAITING) return Promise.reject(unavailable(RETRY_MS));
    this.#waitingWeight += weighs;
    return new Promise<T>((answer, fail) => {
      const call = { actorId: part.viewer.actorId, ...part.retry };
      this.#waiting.push({ ...part, call, weighs, identity: JSON.stringify([call.actorId, call.operation, call.key]), answer, fail });
      this.#wake();
    });
  }

  #wake(): void {
    if (this.#waiting.length > 0 && this.#lanesBusy < this.#lanes) void this.#work();
  }

  async #work(): Promise<void> {
    this.#lanesBusy += 1;
    for (;;) {
      // Whoever was read from the sockets in this turn belongs to the same transaction.
      await new Promise(resolve => setImmediate(resolve));
      const taken = this.#take();
      if (taken.length === 0) break;
      await this.#together(taken);
    }
    this.#lanesBusy -= 1;
  }

  /** The calls that come first and fit, but for those whose key is at work. */
  #take(): Array<Waiting<Item, T>> {
    const taken: Array<Waiting<Item, T>> = [];
    const left: Array<Waiting<Item, T>> = [];
    let room = this.#maximum;
    let isFull = false;
    for (const waiting of this.#waiting) {
      isFull ||= taken.length > 0 && waiting.weighs > room;
      if (isFull || this.#atWork.has(waiting.identity)) {
        left.push(waiting);
        continue;
      }
      taken.push(waiting);
      this.#atWork.add(waiting.identity);
      room -= waiting.weighs;
      this.#waitingWeight -= waiting.weighs;
    }
    this.#waiting = left;
    return taken;
  }

  async #together(taken: ReadonlyArray<Waiting<Item, T>>): Promise<void> {
    if (taken.length === 1) return this.#alone(taken[0]!);
    try {
      const settled = await this.#transact(taken, false);
      const busy = settled.flatMap((each, index) => (this.#tell(taken[index]!, each) ? [] : [taken[index]!]));
      // They wait for somebody else's transaction: nobody behind them should.
      for (const waiting of busy) void this.#alone(waiting);
    } catch (error) {
      this.services.log.warn({ err: error, calls: taken.length }, 'a gathered transaction failed');
      if (!isOfOneCall(error)) {
        for (const waiting of taken) this.#settle(waiting, () => waiting.fail(error));
        return;
      }
      for (const waiting of taken) await this.#alone(waiting);
    }
  }

  async #alone(waiting: Waiting<Item, T>): Promise<void> {
    try {
      const [settled] = await this.#transact([waiting], true);
      this.#tell(waiting, settled!);
    } catch (error) {
      this.#settle(waiting, () => waiting.fail(error));
    }
  }

  #transact(parts: ReadonlyArray<Waiting<Item, T>>, isPatient: boolean): ReturnType<typeof jointTransaction<T>> {
    const scope = new RequestScope(this.services, this.rules.viewer, 'zh', 'gathered');
    return jointTransaction(scope, parts.map(part => part.call), (unit, fresh) => this.rules.work(unit, fresh.map(index => parts[index]!)), { isPatient, isKept: this.rules.isKept });
  }

  /** False where the call has still to be made. */
  #tell(waiting: Waiting<Item, T>, settled: Awaited<ReturnType<typeof jointTransaction<T>>>[number]): boolean {
    if (settled.kind === 'BUSY') return false;
    this.#settle(waiting, () => (settled.kind === 'ANSWER' ? waiting.answer(settled.answer) : waiting.fail(settled.fault)));
    return true;
  }

  /** Ends a call, and lets the next of its key begin. */
  #settle(waiting: Waiting<Item, T>, end: () => void): void {
    this.#atWork.delete(waiting.identity);
    end();
    this.#wake();
  }
}

/**
 * Whether an error may be one caller's own, so that the others succeed without it: data that a statement refuses, a
 * constraint, a defect of ours. A database that is away would only be away again for each of them.
 */
function isOfOneCall(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = (cause as { previous?: unknown }).previous ?? cause.cause) {
    const { code } = cause as { code?: unknown };
    if (typeof code === 'string') return /^(22|23|40|42|P0)...$/.test(code) || !/^([0-9A-Z]{5}|E[A-Z]+)$/.test(code);
    if (/timeout|terminated|connection/i.test(cause.message)) return false;
  }
  return true;
}

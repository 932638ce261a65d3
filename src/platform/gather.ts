import type { Idempotency } from './idempotency.sql.js';
import { jointTransaction } from './joint-transaction.js';
import { RequestScope, type Services } from './scope.js';
import { ensureKeyLength, type Unit } from './unit.js';
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
    ensureKeyLength(part.retry.key);
    let line = this.#ofServices.get(services);
    if (!line) this.#ofServices.set(services, (line = new Line(services, this.rules)));
    return line.run(part);
  }
}

class Line<Item, T> {
  #waiting: Array<Waiting<Item, T>> = [];
  #lanesBusy = 0;
  readonly #maximum: number;

  constructor(
    private readonly services: Services,
    private readonly rules: GatherRules<Item, T>,
  ) {
    this.#maximum = rules.maximum(services);
  }

  run(part: Gathered<Item>): Promise<T> {
    return new Promise<T>((answer, fail) => {
      const call = { actorId: part.viewer.actorId, ...part.retry };
      const waiting = { ...part, call, weighs: Math.max(1, part.weight), identity: JSON.stringify([call.actorId, call.operation, call.key]), answer, fail };
      if (this.#maximum === 1) {
        void this.#alone(waiting);
        return;
      }
      this.#waiting.push(waiting);
      if (this.#lanesBusy < this.rules.lanes) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#lanesBusy += 1;
    while (this.#waiting.length > 0) {
      // Whoever was read from the sockets in this turn belongs to the same transaction.
      await new Promise(resolve => setImmediate(resolve));
      await this.#together(this.#take());
    }
    this.#lanesBusy -= 1;
  }

  /** The calls that come first and fit. A second call with the same key waits for the answer of the first. */
  #take(): Array<Waiting<Item, T>> {
    const taken: Array<Waiting<Item, T>> = [];
    const left: Array<Waiting<Item, T>> = [];
    const identities = new Set<string>();
    let room = this.#maximum;
    for (const waiting of this.#waiting) {
      const fits = taken.length === 0 || (waiting.weighs <= room && left.length === 0);
      if (fits && !identities.has(waiting.identity)) {
        taken.push(waiting);
        identities.add(waiting.identity);
        room -= waiting.weighs;
      } else {
        left.push(waiting);
      }
    }
    this.#waiting = left;
    return taken;
  }

  async #together(taken: ReadonlyArray<Waiting<Item, T>>): Promise<void> {
    if (taken.length === 0) return;
    if (taken.length === 1) return this.#alone(taken[0]!);
    try {
      const settled = await this.#transact(taken, false);
      const busy = settled.flatMap((each, index) => (this.#tell(taken[index]!, each) ? [] : [taken[index]!]));
      // They wait for somebody else's transaction: nobody behind them should.
      for (const waiting of busy) void this.#alone(waiting);
    } catch (error) {
      this.services.log.warn({ err: error, calls: taken.length }, 'a gathered transaction failed');
      if (!isOfOneCall(error)) {
        for (const waiting of taken) waiting.fail(error);
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
      waiting.fail(error);
    }
  }

  #transact(parts: ReadonlyArray<Waiting<Item, T>>, isPatient: boolean): ReturnType<typeof jointTransaction<T>> {
    const scope = new RequestScope(this.services, this.rules.viewer, 'zh', 'gathered');
    return jointTransaction(scope, parts.map(part => part.call), (unit, fresh) => this.rules.work(unit, fresh.map(index => parts[index]!)), { isPatient });
  }

  /** False where the call has still to be made. */
  #tell(waiting: Waiting<Item, T>, settled: Awaited<ReturnType<typeof jointTransaction<T>>>[number]): boolean {
    if (settled.kind === 'ANSWER') waiting.answer(settled.answer);
    else if (settled.kind === 'FAULT') waiting.fail(settled.fault);
    return settled.kind !== 'BUSY';
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

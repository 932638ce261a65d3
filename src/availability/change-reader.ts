import type { Services } from '../platform/index.js';
import { listChangesAfter, type LoggedChange } from './change-log.sql.js';
import { AVAILABILITY_TOPIC } from './store-live.js';

/** How often the log is asked though nobody woke us: a safety net while the bus delivers, the way itself while it does not (G12). */
const POLL_MS = { whileWoken: 1_000, whileNot: 100 } as const;
const MOST_AT_ONCE = 5_000;

/** Follows the log from a position on: each server reads it once, whatever the number of its subscribers. */
export class ChangeReader {
  #position: number;
  #reading: Promise<void> | null = null;
  #isAskedAgain = false;
  #hasStopped = false;
  #timer: NodeJS.Timeout | null = null;
  readonly #unsubscribe: () => void;

  constructor(
    private readonly services: Services,
    from: number,
    private readonly take: (changes: readonly LoggedChange[]) => void,
  ) {
    this.#position = from;
    this.#unsubscribe = services.live.subscribe(AVAILABILITY_TOPIC, () => void this.read());
    this.#poll();
  }

  get position(): number {
    return this.#position;
  }

  /** Reads what is new; who asks while another reads is answered by one more read. */
  read(): Promise<void> {
    if (this.#reading) {
      this.#isAskedAgain = true;
      return this.#reading;
    }
    this.#reading = this.#readAll().then(() => {
      this.#reading = null;
      // Who asked after the last look, but before this settled, is answered by a read of its own.
      return this.#isAskedAgain && !this.#hasStopped ? this.read() : undefined;
    });
    return this.#reading;
  }

  stop(): Promise<void> {
    this.#hasStopped = true;
    this.#unsubscribe();
    if (this.#timer) clearTimeout(this.#timer);
    return this.#reading ?? Promise.resolve();
  }

  async #readAll(): Promise<void> {
    do {
      this.#isAskedAgain = false;
      let changes: readonly LoggedChange[];
      do {
        changes = await this.#next();
        // What takes the changes must not fail: one that does is a defect, which ends the process rather than a stream in silence.
        if (changes.length > 0) this.#take(changes);
      } while (changes.length === MOST_AT_ONCE && !this.#hasStopped);
    } while (this.#isAskedAgain && !this.#hasStopped);
  }

  /** What comes next; nothing where the database is away: the next poll goes on from the same position. */
  async #next(): Promise<readonly LoggedChange[]> {
    try {
      return await listChangesAfter(this.services.database, this.#position, MOST_AT_ONCE);
    } catch (error) {
      this.services.log.warn({ message: (error as Error).message }, 'the change log could not be read');
      return [];
    }
  }

  #take(changes: readonly LoggedChange[]): void {
    this.#position = changes.at(-1)!.position;
    this.take(changes);
  }

  #poll(): void {
    if (this.#hasStopped) return;
    this.#timer = setTimeout(() => void this.read().finally(() => this.#poll()), this.services.live.isConnected() ? POLL_MS.whileWoken : POLL_MS.whileNot).unref();
  }
}

import { Follower, type Services } from '../platform/index.js';
import { listChangesAfter, type LoggedChange } from './change-log.sql.js';
import { AVAILABILITY_TOPIC } from './store-live.js';

const MOST_AT_ONCE = 5_000;

/** Follows the log from a position on: each server reads it once, whatever the number of its subscribers. */
export class ChangeReader {
  #position: number;
  readonly #follower: Follower;

  constructor(
    private readonly services: Services,
    from: number,
    private readonly take: (changes: readonly LoggedChange[]) => void,
  ) {
    this.#position = from;
    this.#follower = new Follower(services.live, AVAILABILITY_TOPIC, () => this.#readAll());
  }

  get position(): number {
    return this.#position;
  }

  /** Reads what is new; who asks while another reads is answered by one more read. */
  read(): Promise<void> {
    return this.#follower.look();
  }

  stop(): Promise<void> {
    return this.#follower.stop();
  }

  async #readAll(): Promise<void> {
    let changes: readonly LoggedChange[];
    do {
      changes = await this.#next();
      // What takes the changes must not fail: one that does is a defect, which ends the process rather than a stream in silence.
      if (changes.length > 0) this.#take(changes);
    } while (changes.length === MOST_AT_ONCE && !this.#follower.hasStopped);
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
}

import type { Database } from './database.js';
import type { Sql } from './sql.js';

/** The one connection on which a process holds the locks of all that it does just now. It lasts while there is any. */
class Locks {
  readonly #names = new Set<string>();
  #session: Promise<Sql> | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #end: (error?: Error) => void = () => undefined;

  constructor(private readonly database: Database) {}

  async run(name: string, work: () => Promise<unknown>): Promise<boolean> {
    // The session would take its own lock again.
    if (this.#names.has(name)) return false;
    this.#names.add(name);
    try {
      if (!(await this.#ask('select pg_try_advisory_lock(hashtext($1)) as mine', name))) return false;
      try {
        await work();
        return true;
      } finally {
        await this.#ask('select pg_advisory_unlock(hashtext($1)) as mine', name);
      }
    } finally {
      this.#names.delete(name);
      if (this.#names.size === 0) this.#close();
    }
  }

  async #ask(statement: string, name: string): Promise<boolean> {
    const session = (this.#session ??= this.#open());
    // One statement at a time: a connection takes no more.
    const answer = this.#last.then(async () => (await session).query<{ mine: boolean }>(statement, [name]));
    this.#last = answer.catch(() => undefined);
    try {
      return (await answer)[0]!.mine;
    } catch (error) {
      // A session that failed may still hold locks: it is closed, and the locks of all with it.
      if (this.#session === session) this.#close(error as Error);
      throw error;
    }
  }

  #open(): Promise<Sql> {
    return new Promise((resolve, reject) => {
      const held = this.database.session(sql => {
        resolve(sql);
        return new Promise<void>((over, broken) => {
          this.#end = error => (error ? broken(error) : over());
        });
      });
      held.catch(reject);
    });
  }

  #close(error?: Error): void {
    this.#session = null;
    this.#end(error);
  }
}

const locks = new WeakMap<Database, Locks>();

/**
 * Does something unless another server, or this one, is doing it just now; says whether it did. The advisory lock belongs
 * to a session, so that it goes with a server that dies; and one session holds those of all, however many begin at the
 * same instant, so that nobody who waits for a connection waits for them.
 */
export function onOneServer(database: Database, name: string, work: () => Promise<unknown>): Promise<boolean> {
  let own = locks.get(database);
  if (!own) locks.set(database, (own = new Locks(database)));
  return own.run(name, work);
}

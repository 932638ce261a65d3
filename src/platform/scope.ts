import DataLoader from 'dataloader';
import type { EntityManager } from '@mikro-orm/sql';
import type { Clock } from './clock.js';
import type { Configuration } from './configuration.js';
import type { Database } from './database.js';
import type { Live } from './live.js';
import type { Log } from './log.js';
import type { Reaction } from './reaction.js';
import type { Sealer } from './sealing.js';
import type { Viewer } from './viewer.js';

export type Language = 'zh' | 'en';

/** What the process keeps for its whole life and every request borrows. */
export interface Services {
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly database: Database;
  readonly live: Live;
  readonly sealer: Sealer;
  readonly log: Log;
  /** What the rooms do when a lower one announces something, in the order of the rooms. */
  readonly reactions: readonly Reaction[];
}

/** A batch look-up declared once by a room; each request gets its own loader of it (never shared between requests). */
export interface LoaderToken<Key, Value> {
  readonly name: string;
  readonly batch: (scope: RequestScope, keys: readonly Key[]) => Promise<ReadonlyArray<Value | Error>>;
}

export function defineLoader<Key, Value>(
  name: string,
  batch: (scope: RequestScope, keys: readonly Key[]) => Promise<ReadonlyArray<Value | Error>>,
): LoaderToken<Key, Value> {
  return { name, batch };
}

/** One request, one job or one command: who asks, in which language, with which loaders. The GraphQL context is this. */
export class RequestScope {
  #loaders: Map<LoaderToken<never, never>, DataLoader<never, never>> | null = null;
  #em: EntityManager | undefined;

  constructor(
    readonly services: Services,
    readonly viewer: Viewer,
    readonly language: Language,
    readonly traceId: string,
    /** Aborted when the caller leaves or the request's time is up. */
    readonly signal: AbortSignal | null = null,
  ) {}

  get clock(): Clock {
    return this.services.clock;
  }

  get database(): Database {
    return this.services.database;
  }

  /** An entity manager of this request alone. Reads only: writes go through `transaction`. */
  get em(): EntityManager {
    this.#em ??= this.services.database.orm.em.fork();
    return this.#em;
  }

  /** Loads one key, batched with every other of the same tick. */
  load<Key, Value>(token: LoaderToken<Key, Value>, key: Key): Promise<Value> {
    this.#loaders ??= new Map();
    const known = this.#loaders.get(token as unknown as LoaderToken<never, never>) as unknown as DataLoader<Key, Value> | undefined;
    if (known) return known.load(key);
    const made = new DataLoader<Key, Value>(keys => token.batch(this, keys), { name: token.name });
    this.#loaders.set(token as unknown as LoaderToken<never, never>, made as unknown as DataLoader<never, never>);
    return made.load(key);
  }

  /** The text in the caller's language. */
  say(text: { readonly zh: string; readonly en: string }): string {
    return this.language === 'zh' ? text.zh : text.en;
  }
}

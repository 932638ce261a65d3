import type { ResolvedWhere } from '../facilities/index.js';
import { keysOfFacility, keysOfFilter } from './rules/interest.js';
import { EventBundle, type LiveEntry, type WatchEvent } from './watch-event.js';
import type { Watcher } from './watcher.js';

/** Changes that are told together at most: their bytes are copied at one go for each reader. */
const MOST_TOGETHER = 128;

/** All watchers of one filter: a change is judged once for all of them. */
export interface Interest {
  readonly keys: readonly string[];
  readonly filter: ResolvedWhere;
  readonly watchers: Set<Watcher>;
  /** What every reader of it is told at the end of this turn. */
  gathered: Array<{ readonly facilityId: string; readonly event: WatchEvent }>;
}

/** Who reads what: filters by the keys under which a change may concern them, and what each is told this turn. */
export class Interests {
  readonly #byName = new Map<string, Interest>();
  readonly #byKey = new Map<string, Set<Interest>>();
  readonly #gathering = new Set<Interest>();

  join(watcher: Watcher): void {
    const name = nameOf(watcher.filter);
    const interest = this.#byName.get(name) ?? this.#make(name, watcher.filter);
    interest.watchers.add(watcher);
  }

  /** The filter that others ask with already, where it is the same: it is kept once. */
  filterLike(filter: ResolvedWhere): ResolvedWhere {
    return this.#byName.get(nameOf(filter))?.filter ?? filter;
  }

  leave(watcher: Watcher): void {
    const name = nameOf(watcher.filter);
    const interest = this.#byName.get(name);
    if (!interest?.watchers.delete(watcher) || interest.watchers.size > 0) return;
    this.#byName.delete(name);
    this.#gathering.delete(interest);
    for (const key of interest.keys) {
      const under = this.#byKey.get(key);
      under?.delete(interest);
      if (under?.size === 0) this.#byKey.delete(key);
    }
  }

  *watchers(): Generator<Watcher> {
    for (const { watchers } of this.#byName.values()) yield* watchers;
  }

  clear(): void {
    this.#byName.clear();
    this.#byKey.clear();
    this.#gathering.clear();
  }

  /** The interests whose filter an entry passes. */
  *passedBy(entry: LiveEntry): Generator<Interest> {
    for (const key of keysOfFacility(entry.facilityId, entry.routing)) {
      for (const interest of this.#byKey.get(key) ?? []) if (interest.filter.passes(entry.facilityId, entry.routing)) yield interest;
    }
  }

  /** Keeps what everybody in an interest is told until the turn's end. */
  gather(interest: Interest, facilityId: string, event: WatchEvent): void {
    this.#gathering.add(interest);
    if (interest.gathered.push({ facilityId, event }) === MOST_TOGETHER) tellBundle(interest);
  }

  /** Tells what was gathered: the end of the turn. */
  tellGathered(): void {
    for (const interest of this.#gathering) tellBundle(interest);
    this.#gathering.clear();
  }

  /** Tells some readers of an interest, after all that was gathered for them. */
  tell(interest: Interest, facilityId: string, event: WatchEvent, concerns: (watcher: Watcher) => boolean): void {
    tellBundle(interest);
    for (const watcher of interest.watchers) if (concerns(watcher)) watcher.offer(facilityId, event);
  }

  #make(name: string, filter: ResolvedWhere): Interest {
    const interest: Interest = { keys: keysOfFilter(filter), filter, watchers: new Set(), gathered: [] };
    this.#byName.set(name, interest);
    for (const key of interest.keys) {
      const under = this.#byKey.get(key);
      if (under) under.add(interest);
      else this.#byKey.set(key, new Set([interest]));
    }
    return interest;
  }
}

function tellBundle(interest: Interest): void {
  if (interest.gathered.length === 0) return;
  const bundle = new EventBundle(interest.gathered);
  interest.gathered = [];
  for (const watcher of interest.watchers) watcher.offerAll(bundle);
}

/** Filters that ask the same are one. */
function nameOf({ where, jurisdictionCode, reportingUnitCode }: ResolvedWhere): string {
  return JSON.stringify([where, jurisdictionCode, reportingUnitCode]);
}

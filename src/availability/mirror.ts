import type { LoggedChange } from './change-log.sql.js';
import { keysOfFacility } from './rules/interest.js';
import { entryOf, type LiveEntry } from './watch-event.js';

/** What a change did to the mirror. */
export interface Mirrored {
  readonly before: LiveEntry | null;
  readonly after: LiveEntry;
}

/**
 * The live availability of the whole city in this process, at one position of the log: snapshots come from here, so that
 * what a reader is told first and what it is told then meet exactly.
 */
export class AvailabilityMirror {
  readonly #entries = new Map<string, LiveEntry>();
  readonly #byKey = new Map<string, Set<string>>();

  constructor(entries: Iterable<LiveEntry> = []) {
    for (const entry of entries) this.#put(entry);
  }

  get size(): number {
    return this.#entries.size;
  }

  find(facilityId: string): LiveEntry | null {
    return this.#entries.get(facilityId) ?? null;
  }

  entries(): IterableIterator<LiveEntry> {
    return this.#entries.values();
  }

  /** The facilities that stand under any of these keys, in the order of their ids: a reader's snapshot before its filter. */
  idsUnder(keys: readonly string[]): readonly string[] {
    const found = new Set<string>();
    for (const key of keys) for (const id of this.#byKey.get(key) ?? []) found.add(id);
    return [...found].sort();
  }

  /** Takes a change; null where the mirror is at that version already, or does not know what the facility is. */
  apply({ facilityId, version, at, classes, routing }: Pick<LoggedChange, 'facilityId' | 'version' | 'at' | 'classes' | 'routing'>): Mirrored | null {
    const before = this.find(facilityId);
    const attributes = routing ?? before?.routing;
    if (!attributes || (before && before.version >= version)) return null;
    const after = entryOf({ facilityId, version, changedAt: at, classes, routing: attributes });
    this.put(after);
    return { before, after };
  }

  put(entry: LiveEntry): void {
    const before = this.#entries.get(entry.facilityId);
    if (before?.routing === entry.routing) return void this.#entries.set(entry.facilityId, entry);
    if (before) this.remove(entry.facilityId);
    this.#put(entry);
  }

  remove(facilityId: string): void {
    const known = this.#entries.get(facilityId);
    if (!known) return;
    this.#entries.delete(facilityId);
    for (const key of keysOfFacility(facilityId, known.routing)) this.#byKey.get(key)?.delete(facilityId);
  }

  #put(entry: LiveEntry): void {
    this.#entries.set(entry.facilityId, entry);
    for (const key of keysOfFacility(entry.facilityId, entry.routing)) {
      const ids = this.#byKey.get(key);
      if (ids) ids.add(entry.facilityId);
      else this.#byKey.set(key, new Set([entry.facilityId]));
    }
  }
}

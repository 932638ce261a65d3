import type { Span, WorkCalendar, Zone } from '../kernel/index.js';
import type { Database } from '../platform/index.js';
import type { StandingLending } from './claim.sql.js';
import { FacilityTimeline, type LendingFacts } from './facility-timeline.js';
import { lendingFactsOf, zoneOfRow } from './lending-row.js';
import { DAY_MS } from './rules/claim-grain.js';

/** Facilities whose expanded windows a process keeps for those who claim. */
const KEPT_FACILITIES = 500;

/** One version of what a facility is and lends. */
export class KnownLending {
  readonly id: string;
  readonly city: string;
  readonly version: string;
  readonly zone: Zone;
  readonly facts: LendingFacts;
  #expanded: { readonly timeline: FacilityTimeline; readonly horizon: Span; readonly calendar: WorkCalendar } | null = null;

  constructor(row: StandingLending) {
    this.id = row.id;
    this.city = row.city;
    this.version = row.version;
    this.zone = zoneOfRow(row);
    this.facts = lendingFactsOf(row, this.zone);
  }

  /** Its windows, expanded at least over these days; the same object as long as it serves. */
  timeline(horizon: Span, calendar: WorkCalendar): { readonly timeline: FacilityTimeline; readonly horizon: Span } {
    const known = this.#expanded;
    if (known && known.calendar === calendar && known.horizon.startsAt <= horizon.startsAt && horizon.endsAt <= known.horizon.endsAt) return known;
    this.#expanded = { timeline: new FacilityTimeline(this.facts, calendar, horizon), horizon, calendar };
    return this.#expanded;
  }
}

const shelves = new WeakMap<Database, Map<string, KnownLending>>();

/** What this process has read of facilities; a version says itself whether it still stands. */
export class LendingShelf {
  readonly #known: Map<string, KnownLending>;
  /** What was known when it was asked for: others may need the room meanwhile. */
  readonly #asked = new Map<string, KnownLending>();

  constructor(database: Database) {
    let known = shelves.get(database);
    if (!known) shelves.set(database, (known = new Map()));
    this.#known = known;
  }

  /** The ids with the versions that are known, as they are asked for. */
  versionsOf(facilityIds: readonly string[]): ReadonlyArray<{ readonly id: string; readonly version: string | null }> {
    return facilityIds.map(id => {
      const known = this.#known.get(id);
      if (known) this.#asked.set(id, known);
      return { id, version: known?.version ?? null };
    });
  }

  /** What was read, or what is known of that version already. */
  put({ id, version, whole }: { readonly id: string; readonly version: string; readonly whole: StandingLending | null }): KnownLending | null {
    const known = this.#asked.get(id);
    if (known?.version === version) return known;
    if (!whole) return null;
    const read = new KnownLending(whole);
    this.#known.delete(id);
    this.#known.set(id, read);
    // First kept, first to go.
    if (this.#known.size > KEPT_FACILITIES) this.#known.delete(this.#known.keys().next().value!);
    return read;
  }
}

/** Whole days in UTC around a span, as far as answers about it look. */
export function horizonOf(during: Span, moreDays: number): Span {
  return { startsAt: Math.floor(during.startsAt / DAY_MS) * DAY_MS, endsAt: (Math.ceil(during.endsAt / DAY_MS) + moreDays) * DAY_MS };
}

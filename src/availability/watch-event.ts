import type { Routing } from './live.sql.js';
import { banded, disclosureOf, type Disclosure } from './rules/disclosure.js';
import type { LiveClass } from './rules/live-state.js';
import { cursorOf, type WatchPosition } from './rules/watch-cursor.js';

/** The availability of one facility at one version, as a process keeps it; never changed, only replaced. */
export interface LiveEntry {
  readonly facilityId: string;
  readonly version: number;
  readonly changedAt: number;
  readonly classes: readonly LiveClass[];
  readonly routing: Routing;
  readonly disclosure: Disclosure;
}

export function entryOf(entry: Omit<LiveEntry, 'disclosure'>): LiveEntry {
  return { ...entry, disclosure: disclosureOf(entry.routing) };
}

/** A compound of which nothing is old enough to be told: not even when, or by what, it changed last. */
export function unknownYet(entry: LiveEntry, until: number): LiveEntry {
  const hidden = { state: 'UNKNOWN', free: null, quota: null, occupied: null, observedAt: null, receivedAt: null, staleAfter: null, source: 'WINDOWS', reason: 'NOT_YET_PUBLIC' } as const;
  return { ...entry, version: 0, changedAt: until, classes: entry.classes.map(figure => ({ ...figure, ...hidden })) };
}

/** The availability of a facility as GraphQL tells it. */
export interface AvailabilityView {
  readonly facilityId: string;
  readonly version: string;
  readonly changedAt: number;
  readonly precision: 'EXACT' | 'BANDED';
  readonly classes: ReadonlyArray<LiveClass & { readonly freeBand: string | null }>;
}

const exactViews = new WeakMap<LiveEntry, AvailabilityView>();
const bandedViews = new WeakMap<LiveEntry, AvailabilityView>();

/** An entry as it is told, made once however many are told. */
export function viewOf(entry: LiveEntry, isBanded: boolean): AvailabilityView {
  const views = isBanded ? bandedViews : exactViews;
  let view = views.get(entry);
  if (!view) {
    const classes = entry.classes.map(figure => (isBanded ? banded(figure) : { ...figure, freeBand: null }));
    view = { facilityId: entry.facilityId, version: String(entry.version), changedAt: entry.changedAt, precision: isBanded ? 'BANDED' : 'EXACT', classes };
    views.set(entry, view);
  }
  return view;
}

export interface ChangeValue {
  readonly __typename: 'AvailabilityChange';
  readonly cursor: string;
  readonly availability: AvailabilityView;
  readonly coalescedVersions: number;
}
export interface SnapshotValue {
  readonly __typename: 'AvailabilitySnapshot';
  readonly cursor: string;
  readonly part: number;
  readonly isLast: boolean;
  readonly facilities: readonly AvailabilityView[];
}
export interface LeftValue {
  readonly __typename: 'FacilityLeft';
  readonly cursor: string;
  readonly facilityId: string;
}
export interface ResyncValue {
  readonly __typename: 'ResyncRequired';
  readonly cursor: string;
  readonly reason: string;
}
export type WatchValue = ChangeValue | SnapshotValue | LeftValue | ResyncValue;

/**
 * One event on its way to any number of readers. What is made of it, its text for one selection above all, is kept with
 * it, so that it is made once and the same bytes go to everybody.
 */
export class WatchEvent {
  /** What was made of this event, by whatever made it. */
  readonly made = new Map<unknown, unknown>();
  #merged: Map<number, WatchEvent> | undefined;

  constructor(
    readonly value: WatchValue,
    /** How far a reader is who was told this and all before it. */
    readonly position: WatchPosition,
  ) {}

  /**
   * The same event for a reader to whom so many versions of the facility before it were not told, while of others
   * versions after `untold` still wait, merged into later ones.
   */
  toldAs({ merged, untold }: { readonly merged: number; readonly untold: number }): WatchEvent {
    if (untold < this.position.live) {
      const position = { ...this.position, untold };
      const value = { ...this.value, cursor: cursorOf(position) };
      return new WatchEvent(value.__typename === 'AvailabilityChange' ? { ...value, coalescedVersions: merged } : value, position);
    }
    if (merged === 0 || this.value.__typename !== 'AvailabilityChange') return this;
    this.#merged ??= new Map();
    let event = this.#merged.get(merged);
    if (!event) this.#merged.set(merged, (event = new WatchEvent({ ...this.value, coalescedVersions: merged }, this.position)));
    return event;
  }
}

/** Changes of one turn that go to the same readers, one after the other: what is made of them together is made once. */
export class EventBundle {
  readonly made = new Map<unknown, unknown>();

  constructor(readonly events: ReadonlyArray<{ readonly facilityId: string; readonly event: WatchEvent }>) {}
}

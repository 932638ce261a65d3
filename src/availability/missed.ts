import type { ResolvedWhere } from '../facilities/index.js';
import type { Sql } from '../platform/index.js';
import { countVersionsBetween, findLogEnds, listChangesAfter, listChangesBetween, type LoggedChange } from './change-log.sql.js';
import { cursorOf, type WatchPosition } from './rules/watch-cursor.js';
import { WatchEvent, entryOf, viewOf, type LiveEntry } from './watch-event.js';
import type { MissedOnce } from './watcher.js';

/** What this process knows of the city. */
export interface Standing {
  position(): WatchPosition;
  find(facilityId: string): LiveEntry | null;
  idsOf(filter: ResolvedWhere): readonly string[];
}

export interface MissedAsk {
  readonly filter: ResolvedWhere;
  readonly seesExactly: (entry: LiveEntry) => boolean;
  readonly since: WatchPosition;
  /** Log entries that are read at most. */
  readonly most: number;
}

/** What happened after a position, one event a version, in the order of the log. */
export interface Missed {
  /** Why it cannot be told; null where it can. */
  readonly lost: 'TOO_OLD' | 'UNKNOWN_CURSOR' | null;
  readonly events: readonly MissedOnce[];
  /** How far the events reach. */
  readonly until: WatchPosition;
  readonly hasMore: boolean;
}

/** Reads what one reader missed, up to where this process is: from the log what it sees at once, and apart what it sees late. */
export async function readMissed(sql: Sql, standing: Standing, ask: MissedAsk): Promise<Missed> {
  const here = standing.position();
  const { floor } = await findLogEnds(sql);
  const nothing = { events: [], until: here, hasMore: false };
  if (ask.since.late < floor) return { ...nothing, lost: 'TOO_OLD' };
  // A cursor from beyond the log is of another city, or of a database that was set back: it says nothing here. Whoever
  // asks has brought this process up to the log before.
  if (ask.since.live > here.live) return { ...nothing, lost: 'UNKNOWN_CURSOR' };

  const live = (await listChangesAfter(sql, ask.since.live, ask.most + 1)).filter(change => change.position <= here.live);
  const seenLate = standing.idsOf(ask.filter).filter(id => !ask.seesExactly(standing.find(id)!));
  const late = seenLate.length === 0 ? [] : await listChangesBetween(sql, seenLate, { after: ask.since.late, until: here.late, most: ask.most + 1 });
  // A change that is seen late stands twice: told late, and passed over where it stands live; cut between the two, it must have been told.
  const all = [...live.map(change => ({ change, isLate: false })), ...late.map(change => ({ change, isLate: true }))].sort((a, b) => a.change.position - b.change.position || Number(b.isLate) - Number(a.isLate));
  const hasMore = all.length > ask.most;
  const kept = all.slice(0, ask.most);
  // Up to the last that is kept both lists are whole.
  const end = hasMore ? kept.at(-1)!.change.position : Infinity;
  const until = { live: Math.max(ask.since.live, Math.min(here.live, end)), late: Math.max(ask.since.late, Math.min(here.late, end)) };
  const events = toldOf(kept, standing, ask, until);
  return { lost: null, events: await withUntold(sql, events, ask.since), until, hasMore };
}

/**
 * Adds to the first event of each facility the versions that the cursor says may have been merged into it before: at
 * most so many were not told, for what was told before a later one came is counted, too.
 */
async function withUntold(sql: Sql, events: readonly MissedOnce[], { live, untold = live }: WatchPosition): Promise<readonly MissedOnce[]> {
  if (untold >= live || events.length === 0) return events;
  const before = await countVersionsBetween(sql, [...new Set(events.map(({ facilityId }) => facilityId))], { after: untold, until: live });
  return events.map(each => {
    const { versions, first } = before.get(each.facilityId) ?? { versions: 0, first: each.first };
    before.delete(each.facilityId);
    return { ...each, merged: each.merged + versions, first };
  });
}

function toldOf(changes: ReadonlyArray<{ readonly change: LoggedChange; readonly isLate: boolean }>, standing: Standing, ask: MissedAsk, until: WatchPosition): readonly MissedOnce[] {
  return changes.flatMap(({ change, isLate }) => {
    const { facilityId, position } = change;
    const known = standing.find(facilityId);
    if (!known) return [];
    const isExact = ask.seesExactly(known);
    const reached = { live: Math.max(ask.since.live, position), late: Math.min(until.late, Math.max(ask.since.late, position)) };
    const cursor = cursorOf(reached);
    const once = (event: WatchEvent): MissedOnce => ({ facilityId, event, merged: 0, first: position });
    if (!ask.filter.passes(facilityId, known.routing) || (!isExact && known.disclosure === 'WITHHELD')) {
      // Whether the reader knew it is not ours to know; a facility whose attributes moved may have been in its filter before.
      return change.routing && change.version > 1 ? [once(new WatchEvent({ __typename: 'FacilityLeft', cursor, facilityId }, reached))] : [];
    }
    if (isExact === isLate) return [];
    const entry = entryOf({ facilityId, version: change.version, changedAt: change.at, classes: change.classes, routing: known.routing });
    return [once(new WatchEvent({ __typename: 'AvailabilityChange', cursor, availability: viewOf(entry, isLate), coalescedVersions: 0 }, reached))];
  });
}

/** Of each facility the newest event, with how many before it were merged into it, in the order of the log. */
export function mergedByFacility(events: readonly MissedOnce[]): readonly MissedOnce[] {
  const newest = new Map<string, MissedOnce>();
  for (const each of events) {
    const before = newest.get(each.facilityId);
    newest.delete(each.facilityId);
    newest.set(each.facilityId, before ? { ...each, merged: before.merged + 1 + each.merged, first: before.first } : each);
  }
  return [...newest.values()];
}

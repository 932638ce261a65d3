import type { SpaceClass } from '../../sharing/index.js';

/** What the windows lend of one zone at an instant, what is promised of it, and what the zone has. */
export interface LentZone {
  readonly zoneId: string;
  readonly lent: number;
  /** How much of what is lent to the public is promised. */
  readonly claimed: number;
  /** Spaces promised to anybody whose vehicles have not come yet: free to the eye, and not to be had (C1). */
  readonly awaited: number;
  readonly total: number;
  readonly outOfService: number;
}

/** What the windows say of one class at an instant; it holds until the next boundary. */
export interface LentNow {
  readonly standing: 'LENT' | 'CLOSED' | 'SUSPENDED';
  /** Why nothing is lent; null where something is. */
  readonly reason: string | null;
  readonly zones: readonly LentZone[];
}

/** Which spaces a count covers. SPACES is a count that we make from the states of numbered spaces. */
export type CountScope = 'ALL' | 'SHARED' | 'SPACES';

/** The newest count of one zone (null: of the whole facility) and scope, with the vehicles that moved since. */
export interface CountInForce {
  readonly zoneId: string | null;
  readonly scope: CountScope;
  readonly feedId: string;
  /** As the source told it: one of the two, not clamped. */
  readonly occupied: number | null;
  readonly free: number | null;
  readonly observedAt: number;
  readonly sequence: number;
  readonly receivedAt: number;
  readonly staleAfter: number;
  /** Entries less exits observed after the count. */
  readonly moved: number;
}

/** The figure of one class as it is shown (P3): state first, a number only with OPEN or FULL. */
export interface LiveFigure {
  readonly state: 'OPEN' | 'FULL' | 'CLOSED' | 'SUSPENDED' | 'UNKNOWN';
  readonly free: number | null;
  readonly quota: number | null;
  readonly capacity: number;
  /** Occupied spaces of all, lent or not; null where no count of all spaces is fresh. */
  readonly occupied: number | null;
  readonly observedAt: number | null;
  readonly receivedAt: number | null;
  readonly staleAfter: number | null;
  readonly source: 'WINDOWS' | 'REPORT';
  readonly reason: string | null;
}

export interface LiveClass extends LiveFigure {
  readonly spaceClass: SpaceClass;
}

/** What a set of counts that belong together says: of the whole class, or of each of its zones. */
interface Reading {
  readonly free: number;
  readonly occupied: number | null;
  readonly observedAt: number;
  readonly receivedAt: number;
  readonly staleAfter: number;
}

/**
 * The figure of one class from what is lent and promised and what was counted (C1, C2, C5): free is the least of what is
 * lent and not promised, and of what is physically free or left by sharers less those who are still to come, never below
 * zero. A count that fell silent says nothing; where every count did,
 * the figure is UNKNOWN, never the last number.
 */
export function liveFigure(lent: LentNow, counts: readonly CountInForce[], now: number): LiveFigure {
  const capacity = lent.zones.reduce((sum, zone) => sum + zone.total, 0);
  const source = counts.length === 0 ? 'WINDOWS' : 'REPORT';
  const silent = { free: null, capacity, occupied: null, observedAt: null, receivedAt: null, staleAfter: null, source } as const;
  if (lent.standing !== 'LENT') return { ...silent, state: lent.standing, quota: null, reason: lent.reason };

  const quota = lent.zones.reduce((sum, zone) => sum + zone.lent, 0);
  const unclaimed = lent.zones.reduce((sum, zone) => sum + zone.lent - zone.claimed, 0);
  if (counts.length === 0) return { ...silent, state: unclaimed > 0 ? 'OPEN' : 'FULL', free: unclaimed, quota, reason: null };

  const all = readingOf(counts.filter(count => count.scope !== 'SHARED'), lent.zones);
  const shared = readingOf(counts.filter(count => count.scope === 'SHARED'), lent.zones);
  const fresh = [all, shared].filter(reading => reading !== null).filter(reading => now < reading.staleAfter);
  const last = newest([all, shared].filter(reading => reading !== null));
  if (fresh.length === 0) {
    return { ...silent, quota, state: 'UNKNOWN', reason: last ? 'STALE' : 'INCOMPLETE', observedAt: last?.observedAt ?? null, receivedAt: last?.receivedAt ?? null, staleAfter: last?.staleAfter ?? null };
  }
  const free = Math.max(0, Math.min(...fresh.map(reading => reading.free)));
  const oldest = fresh.reduce((a, b) => (b.observedAt < a.observedAt ? b : a));
  return {
    state: free > 0 ? 'OPEN' : 'FULL',
    free,
    quota,
    capacity,
    occupied: all && fresh.includes(all) ? all.occupied : null,
    observedAt: oldest.observedAt,
    receivedAt: oldest.receivedAt,
    staleAfter: Math.min(...fresh.map(reading => reading.staleAfter)),
    source,
    reason: null,
  };
}

/** When the figure next changes by itself because a count falls silent; null where none does. */
export function nextSilence(counts: readonly CountInForce[], now: number): number | null {
  const coming = counts.map(count => count.staleAfter).filter(at => at > now);
  return coming.length === 0 ? null : Math.min(...coming);
}

/** Counts of the zones stand where every zone has one and the oldest of them is no older than the count of the whole. */
function readingOf(counts: readonly CountInForce[], zones: readonly LentZone[]): Reading | null {
  const whole = newest(counts.filter(count => count.zoneId === null));
  const counted = zones.filter(zone => zone.total > 0);
  const byZone = counted.map(zone => ({ zone, count: newest(counts.filter(count => count.zoneId === zone.zoneId)) }));
  const isWhole = byZone.length > 0 && byZone.every(each => each.count !== null);
  const oldest = isWhole ? byZone.map(each => each.count!).reduce((a, b) => (b.observedAt < a.observedAt ? b : a)) : null;
  if (whole && (oldest === null || whole.observedAt > oldest.observedAt)) {
    const sum = (of: (zone: LentZone) => number): number => counted.reduce((so, zone) => so + of(zone), 0);
    const all = { lent: sum(zone => zone.lent), claimed: sum(zone => zone.claimed), awaited: sum(zone => zone.awaited), total: sum(zone => zone.total), outOfService: sum(zone => zone.outOfService) };
    return { ...spacesOf(whole, all), observedAt: whole.observedAt, receivedAt: whole.receivedAt, staleAfter: whole.staleAfter };
  }
  if (oldest === null) return null;
  const parts = byZone.map(({ zone, count }) => spacesOf(count!, zone));
  return {
    free: parts.reduce((sum, part) => sum + Math.max(0, part.free), 0),
    occupied: parts.every(part => part.occupied !== null) ? parts.reduce((sum, part) => sum + part.occupied!, 0) : null,
    observedAt: oldest.observedAt,
    receivedAt: oldest.receivedAt,
    staleAfter: Math.min(...byZone.map(each => each.count!.staleAfter)),
  };
}

/** What one count leaves of what is lent; raw, so that the caller clamps where it adds up. */
function spacesOf(count: CountInForce, { lent, claimed, awaited, total, outOfService }: Omit<LentZone, 'zoneId'>): { readonly free: number; readonly occupied: number | null } {
  const unclaimed = lent - claimed;
  if (count.scope === 'SHARED') {
    const left = count.free === null ? lent - count.occupied! - count.moved : count.free - count.moved;
    return { free: Math.min(unclaimed, left - awaited), occupied: null };
  }
  const physical = count.free === null ? total - outOfService - count.occupied! - count.moved : count.free - count.moved;
  const occupied = count.occupied === null ? total - outOfService - count.free! + count.moved : count.occupied + count.moved;
  return { free: Math.min(unclaimed, physical - awaited), occupied: Math.max(0, Math.min(total, occupied)) };
}

function newest<T extends { readonly observedAt: number }>(all: readonly T[]): T | null {
  return all.reduce<T | null>((best, one) => (best === null || one.observedAt > best.observedAt ? one : best), null);
}

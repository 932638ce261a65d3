import { coordinates, lateStartProblem, problem, type Problem } from '../../kernel/index.js';

/** Farthest that a search may look (trust.md, limits): beyond it nobody walks, and a radius without bound is a scan. */
export const MAX_RADIUS_METRES = 5_000;
/** Longest walk that may be asked for or is looked for: four times the policy's (2.1-3), and what one look into a network may cost. */
export const MAX_WALKING_METRES = 2_000;
export const MAX_SPACES = 100;
/** Longest interval that may be asked for, in days. */
export const MAX_DURING_DAYS = 31;
/** How far ahead an interval may begin, in days: the next year's calendar is published in the autumn. */
export const MAX_AHEAD_DAYS = 400;
/** How far the first bookable start is looked for, in days. */
export const LOOK_AHEAD_DAYS = 7;

// Median detour of 180 pairs 200-600 m apart in a mapped Chinese district; the policy's walk is no circle (2.1-3, G3).
const DETOUR = 1.36;

/** A walking distance guessed from the straight line; never mixed with network distances in one ranking (G3). */
export function estimateWalkingMetres(distanceMetres: number): number {
  return distanceMetres * DETOUR;
}

export interface NearbyBounds {
  readonly radiusMetres: number;
  readonly maxWalkingMetres: number | null;
  readonly spaces: number;
  readonly during: { readonly startsAt: number; readonly endsAt: number } | null;
}

const DAY_MS = 86_400_000;

/** Everything that is wrong with the numbers of a search, at once. */
export function boundsProblems(bounds: NearbyBounds, now: number): readonly Problem[] {
  const found: Problem[] = [];
  const wrong = (field: string, zh: string, en: string): void => void found.push(problem('OUT_OF_RANGE', { zh, en, field }));
  if (bounds.radiusMetres < 1 || bounds.radiusMetres > MAX_RADIUS_METRES) {
    wrong('radiusMetres', `radiusMetres 须在 1 到 ${MAX_RADIUS_METRES} 米之间，收到 ${bounds.radiusMetres}`, `radiusMetres must be 1 to ${MAX_RADIUS_METRES}, got ${bounds.radiusMetres}`);
  }
  if (bounds.maxWalkingMetres !== null && (bounds.maxWalkingMetres < 1 || bounds.maxWalkingMetres > MAX_WALKING_METRES)) {
    wrong('maxWalkingMetres', `maxWalkingMetres 须在 1 到 ${MAX_WALKING_METRES} 米之间，收到 ${bounds.maxWalkingMetres}`, `maxWalkingMetres must be 1 to ${MAX_WALKING_METRES}, got ${bounds.maxWalkingMetres}`);
  }
  if (bounds.spaces < 1 || bounds.spaces > MAX_SPACES) {
    wrong('spaces', `spaces 须在 1 到 ${MAX_SPACES} 之间，收到 ${bounds.spaces}`, `spaces must be 1 to ${MAX_SPACES}, got ${bounds.spaces}`);
  }
  if (bounds.during) found.push(...duringProblems(bounds.during, now));
  return found;
}

function duringProblems(during: { readonly startsAt: number; readonly endsAt: number }, now: number): readonly Problem[] {
  if (during.endsAt <= during.startsAt) {
    return [problem('INTERVAL_EMPTY', { zh: '时段的结束须晚于开始', en: 'an interval must end after it starts', field: 'during.endsAt' })];
  }
  if (during.endsAt - during.startsAt > MAX_DURING_DAYS * DAY_MS) {
    return [problem('OUT_OF_RANGE', { zh: `时段最长 ${MAX_DURING_DAYS} 天`, en: `an interval may last ${MAX_DURING_DAYS} days at most`, field: 'during.endsAt' })];
  }
  if (during.startsAt > now + MAX_AHEAD_DAYS * DAY_MS) {
    return [problem('OUT_OF_RANGE', { zh: `时段开始最远为 ${MAX_AHEAD_DAYS} 天后`, en: `an interval may start ${MAX_AHEAD_DAYS} days ahead at most`, field: 'during.startsAt' })];
  }
  const late = lateStartProblem(during.startsAt, now);
  return late ? [late] : [];
}

/** Metres to one decimal: what a figure on a map can carry, and what makes a cursor stable. */
export function roundMetres(metres: number): number {
  return Math.round(metres * 10) / 10;
}

/** The straight distance on the ellipsoid (P5). */
export function distanceMetres(a: { readonly longitude: number; readonly latitude: number }, b: { readonly longitude: number; readonly latitude: number }): number {
  return roundMetres(coordinates.geodesicMetres(a, b));
}

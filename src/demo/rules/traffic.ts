import type { CapacityDraft, FacilityDraft, SpaceClass } from '../../facilities/index.js';
import { localTime, type DayType, type Zone } from '../../kernel/index.js';
import { tideOf } from './tide.js';

/** What a day is, by the calendar of the demo. */
export type DayTypeOf = (day: localTime.Day) => DayType;

/** The city's clock: in which zone it is what time, and on what kind of day. */
export interface CityTime {
  readonly zone: Zone;
  readonly dayTypeOf: DayTypeOf;
}

/** How a facility of the demo reports: counts, single vehicles between counts, or counts with gaps. */
export type Manner = 'COUNTS' | 'EVENTS' | 'FALTERING';

/** A facility as far as its traffic is concerned. */
export interface Busy {
  readonly code: string;
  readonly category: FacilityDraft['category'];
  readonly capacity: ReadonlyArray<Pick<CapacityDraft, 'spaceClass' | 'total'>>;
}

const HOUR_MS = 3_600_000;
const TEN_MINUTES_MS = 600_000;
/** No place is just as full as its category: by as much, of a hundred, it is fuller or emptier for good … */
const BIAS = 0.1;
/** … and by as much it wanders from hour to hour, and from ten minutes to ten minutes. */
const WANDERING = 0.06;
const RIPPLE = 0.025;
const EVENTS_PART = 0.1;
const FALTERING_PART = 0.06;
/** Of its half hours, a faltering feed is silent in so many. */
const SILENT_PART = 0.3;

/**
 * The occupied spaces of a class in a facility of the demo at an instant of its simulated time: the tide of its category,
 * with a bias of its own and noise that is smooth in time. The same instant gives the same number, whatever was asked before.
 */
export function occupiedAt({ code, category }: Busy, { spaceClass, total }: Pick<CapacityDraft, 'spaceClass' | 'total'>, instant: number, { zone, dayTypeOf }: CityTime): number {
  const day = zone.dayOf(instant);
  const minute = zone.minuteOf(instant) + (((instant % 60_000) + 60_000) % 60_000) / 60_000;
  const share = tideOf(category, dayTypeOf(day), minute)
    + BIAS * (2 * chanceOf(`${code} bias`) - 1)
    + WANDERING * wave(`${code} ${spaceClass}`, instant / HOUR_MS)
    + RIPPLE * wave(`${code} ${spaceClass} ripple`, instant / TEN_MINUTES_MS);
  return Math.min(total, Math.max(0, Math.round(share * total)));
}

/** How a facility reports; one of a hundred and more always in its own manner. */
export function mannerOf(code: string): Manner {
  const chance = chanceOf(`${code} manner`);
  if (chance < EVENTS_PART) return 'EVENTS';
  return chance < EVENTS_PART + FALTERING_PART ? 'FALTERING' : 'COUNTS';
}

/** Whether a faltering feed says nothing in the half hour of this instant. */
export function isSilent(code: string, instant: number): boolean {
  return mannerOf(code) === 'FALTERING' && chanceOf(`${code} ${Math.floor(instant / (3 * TEN_MINUTES_MS))}`) < SILENT_PART;
}

/** The spaces by class over all zones of a draft. */
export function busyOf({ code, sourceCode, category, zones }: FacilityDraft): Busy {
  const totals = new Map<SpaceClass, number>();
  for (const { spaceClass, total } of zones.flatMap(zone => zone.capacity ?? [])) totals.set(spaceClass, (totals.get(spaceClass) ?? 0) + (total ?? 0));
  return { code: code ?? sourceCode, category, capacity: [...totals].map(([spaceClass, total]) => ({ spaceClass, total })) };
}

/** Noise in [-1, 1] that moves smoothly from one whole number to the next. */
function wave(seed: string, at: number): number {
  const whole = Math.floor(at);
  const part = at - whole;
  const eased = part * part * (3 - 2 * part);
  return 2 * (chanceOf(`${seed} ${whole}`) * (1 - eased) + chanceOf(`${seed} ${whole + 1}`) * eased) - 1;
}

/** A number in [0, 1) that a text always gives (FNV-1a, mixed): noise that needs no memory. */
function chanceOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 4_294_967_296;
}

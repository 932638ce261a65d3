import type { DayType } from '../../kernel/index.js';
import type { FacilityCategory } from '../../facilities/index.js';

/** Occupied spaces of a hundred at each full hour, 0:00 to 23:00. */
type Hours = readonly number[];

interface Tide {
  /** WORKDAY and MAKEUP_WORKDAY. */
  readonly work: Hours;
  /** REST and HOLIDAY. */
  readonly rest: Hours;
}

const MINUTES_A_DAY = 1_440;

/**
 * Made up, not measured: shaped after what is commonly told of such places. Offices fill at nine and empty at six, malls
 * peak after work and on rest days, estates are full at night, key areas never sleep.
 */
const TIDES: Readonly<Record<FacilityCategory, Tide>> = {
  KEY_AREA_PUBLIC: {
    work: [48, 44, 41, 40, 41, 45, 54, 68, 82, 90, 93, 92, 86, 84, 88, 90, 89, 85, 80, 76, 72, 66, 59, 53],
    rest: [50, 46, 43, 41, 41, 43, 48, 57, 70, 82, 91, 95, 93, 92, 94, 96, 95, 92, 90, 88, 83, 75, 65, 56],
  },
  INSTITUTION: {
    work: [12, 11, 11, 11, 11, 12, 16, 38, 78, 94, 96, 95, 82, 78, 90, 94, 92, 74, 40, 26, 20, 17, 15, 13],
    rest: [11, 10, 10, 10, 10, 10, 11, 13, 17, 21, 23, 23, 21, 20, 21, 22, 21, 19, 17, 15, 14, 13, 12, 11],
  },
  SOCIAL_PUBLIC: {
    work: [35, 33, 31, 30, 31, 34, 42, 56, 70, 79, 83, 82, 77, 74, 78, 80, 79, 76, 72, 66, 58, 50, 43, 38],
    rest: [37, 34, 32, 31, 31, 33, 38, 46, 57, 68, 77, 82, 80, 78, 81, 84, 83, 79, 74, 68, 60, 52, 45, 40],
  },
  COMMERCIAL: {
    work: [9, 8, 8, 8, 8, 9, 11, 16, 26, 38, 50, 60, 64, 60, 57, 58, 62, 70, 84, 90, 83, 64, 32, 14],
    rest: [10, 9, 8, 8, 8, 9, 10, 14, 24, 43, 66, 82, 88, 90, 93, 95, 94, 93, 95, 93, 84, 66, 36, 16],
  },
  RESIDENTIAL: {
    work: [94, 95, 95, 95, 95, 93, 86, 68, 48, 38, 35, 36, 40, 39, 36, 37, 43, 56, 70, 80, 86, 90, 92, 93],
    rest: [95, 95, 96, 96, 95, 94, 92, 88, 81, 74, 69, 68, 70, 69, 66, 65, 67, 72, 78, 83, 87, 91, 93, 94],
  },
  PRIVATE_SPACE: {
    work: [92, 93, 93, 93, 93, 90, 80, 56, 32, 22, 20, 22, 26, 25, 22, 23, 30, 46, 64, 76, 83, 88, 90, 91],
    rest: [93, 94, 94, 94, 94, 92, 89, 83, 74, 65, 60, 59, 62, 61, 57, 56, 59, 66, 74, 80, 85, 89, 91, 92],
  },
};

/**
 * The share of spaces occupied in the demo city at a minute of a day, in [0, 1] (2.3-3, 停车潮汐). Synthetic; straight
 * between full hours. An office at 10:30 of a workday: between 96 % and 95 %, so 0.955.
 */
export function tideOf(category: FacilityCategory, dayType: DayType, minute: number): number {
  const { work, rest } = TIDES[category];
  const hours = dayType === 'WORKDAY' || dayType === 'MAKEUP_WORKDAY' ? work : rest;
  const within = ((minute % MINUTES_A_DAY) + MINUTES_A_DAY) % MINUTES_A_DAY;
  const hour = Math.floor(within / 60);
  const [from, to] = [hours[hour]!, hours[(hour + 1) % hours.length]!];
  return (from + ((to - from) * (within % 60)) / 60) / 100;
}

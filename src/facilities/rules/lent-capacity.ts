import { counted, problem, type Problem } from '../../kernel/index.js';
import type { NormalFacility } from './facility-draft.js';
import type { SpaceClass } from './words.js';

/** How many spaces of a class a zone has lent out at most, by the windows in force there. */
export interface LentCapacity {
  readonly zoneCode: string;
  readonly spaceClass: SpaceClass;
  readonly lentPeak: number;
}

/**
 * P1, C6: what may be shared never shrinks below what is lent; its windows shrink first. Spaces out of service may go
 * beyond it, because they leave at once whatever was promised (4.5-2).
 */
export function shrunkBelowLent(zones: NormalFacility['zones'], lent: readonly LentCapacity[]): readonly Problem[] {
  return zones.flatMap((zone, index) => lent.flatMap(({ zoneCode, spaceClass, lentPeak }) => {
    const shareable = zone.capacity.find(told => told.spaceClass === spaceClass)?.shareable ?? 0;
    if (zoneCode !== zone.code || shareable >= lentPeak) return [];
    return [problem('QUOTA_EXCEEDS_CAPACITY', {
      zh: `分区 ${zone.code} 的 ${spaceClass} 泊位已共享 ${lentPeak} 个，可共享数不能减为 ${shareable} 个：请先减少或撤回其共享时段`,
      en: `the windows of the zone ${zone.code} lend ${counted(lentPeak, 'space')} of ${spaceClass}, so ${shareable} shareable ones are too few: reduce or withdraw its windows first`,
      field: `zones[${index}].capacity`,
      data: { zoneCode, spaceClass, lent: lentPeak, shareable },
    })];
  }));
}

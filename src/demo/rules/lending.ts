import { localTime, type DayRule, type DayType } from '../../kernel/index.js';
import type { CapacityDraft, FacilityDraft, SpaceClass, ZoneDraft } from '../../facilities/index.js';
import type { ExceptionDraft, Quota, TermsDraft, WindowDraft } from '../../sharing/index.js';
import type { Draw } from './draw.js';
import { OBSERVED_DAY, synthetic } from './neighbourhoods.js';

const WORKING: readonly DayType[] = ['WORKDAY', 'MAKEUP_WORKDAY'];
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const at = (hour: number, minute = 0): number => hour * 60 + minute;
/** From six in the evening until half past seven of the next workday: nights, and rest days whole (2.2-4, T2). */
const NIGHTS_AND_REST_DAYS: DayRule = { days: { dayTypes: WORKING }, from: { minute: at(18) }, until: { untilNext: { dayTypes: WORKING, minute: at(7, 30) } } };
const NIGHTS: DayRule = { days: { dayTypes: WORKING }, from: { minute: at(18) }, until: { durationMinutes: at(13, 30) } };
/** Before a rest day only, until work begins again (T9). */
const BREAKS: DayRule = { days: { eveOfRest: true }, from: { minute: at(19) }, until: { untilNext: { dayTypes: WORKING, minute: at(7) } } };
const ALL_DAY: DayRule = { days: { weekdays: EVERY_DAY }, from: { minute: 0 }, until: { durationMinutes: at(24) } };
const AFTER_CLOSING: DayRule = { days: { weekdays: EVERY_DAY }, from: { afterCloseMinutes: 30 }, until: { minute: at(8), dayOffset: 1 } };
const SHOPPING_HOURS: DayRule = { days: { weekdays: EVERY_DAY }, from: { minute: at(9) }, until: { durationMinutes: at(11) } };
const OFFICE_NIGHTS: DayRule = { days: { weekdays: EVERY_DAY }, from: { minute: at(19) }, until: { durationMinutes: at(12, 30) } };
const BY_DAY: DayRule = { days: { dayTypes: WORKING }, from: { minute: at(8, 30) }, until: { durationMinutes: at(9) } };
const RESIDENTS_NIGHTS: DayRule = { days: { weekdays: EVERY_DAY }, from: { minute: at(18) }, until: { durationMinutes: at(14) } };

/** What one window adds to its facility's and zone's own facts. */
type Told = Pick<TermsDraft, 'name' | 'rules' | 'audience'> & Partial<Omit<TermsDraft, 'exceptions'>> & { readonly exceptionsOf?: (quota: Quota) => readonly ExceptionDraft[] };

const PUBLIC = { kind: 'PUBLIC' } as const;
const SPRING_FESTIVAL: ExceptionDraft = { fromDay: localTime.dayOf(2027, 2, 5), untilDay: localTime.dayOf(2027, 2, 9), effect: { kind: 'CLOSED' }, cutsRunningTails: true, reason: synthetic('春节前后内部安全检查') };

/** Half of what is lent otherwise, and at least one space. */
function lanternFestival(quota: Quota): ExceptionDraft {
  const half = Object.fromEntries(Object.entries(quota).map(([spaceClass, spaces]) => [spaceClass, Math.ceil(spaces / 2)])) as Record<SpaceClass, number>;
  return { fromDay: localTime.dayOf(2027, 2, 19), untilDay: localTime.dayOf(2027, 2, 22), effect: { kind: 'QUOTA', quota: half }, cutsRunningTails: false, reason: synthetic('元宵灯会，内部用车增加') };
}

/** The windows that a facility of the demo lends, by the rules of its category (2.1-2 … 2.6-4). A facility that is not open lends nothing. */
export function drawWindows(draw: Draw, facility: FacilityDraft): readonly WindowDraft[] {
  if (facility.status !== 'OPEN') return [];
  const told = TOLD[facility.category](draw, facility);
  return facility.zones.flatMap(zone => told.map((one, index) => windowOf(facility, zone, one, index)));
}

const TOLD: Readonly<Record<FacilityDraft['category'], (draw: Draw, facility: FacilityDraft) => readonly Told[]>> = {
  KEY_AREA_PUBLIC: () => [{ name: '全天开放', rules: [ALL_DAY], audience: PUBLIC, mode: 'TEMPORARY' }],
  INSTITUTION: (draw, facility) => [institutionWindow(draw, facility)],
  SOCIAL_PUBLIC: () => [{ name: '社会公共停车', rules: [ALL_DAY], audience: PUBLIC, mode: 'TEMPORARY' }],
  COMMERCIAL: (draw, { sector }) => (sector === 'ENTERPRISE_OFFICE'
    ? [{ name: '写字楼夜间共享', rules: [OFFICE_NIGHTS], audience: PUBLIC, leastCredit: draw.chance(0.3) ? 550 : null }]
    : [
      { name: '闭店后非定时价格', rules: [AFTER_CLOSING], audience: PUBLIC },
      { name: '营业时段临时停车', rules: [SHOPPING_HOURS], audience: PUBLIC, mode: 'TEMPORARY', exceptionsOf: draw.chance(0.3) ? quota => [lanternFestival(quota)] : undefined },
    ]),
  RESIDENTIAL: draw => [
    { name: '日间向周边居民开放', rules: [BY_DAY], audience: { kind: 'NEIGHBOURS', withinMetres: 100 * draw.whole(3, 8) }, entryCurfews: draw.chance(0.4) ? [{ fromMinute: at(11, 30), untilMinute: at(13) }] : [] },
    ...(draw.chance(0.5) ? [{ name: '夜间向本小区住户开放', rules: [RESIDENTS_NIGHTS], audience: { kind: 'RESIDENTS' } as const }] : []),
  ],
  PRIVATE_SPACE: draw => [{
    name: '私人泊位日间共享', rules: [{ ...BY_DAY, from: { minute: at(8) + 30 * draw.whole(0, 2) } }], audience: PUBLIC, leastCredit: draw.chance(0.5) ? 600 : null,
    exitCurfews: draw.chance(0.3) ? [{ fromMinute: at(23), untilMinute: at(5) }] : [],
  }],
};

/** Offices and schools: nights and rest days, nights alone with a release plan, or the breaks alone (2.2-4, 2.2-6). */
function institutionWindow(draw: Draw, facility: FacilityDraft): Told {
  const isClosedInSpring = draw.chance(0.25);
  const common = { audience: PUBLIC, exceptionsOf: isClosedInSpring ? () => [SPRING_FESTIVAL] : undefined, leastCredit: draw.chance(0.4) ? 600 : null };
  const way = draw.share();
  if (way < 0.6) return { ...common, name: '夜间及休息日共享', rules: [NIGHTS_AND_REST_DAYS] };
  if (way > 0.85) return { ...common, name: '休息日共享', rules: [BREAKS] };
  const fewest = Math.min(...facility.zones.map(zone => lendable(zone.capacity ?? [], 'STANDARD')));
  return { ...common, name: '夜间定时定量共享', rules: [NIGHTS], releasePlan: { atMinute: at(17, 30), spaces: Math.max(1, Math.floor(fewest / 2)) } };
}


function windowOf(facility: FacilityDraft, zone: ZoneDraft, { exceptionsOf, ...told }: Told, index: number): WindowDraft {
  const capacity = zone.capacity ?? [];
  const quota: Quota = {
    STANDARD: lendable(capacity, 'STANDARD'), CHARGING: lendable(capacity, 'CHARGING'), ACCESSIBLE: lendable(capacity, 'ACCESSIBLE'), LARGE: lendable(capacity, 'LARGE'), MECHANICAL: lendable(capacity, 'MECHANICAL'),
  };
  const { city, source, sourceCode } = facility;
  return {
    facility: { city, source, code: sourceCode },
    zone: { code: zone.code ?? 'MAIN' },
    source,
    sourceCode: `${sourceCode}-${zone.code}-${index + 1}`,
    terms: {
      mode: 'OFF_PEAK_SHARE', quota, leastCredit: null, tariffId: null, entryCurfews: [], exitCurfews: [], releasePlan: null, validFrom: OBSERVED_DAY, validUntil: null,
      ...told,
      name: synthetic(told.name),
      exceptions: exceptionsOf?.(quota) ?? [],
    },
  };
}

function lendable(capacity: readonly CapacityDraft[], spaceClass: SpaceClass): number {
  return capacity.find(row => row.spaceClass === spaceClass)?.shareable ?? 0;
}

import { done, isRefusal, localTime, type Outcome } from '../../src/kernel/index.js';
import { transaction, type RequestScope, type Unit } from '../../src/platform/index.js';
import { registerFacilities, registerJurisdictions, type FacilityDraft } from '../../src/facilities/index.js';
import { registerPartyWithin } from '../../src/identity/index.js';
import { publishWindows, quotaOf, seedWorkCalendar, type TermsDraft, type WindowDraft } from '../../src/sharing/index.js';

export const CITY = '350500';
export const DISTRICT = '350502';
/** The company that owns every car park of the test city, unless a test says otherwise. */
export const OWNER = { source: 'test', code: 'owner' };
const OBSERVED = '2026-01-05';

/** Does something in one transaction as the platform, and fails loudly where it is refused. */
export async function inUnit<T>(scope: RequestScope, work: (unit: Unit) => Promise<T>): Promise<T> {
  const outcome = await transaction(scope, async unit => done(await work(unit)));
  if (isRefusal(outcome)) throw new Error(JSON.stringify(outcome.problems));
  return outcome.value;
}

function values<T>(outcomes: ReadonlyArray<Outcome<T>>): T[] {
  return outcomes.map((outcome, i) => {
    if (isRefusal(outcome)) throw new Error(`draft ${i} was refused: ${JSON.stringify(outcome.problems)}`);
    return outcome.value;
  });
}

/** Quanzhou and its district Licheng, and the calendar of the years that are published. */
export async function foundCity(scope: RequestScope): Promise<void> {
  await inUnit(scope, async unit => {
    await seedWorkCalendar(unit, unit.now);
    values([await registerPartyWithin(unit, { kind: 'STATE_OWNED_ENTERPRISE', name: '泉州公共停车公司', jurisdictionCode: CITY, ...OWNER })]);
    const shared = { city: CITY, source: 'test', observedOn: OBSERVED };
    values(await registerJurisdictions(unit, [
      { ...shared, sourceCode: CITY, code: CITY, kind: 'CITY', name: '泉州市' },
      { ...shared, sourceCode: DISTRICT, code: DISTRICT, kind: 'DISTRICT', name: '鲤城区', parentCode: CITY },
    ]));
  });
}

/** A public car park of 20 ordinary spaces at a place; everything else as told. */
export function facilityDraft(sourceCode: string, place: { longitude: number; latitude: number }, told: Partial<FacilityDraft> = {}): FacilityDraft {
  return {
    city: CITY,
    source: 'test',
    sourceCode,
    observedOn: OBSERVED,
    name: `停车场 ${sourceCode}`,
    category: 'SOCIAL_PUBLIC',
    sector: 'OTHER',
    resourceKind: 'PUBLIC',
    ownership: 'STATE',
    owner: OWNER,
    jurisdictionCode: DISTRICT,
    coordinate: { ...place, crs: 'WGS84' },
    zones: [{ code: 'MAIN', capacity: [{ spaceClass: 'STANDARD', total: 20, shareable: 20 }] }],
    status: 'OPEN',
    ...told,
  };
}

/** Lends five ordinary spaces to everybody, every day and night, from 2026 on; everything else as told. */
export function termsDraft(told: Partial<TermsDraft> = {}): TermsDraft {
  return {
    name: '全天',
    mode: 'TEMPORARY',
    rules: [{ days: { weekdays: [1, 2, 3, 4, 5, 6, 7] }, from: { minute: 0 }, until: { durationMinutes: 1_440 } }],
    exceptions: [],
    quota: quotaOf({ STANDARD: 5 }),
    audience: { kind: 'PUBLIC' },
    leastCredit: null,
    tariffId: null,
    entryCurfews: [],
    exitCurfews: [],
    releasePlan: null,
    validFrom: localTime.dayOf(2026, 1, 1),
    validUntil: null,
    ...told,
  };
}

export async function addFacilities(scope: RequestScope, drafts: readonly FacilityDraft[]): Promise<string[]> {
  return inUnit(scope, async unit => values(await registerFacilities(unit, drafts)).map(one => one.facilityId));
}

export async function addWindows(scope: RequestScope, drafts: readonly WindowDraft[]): Promise<string[]> {
  return inUnit(scope, async unit => values(await publishWindows(unit, drafts)).map(one => one.windowId));
}

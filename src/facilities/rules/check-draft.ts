import { done, localTime, problem, refuse, type Outcome } from '../../kernel/index.js';
import { DraftChecks } from './draft-checks.js';
import type { CitySetting, EntranceDraft, FacilityDraft, NormalFacility, PartyReference, Point } from './facility-draft.js';
import { STATUS_WORDS, missingAcceptance } from './status.js';
import { CATEGORY_WORDS, ENTRANCE_KIND_WORDS, MANAGEMENT_MODE_WORDS, OWNERSHIP_WORDS, REGISTRATION_STATUS_WORDS, RESOURCE_KIND_WORDS, SECTOR_WORDS } from './words.js';
import { checkZones } from './zone-draft.js';

const NOWHERE: Point = { longitude: 0, latitude: 0 };
const DAYS_A_WEEK = 7;

/** Checks one draft against every rule that needs no other row, and says all that is wrong with it at once. */
export function checkDraft(draft: FacilityDraft, setting: CitySetting, today: string): Outcome<NormalFacility> {
  const checks = new DraftChecks();
  const location = checks.point(draft.coordinate, setting.box, 'coordinate') ?? NOWHERE;
  const entrances = checkEntrances(checks, draft.entrances ?? [], setting);
  const restricted = checks.flag(draft.restricted, 'restricted') ?? false;
  const normal: NormalFacility = {
    city: draft.city,
    source: checks.text(draft.source, 'source', 100),
    sourceCode: checks.text(draft.sourceCode, 'sourceCode', 100),
    observedOn: checks.date(draft.observedOn, 'observedOn'),
    code: checks.optionalText(draft.code, 'code', 60),
    name: checks.text(draft.name, 'name'),
    address: checks.optionalText(draft.address, 'address', 300),
    category: checks.word(CATEGORY_WORDS, draft.category, 'category'),
    sector: checks.word(SECTOR_WORDS, draft.sector, 'sector'),
    sectorReason: checks.optionalText(draft.sectorReason, 'sectorReason', 500),
    resourceKind: checks.word(RESOURCE_KIND_WORDS, draft.resourceKind, 'resourceKind'),
    ownership: checks.optionalWord(OWNERSHIP_WORDS, draft.ownership, 'ownership'),
    managementMode: checks.optionalWord(MANAGEMENT_MODE_WORDS, draft.managementMode, 'managementMode'),
    owner: checkParty(checks, draft.owner, 'owner'),
    manager: checkParty(checks, draft.manager, 'manager'),
    operator: checkParty(checks, draft.operator, 'operator'),
    jurisdictionCode: checks.optionalText(draft.jurisdictionCode, 'jurisdictionCode', 20),
    reportingUnitCode: checks.optionalText(draft.reportingUnitCode, 'reportingUnitCode', 20),
    location,
    publicLocation: publicLocation(location, restricted, entrances),
    zoneName: checks.zoneName(draft.zoneName ?? setting.zoneName, 'zoneName'),
    closesAtMinutes: checkClosing(checks, draft.closesAtMinutes),
    planningRequiredSpaces: checks.optionalCount(draft.planningRequiredSpaces, 'planningRequiredSpaces'),
    registration: checkRegistration(checks, draft.registration),
    insured: checks.flag(draft.insured, 'insured'),
    militaryLinked: checks.flag(draft.militaryLinked, 'militaryLinked') ?? false,
    restricted,
    civilDefence: checks.flag(draft.civilDefence, 'civilDefence'),
    cameraCovered: checks.flag(draft.cameraCovered, 'cameraCovered'),
    status: checks.optionalWord(STATUS_WORDS, draft.status, 'status'),
    statusReason: checks.optionalText(draft.statusReason, 'statusReason', 500),
    acceptanceRequired: checks.flag(draft.acceptanceRequired, 'acceptanceRequired') ?? false,
    acceptance: draft.acceptance ? { reference: checks.text(draft.acceptance.reference, 'acceptance.reference'), acceptedOn: checks.optionalDate(draft.acceptance.acceptedOn, 'acceptance.acceptedOn') } : null,
    zones: checkZones(checks, draft.zones, setting),
    entrances,
    synthetic: checks.flag(draft.synthetic, 'synthetic') ?? false,
  };
  checkTogether(checks, normal, today);
  return checks.problems.length > 0 ? refuse(checks.problems) : done(normal);
}

/** What no single field shows: rules over the facility as a whole. */
function checkTogether(checks: DraftChecks, normal: NormalFacility, today: string): void {
  if (localTime.parseDay(normal.observedOn).ok && normal.observedOn > today) {
    checks.add(problem('OBSERVED_IN_FUTURE', { zh: `观测日期 ${normal.observedOn} 晚于今天 ${today}`, en: `observed on ${normal.observedOn}, later than today, ${today}`, field: 'observedOn' }));
  }
  if (normal.restricted && !normal.entrances.some(entrance => entrance.kind === 'VEHICLE')) {
    checks.add(problem('ENTRANCE_MISSING', { zh: '涉密或受限设施须至少有一个机动车出入口，公众只能看到出入口', en: 'a restricted facility needs a vehicle entrance, which is all that the public sees of its place', field: 'entrances' }));
  }
  if (normal.sector === 'ENTERPRISE_OFFICE' && normal.sectorReason === null) {
    checks.add(problem('SECTOR_REASON_MISSING', { zh: '企业办公楼既可归 2.2（应）也可归 2.4（鼓励），须说明认定理由 sectorReason', en: 'a company office may fall under 2.2 (shall) or 2.4 (encouraged): say in sectorReason why this category', field: 'sectorReason', clause: '2.4-1' }));
  }
  if (normal.category === 'PRIVATE_SPACE' && normal.ownership !== 'PRIVATE') {
    checks.add(problem('OWNERSHIP_NOT_PRIVATE', { zh: '私人自有泊位的产权性质 ownership 须为 PRIVATE', en: 'a private space has the ownership PRIVATE', field: 'ownership', clause: '2.6-1' }));
  }
  const total = normal.zones.flatMap(zone => zone.capacity).reduce((sum, capacity) => sum + capacity.total, 0);
  const isTotalKnown = !normal.zones.some((zone, i) => zone.capacity.some((_, j) => checks.refuses(`zones[${i}].capacity[${j}].total`)));
  if (isTotalKnown && normal.planningRequiredSpaces !== null && normal.planningRequiredSpaces > total) {
    checks.add(problem('PLANNING_EXCEEDS_CAPACITY', { zh: `规划要求公共泊位 ${normal.planningRequiredSpaces} 个，多于总数 ${total} 个`, en: `${normal.planningRequiredSpaces} spaces are required by planning, but there are ${total} in all`, field: 'planningRequiredSpaces', clause: '2.3-6' }));
  }
  if (normal.status !== null) {
    checks.add(missingAcceptance(normal.status, { acceptanceRequired: normal.acceptanceRequired, acceptanceReference: normal.acceptance?.reference ?? null }, 'acceptance'));
  }
}

function publicLocation(location: Point, restricted: boolean, entrances: NormalFacility['entrances']): Point {
  return (restricted ? entrances.find(entrance => entrance.kind === 'VEHICLE')?.location : undefined) ?? location;
}

function checkEntrances(checks: DraftChecks, entrances: readonly EntranceDraft[], setting: CitySetting): NormalFacility['entrances'] {
  return entrances.map((entrance, i) => ({
    kind: checks.word(ENTRANCE_KIND_WORDS, entrance.kind, `entrances[${i}].kind`),
    name: checks.optionalText(entrance.name, `entrances[${i}].name`),
    location: checks.point(entrance.coordinate, setting.box, `entrances[${i}].coordinate`) ?? NOWHERE,
  }));
}

function checkParty(checks: DraftChecks, party: PartyReference | null | undefined, field: string): PartyReference | null {
  if (!party) return null;
  if ('id' in party) return { id: checks.text(party.id, `${field}.id`) };
  return { source: checks.text(party.source, `${field}.source`, 100), code: checks.text(party.code, `${field}.code`, 100) };
}

function checkClosing(checks: DraftChecks, minutes: FacilityDraft['closesAtMinutes']): ReadonlyArray<number | null> | null {
  if (!minutes) return null;
  if (minutes.length !== DAYS_A_WEEK) {
    checks.add(problem('CLOSING_DAYS', { zh: `闭店时刻须为周一至周日 7 项，收到 ${minutes.length} 项`, en: `closing times are 7, Monday to Sunday, got ${minutes.length}`, field: 'closesAtMinutes', clause: '2.4-3' }));
    return null;
  }
  return minutes.map((minute, i) => checks.optionalCount(minute, `closesAtMinutes[${i}]`, { most: 1_440 }));
}

function checkRegistration(checks: DraftChecks, registration: FacilityDraft['registration']): NormalFacility['registration'] {
  if (!registration) return null;
  return {
    no: checks.text(registration.no, 'registration.no', 100),
    issuedBy: checks.optionalText(registration.issuedBy, 'registration.issuedBy'),
    validToOn: checks.optionalDate(registration.validToOn, 'registration.validToOn'),
    status: checks.word(REGISTRATION_STATUS_WORDS, registration.status, 'registration.status'),
  };
}


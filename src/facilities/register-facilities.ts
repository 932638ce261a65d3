import { createHash } from 'node:crypto';
import { Zone, done, isRefusal, localTime, problem, refuse, type Outcome, type Problem } from '../kernel/index.js';
import { newId, type Unit } from '../platform/index.js';
import { delegationHolds, delegationsTo, type DelegationRow } from '../identity/index.js';
import { loadContext, settingsOf, type DraftContext } from './draft-context.js';
import { lockRegister, storeFacilities } from './facilities.sql.js';
import { mayWriteFacility, type FacilitySubject } from './facility.policy.js';
import { entranceRows, facilityRow, zoneRows, type PlacedDraft, type ZoneRows } from './facility-rows.js';
import { checkDraft } from './rules/check-draft.js';
import type { CitySetting, FacilityDraft, NormalFacility, PartyReference } from './rules/facility-draft.js';
import { shrunkBelowLent, type LentCapacity } from './rules/lent-capacity.js';
import { reportingUnitOf } from './rules/reporting-unit.js';
import { effectOf, statusAfter, supersededFinding, type DraftEffect } from './rules/supersession.js';
import { startOfDay } from './start-of-day.js';
import { upsertSearch } from './search.sql.js';
import { spacesOf, storeCapacities, storeEntrances, storeSpaces, storeZones } from './zones.sql.js';

/** What one draft did. Findings are no refusal: they say what a person should look at. */
export interface RegisteredFacility {
  readonly facilityId: string;
  readonly effect: DraftEffect;
  readonly findings: readonly Problem[];
}

interface Decided extends PlacedDraft {
  readonly effect: DraftEffect;
  readonly findings: readonly Problem[];
}

/**
 * Registers facilities as their sources tell them, one or ten thousand in the same handful of statements: an outcome a
 * draft, in their order (3.1-4). What is refused writes nothing; whether the others then commit is the caller's choice.
 */
export async function registerFacilities(unit: Unit, drafts: readonly FacilityDraft[], { recordedBy = null }: { recordedBy?: string | null } = {}): Promise<ReadonlyArray<Outcome<RegisteredFacility>>> {
  const settings = await settingsOf(unit, drafts);
  await lockRegister(unit, [...settings.keys()]);
  const checked = refuseRepeated(drafts.map(draft => checkOne(draft, settings.get(draft.city), unit.now)));
  const sound = checked.flatMap(outcome => (outcome.ok ? [outcome.value] : []));
  const context = await loadContext(unit, sound);
  const delegations = await delegationsFor(unit, sound, context);
  const decided = new Map(sound.map(draft => [draft, decide(unit, draft, { ...context, delegations })]));

  const writing = [...decided.values()].flatMap(outcome => (outcome.ok && outcome.value.effect !== 'UNCHANGED' && outcome.value.effect !== 'SUPERSEDED' ? [outcome.value] : []));
  await write(unit, writing, recordedBy, context);
  return checked.map(outcome => {
    if (isRefusal(outcome)) return outcome;
    const one = decided.get(outcome.value)!;
    return isRefusal(one) ? one : done({ facilityId: one.value.id, effect: one.value.effect, findings: one.value.findings });
  });
}

function checkOne(draft: FacilityDraft, setting: CitySetting | undefined, now: number): Outcome<NormalFacility> {
  if (!setting) {
    return refuse(problem('CITY_UNKNOWN', { zh: `城市 ${draft.city} 尚未登记：请先导入其行政区`, en: `the city ${draft.city} is not registered: import its jurisdictions first`, field: 'city' }));
  }
  const zone = Zone.of(setting.zoneName);
  if (isRefusal(zone)) throw new Error(`the city ${setting.city} has the zone ${setting.zoneName}, which does not exist`);
  return checkDraft(draft, setting, localTime.formatDay(zone.value.dayOf(now)));
}

/** One batch tells of a facility once: which of two rows should rule is not ours to guess. */
function refuseRepeated(checked: ReadonlyArray<Outcome<NormalFacility>>): ReadonlyArray<Outcome<NormalFacility>> {
  const seen = new Map<string, number>();
  return checked.map((outcome, i) => {
    if (isRefusal(outcome)) return outcome;
    const { city, source, sourceCode, code } = outcome.value;
    const keys = [JSON.stringify([city, source, sourceCode]), ...(code === null ? [] : [JSON.stringify([city, code])])];
    const first = keys.map(key => seen.get(key)).find(index => index !== undefined);
    for (const key of keys) if (!seen.has(key)) seen.set(key, i);
    if (first === undefined) return outcome;
    return refuse(problem('REPEATED_IN_BATCH', { zh: `“${source}”的 ${code ?? sourceCode} 已在本批第 ${first + 1} 项出现`, en: `${code ?? sourceCode} of '${source}' is already the item ${first + 1} of this batch`, field: 'sourceCode' }));
  });
}

/** What is stored of the drafts, and by whose delegations the viewer may write them. */
interface Deciding extends DraftContext {
  readonly delegations: readonly DelegationRow[];
}

/** One statement for all drafts, and none for whoever has no party to be an agent (I12). */
function delegationsFor(unit: Unit, drafts: readonly NormalFacility[], context: DraftContext): Promise<readonly DelegationRow[]> {
  const named = drafts.flatMap(({ owner, manager, operator }) => [owner, manager, operator].flatMap(reference => (reference === null ? [] : (context.party(reference) ?? []))));
  const held = drafts.flatMap(draft => context.known(draft)?.partyIds ?? []);
  return delegationsTo(unit, unit.scope.viewer, { action: 'facility:write', principalIds: [...new Set([...named, ...held])], at: unit.now });
}

function decide(unit: Unit, draft: NormalFacility, context: Deciding): Outcome<Decided> {
  const problems: Problem[] = [];
  const known = context.known(draft);
  const observedAt = startOfDay(draft.observedOn, draft.zoneName);
  const contentHash = hashOf(draft);
  const effect = effectOf({ observedOn: draft.observedOn, contentHash }, known);

  const division = draft.jurisdictionCode === null ? context.around(draft) : context.divisionByCode.get(draft.jurisdictionCode) ?? null;
  if (division === null || division.city !== draft.city || division.kind === 'DEVELOPMENT_ZONE') problems.push(divisionProblem(draft));
  const reportingUnit = draft.reportingUnitCode === null ? null : context.divisionByCode.get(draft.reportingUnitCode);
  if (reportingUnit === undefined || (reportingUnit !== null && !reportingUnit.isReportingUnit)) {
    problems.push(problem('REPORTING_UNIT_UNKNOWN', { zh: `${draft.reportingUnitCode} 不是报告单位`, en: `${draft.reportingUnitCode} is no reporting unit`, field: 'reportingUnitCode', clause: '0-1' }));
  }
  const parties = { owner: partyOf(context, draft.owner, 'owner', problems), manager: partyOf(context, draft.manager, 'manager', problems), operator: partyOf(context, draft.operator, 'operator', problems) };
  const { problem: statusProblem, ...status } = statusAfter({ status: draft.status, statusReason: draft.statusReason, observedAt }, known);
  if (statusProblem && effect !== 'SUPERSEDED') problems.push(statusProblem);
  if (known && effect !== 'SUPERSEDED') problems.push(...shrunkBelowLent(draft.zones, lentBy(context.parts(known.id))));
  if (problems.length > 0 || division === null) return refuse(problems);

  const reportingUnitId = reportingUnit?.id ?? known?.reportingUnitId ?? reportingUnitOf(division, context.divisionByCode);
  const placed = { draft, id: known?.id ?? newId('facility', unit.now), known, contentHash, observedAt, jurisdictionId: division.id, reportingUnitId, parties, status };
  if (!isAllowed(unit, placed, context)) return refuse(notAllowed(draft));
  return done({ ...placed, effect, findings: effect === 'SUPERSEDED' ? [supersededFinding(draft.observedOn, known!)] : [] });
}

function lentBy({ zones, capacities }: ReturnType<DraftContext['parts']>): readonly LentCapacity[] {
  const codeOf = new Map(zones.map(zone => [zone.id, zone.code]));
  return capacities.map(({ zoneId, spaceClass, lentPeak }) => ({ zoneCode: codeOf.get(zoneId)!, spaceClass, lentPeak }));
}

/**
 * The right over what the draft says and over what it would replace: nobody takes another's facility by telling it anew,
 * nor makes another an owner. Who is not named, nor an office there, needs the delegation of one who is (3.5-1, I12).
 */
function isAllowed(unit: Unit, placed: Omit<PlacedDraft, 'status'>, context: Deciding): boolean {
  const { viewer } = unit.scope;
  const { known, parties } = placed;
  const codesOf = (divisionId: string, unitId: string) => [...(context.divisionById.get(divisionId)?.path ?? []), context.divisionById.get(unitId)?.code ?? ''];
  const isFor = (subject: FacilitySubject) => mayWriteFacility(viewer, subject)
    || context.delegations.some(delegation => subject.partyIds.includes(delegation.principalPartyId) && delegationHolds(delegation, 'MANAGE', unit.now));

  const jurisdictionCodes = codesOf(placed.jurisdictionId, placed.reportingUnitId);
  const isNewOwner = parties.owner !== null && parties.owner !== (known?.ownerId ?? null);
  if (isNewOwner && !isFor({ partyIds: [parties.owner], jurisdictionCodes })) return false;
  if (!isFor({ partyIds: Object.values(parties).filter(id => id !== null), jurisdictionCodes })) return false;
  return !known || isFor({ partyIds: known.partyIds, jurisdictionCodes: codesOf(known.jurisdictionId, known.reportingUnitId) });
}

async function write(unit: Unit, decided: readonly Decided[], recordedBy: string | null, context: DraftContext): Promise<void> {
  if (decided.length === 0) return;
  const recording = { now: unit.now, recordedBy };
  const ids = decided.map(one => one.id);
  const knownIds = decided.filter(one => one.known).map(one => one.id);
  const spacesBy = Map.groupBy(await spacesOf(unit, knownIds), space => space.zoneId);
  const parts: ZoneRows[] = decided.map(one => {
    const { zones, capacities } = context.parts(one.id);
    return zoneRows(one, { zones, capacities, spaces: zones.flatMap(zone => spacesBy.get(zone.id) ?? []) }, recording);
  });
  await storeFacilities(unit, decided.map(one => facilityRow(one, one.known?.code ?? one.draft.code ?? derivedCode(one.draft), recording)));
  await storeZones(unit, parts.flatMap(part => part.zones));
  await storeCapacities(unit, parts.flatMap(part => part.capacities), parts.flatMap(part => part.endedCapacities));
  await storeSpaces(unit, parts.flatMap(part => part.spaces), parts.flatMap(part => part.removedSpaces));
  await storeEntrances(unit, knownIds, decided.flatMap(entranceRows));
  await upsertSearch(unit, ids);
  for (const one of decided) unit.record({ action: 'facility:write', objectType: 'facility', objectId: one.id, details: { act: 'register', effect: one.effect, source: one.draft.source, sourceCode: one.draft.sourceCode, observedOn: one.draft.observedOn, recordedBy } });
  unit.announce('facility.registered', { facilityIds: ids });
  unit.announce('facility.lendingChanged', { facilityIds: ids });
}

function partyOf(context: DraftContext, reference: PartyReference | null, field: string, problems: Problem[]): string | null {
  if (reference === null) return null;
  const id = context.party(reference);
  if (id !== undefined) return id;
  const name = 'id' in reference ? reference.id : `${reference.source} ${reference.code}`;
  problems.push(problem('PARTY_UNKNOWN', { zh: `${field} 指向的主体 ${name} 未登记`, en: `the party ${name} named as ${field} is not registered`, field }));
  return null;
}

function divisionProblem(draft: NormalFacility): Problem {
  const { longitude, latitude } = draft.location;
  return draft.jurisdictionCode === null
    ? problem('JURISDICTION_NOT_FOUND', { zh: `没有行政区的边界包含 (${longitude}, ${latitude})，请填写 jurisdictionCode`, en: `no jurisdiction's boundary contains (${longitude}, ${latitude}): give a jurisdictionCode`, field: 'jurisdictionCode' })
    : problem('JURISDICTION_UNKNOWN', { zh: `${draft.jurisdictionCode} 不是城市 ${draft.city} 的行政区`, en: `${draft.jurisdictionCode} is no administrative division of the city ${draft.city}`, field: 'jurisdictionCode' });
}

function notAllowed(draft: NormalFacility): Problem {
  return problem('NOT_ALLOWED', { zh: `无权登记“${draft.name}”：须为其产权人、管理人、经营人的成员或受托方，或所在辖区的主管部门；写明新的产权人须能代表该产权人`, en: `you may not register '${draft.name}': that is for members and agents of its owner, manager or operator, and for the offices of its jurisdiction; a new owner is named by who may act for it`, clause: '3.6-3' });
}

/** What the source says, without the day on which it says it. */
function hashOf({ observedOn: _observedOn, ...content }: NormalFacility): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url');
}

const CODE_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A public code for a facility whose source gives none: 60 bits of its name there, so that it is the same on every server. */
function derivedCode({ city, source, sourceCode }: NormalFacility): string {
  const digest = createHash('sha256').update(JSON.stringify([city, source, sourceCode])).digest();
  return `${city}-${[...digest.subarray(0, 12)].map(byte => CODE_ALPHABET[byte & 31]).join('')}`;
}

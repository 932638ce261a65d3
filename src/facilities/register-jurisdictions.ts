import { createHash } from 'node:crypto';
import { Zone, done, isRefusal, localTime, problem, refuse, type Outcome, type Problem } from '../kernel/index.js';
import { newId, type Unit } from '../platform/index.js';
import { boundaryInWgs84, type DraftBoundary } from './boundary.js';
import { mayWriteJurisdiction } from './facility.policy.js';
import { citySettings, divisionsOf, mendBoundaries, putCitySetting, refreshPaths, storeJurisdictions, storeMembers, type DivisionRow, type MendedBoundary } from './jurisdictions.sql.js';
import { lockRegister } from './facilities.sql.js';
import { checkJurisdiction, isReportingUnit, type JurisdictionFacts } from './rules/jurisdiction-draft.js';
import { effectOf, supersededFinding, type DraftEffect } from './rules/supersession.js';
import { upsertSearch } from './search.sql.js';

export interface JurisdictionDraft extends JurisdictionFacts {
  readonly boundary?: DraftBoundary | null;
}

export interface RegisteredJurisdiction {
  readonly jurisdictionId: string;
  readonly effect: DraftEffect;
  readonly findings: readonly Problem[];
}

interface Sound {
  readonly draft: JurisdictionDraft;
  readonly boundary: MendedBoundary | null;
}

/** Registers a city's divisions and development zones, parents before children, whatever the order of the drafts (0-1). */
export async function registerJurisdictions(unit: Unit, drafts: readonly JurisdictionDraft[], { recordedBy = null }: { recordedBy?: string | null } = {}): Promise<ReadonlyArray<Outcome<RegisteredJurisdiction>>> {
  const cities = [...new Set(drafts.map(draft => draft.city))];
  await lockRegister(unit, cities);
  const sound = await checkAll(unit, drafts);
  const before = await divisionsOf(unit, cities);
  const known = new Map(before.map(division => [division.code, division]));
  const zones = await zonesOfCities(unit, drafts);

  const outcomes: Array<Outcome<RegisteredJurisdiction> | undefined> = sound.map(one => (isRefusal(one) ? one : undefined));
  // Each round settles the drafts whose parent stands; what is left at the end has none.
  for (let settled = -1; settled !== 0;) {
    settled = 0;
    const rows: object[] = [];
    sound.forEach((one, i) => {
      if (outcomes[i] || isRefusal(one)) return;
      const { draft } = one.value;
      const parent = draft.parentCode == null ? null : known.get(draft.parentCode);
      if (parent === undefined) return;
      settled += 1;
      const decided = decide(unit, { ...one.value, parent, held: known.get(draft.code) ?? null, zoneName: zones.get(draft.city)! }, recordedBy);
      outcomes[i] = isRefusal(decided) ? decided : done(decided.value.registered);
      if (isRefusal(decided) || !decided.value.row) return;
      rows.push(decided.value.row);
      known.set(draft.code, decided.value.division);
    });
    if (rows.length > 0) await storeJurisdictions(unit, rows);
  }
  await finish(unit, { drafts, outcomes, known, before });
  return outcomes.map((outcome, i) => outcome ?? refuse(problem('PARENT_UNKNOWN', { zh: `上级 ${drafts[i]!.parentCode} 未登记`, en: `the parent ${drafts[i]!.parentCode} is not registered`, field: 'parentCode' })));
}

async function checkAll(unit: Unit, drafts: readonly JurisdictionDraft[]): Promise<ReadonlyArray<Outcome<Sound>>> {
  const converted = drafts.map(draft => (draft.boundary ? boundaryInWgs84(draft.boundary, 'boundary') : null));
  const texts = converted.map(one => (one && 'geojson' in one ? one.geojson : null));
  const mended = await mendBoundaries(unit, texts.filter(text => text !== null));
  let next = 0;
  return drafts.map((draft, i) => {
    const boundary = texts[i] == null ? null : mended[next++]!;
    const problems = [...checkJurisdiction(draft)];
    const conversion = converted[i];
    if (conversion && !('geojson' in conversion)) problems.push(conversion);
    if (boundary && boundary.wkb === null) problems.push(problem('BOUNDARY_EMPTY', { zh: '边界修复后没有面积', en: 'nothing is left of the boundary after its repair', field: 'boundary' }));
    return problems.length > 0 ? refuse(problems) : done({ draft, boundary });
  });
}

/** The time zone of each city; a root draft may bring its setting with it. */
async function zonesOfCities(unit: Unit, drafts: readonly JurisdictionDraft[]): Promise<ReadonlyMap<string, string>> {
  const roots = drafts.filter(draft => draft.code === draft.city && draft.setting);
  for (const root of roots) {
    if (mayWriteJurisdiction(unit.scope.viewer, [root.code])) await putCitySetting(unit, { city: root.city, ...root.setting! });
  }
  const cities = [...new Set(drafts.map(draft => draft.city))];
  const settings = new Map((await citySettings(unit, cities)).map(setting => [setting.city, setting.zoneName]));
  return new Map(cities.map(city => [city, settings.get(city) ?? 'Asia/Shanghai']));
}

interface Placed extends Sound {
  readonly parent: DivisionRow | null;
  readonly held: DivisionRow | null;
  readonly zoneName: string;
}

function decide(unit: Unit, { draft, boundary, parent, held, zoneName }: Placed, recordedBy: string | null): Outcome<{ registered: RegisteredJurisdiction; row: object | null; division: DivisionRow }> {
  const path = [...(parent?.path ?? []), draft.code];
  if (!mayWriteJurisdiction(unit.scope.viewer, path) || (held && !mayWriteJurisdiction(unit.scope.viewer, held.path))) {
    return refuse(problem('NOT_ALLOWED', { zh: `无权维护行政区 ${draft.code}`, en: `you may not maintain the jurisdiction ${draft.code}`, clause: '3.6-3' }));
  }
  if (parent && (parent.city !== draft.city || parent.path.includes(draft.code))) {
    return refuse(problem('PARENT_WRONG', { zh: `${parent.code} 不能是 ${draft.code} 的上级`, en: `${parent.code} cannot be the parent of ${draft.code}`, field: 'parentCode' }));
  }
  const zone = Zone.of(zoneName);
  const day = localTime.parseDay(draft.observedOn);
  if (isRefusal(zone)) return zone;
  if (isRefusal(day)) return day;
  const { observedOn, setting: _setting, ...content } = draft;
  const contentHash = createHash('sha256').update(JSON.stringify(content)).digest('base64url');
  const effect = effectOf({ observedOn, contentHash }, held);
  const division: DivisionRow = {
    id: held?.id ?? newId('jurisdiction', unit.now), city: draft.city, code: draft.code, kind: draft.kind, path, parentId: parent?.id ?? null,
    isReportingUnit: isReportingUnit(draft), memberOf: held?.memberOf ?? null, observedOn, contentHash, version: (held?.version ?? 0) + 1, source: draft.source,
  };
  const repaired = boundary?.wasRepaired ? [repairedFinding(draft)] : [];
  const registered = { jurisdictionId: division.id, effect, findings: effect === 'SUPERSEDED' ? [supersededFinding(observedOn, held!)] : repaired };
  if (effect === 'UNCHANGED' || effect === 'SUPERSEDED') return done({ registered, row: null, division: held! });
  const row = {
    id: division.id, city: draft.city, code: draft.code, kind: draft.kind, name: draft.name.trim(), parent_id: division.parentId, path,
    is_reporting_unit: division.isReportingUnit, responsible_body: draft.responsibleBody ?? null, boundary: boundary?.wkb ?? null,
    boundary_was_repaired: boundary?.wasRepaired ?? false, source: draft.source, source_code: draft.sourceCode, observed_on: observedOn,
    recorded_at: new Date(unit.now).toISOString(), recorded_by: recordedBy, content_hash: contentHash, version: division.version,
    valid_from: new Date(zone.value.instant(day.value, 0)).toISOString(),
  };
  return done({ registered, row, division });
}

function repairedFinding({ code, name }: JurisdictionDraft): Problem {
  return problem('BOUNDARY_REPAIRED', { zh: `${name}（${code}）的边界自相交或不是多边形，已修复，只保留有面积的部分`, en: `the boundary of ${name} (${code}) crossed itself or was no polygon: it was mended, and only what has an area kept`, field: 'boundary', clause: '3.1-4' });
}

interface Settled {
  readonly drafts: readonly JurisdictionDraft[];
  readonly outcomes: Array<Outcome<RegisteredJurisdiction> | undefined>;
  readonly known: ReadonlyMap<string, DivisionRow>;
  readonly before: readonly DivisionRow[];
}

/** Members of development zones need every sub-district to stand; moved branches take their facilities' search rows along. */
async function finish(unit: Unit, { drafts, outcomes, known, before }: Settled): Promise<void> {
  for (const [i, draft] of drafts.entries()) {
    const outcome = outcomes[i];
    if (!outcome || isRefusal(outcome) || outcome.value.effect === 'UNCHANGED' || outcome.value.effect === 'SUPERSEDED') continue;
    unit.record({ action: 'jurisdiction:write', objectType: 'jurisdiction', objectId: outcome.value.jurisdictionId, details: { act: 'register', effect: outcome.value.effect, source: draft.source, observedOn: draft.observedOn } });
    if (!draft.memberCodes) continue;
    const [members, missing] = [draft.memberCodes.filter(code => known.get(code)?.city === draft.city), draft.memberCodes.filter(code => known.get(code)?.city !== draft.city)];
    await storeMembers(unit, { unitId: outcome.value.jurisdictionId, memberIds: members.map(code => known.get(code)!.id), validFrom: unit.now });
    if (missing.length === 0) continue;
    const finding = problem('MEMBER_UNKNOWN', { zh: `所含街道 ${missing.join('、')} 未登记，未计入`, en: `the member sub-districts ${missing.join(', ')} are not registered and were left out`, field: 'memberCodes', clause: '0-1' });
    outcomes[i] = done({ ...outcome.value, findings: [...outcome.value.findings, finding] });
  }
  const moved = before.filter(division => division.path.join() !== known.get(division.code)!.path.join());
  for (const city of new Set(moved.map(division => division.city))) {
    await upsertSearch(unit, await refreshPaths(unit, city, moved.map(division => division.id)));
  }
}

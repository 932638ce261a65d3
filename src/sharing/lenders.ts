import { isRefusal, localTime, problem, Zone, type Day, type PatternContext, type Problem, type WorkCalendar } from '../kernel/index.js';
import type { Sql, Unit } from '../platform/index.js';
import { obligationOf } from '../facilities/index.js';
import { listProofs } from './proofs.sql.js';
import { checkPublication, type Proof, type PublicationVerdict } from './rules/publish.js';
import { checkQuotaFit, type QuotaBearer } from './rules/quota-fit.js';
import { decodeTerms } from './rules/terms-codec.js';
import { closingMinuteBy } from './rules/window-draft.js';
import { checkWindowTerms } from './rules/window-terms-check.js';
import { quotaOf, SPACE_CLASSES, totalOf, type Quota, type WindowTerms } from './rules/window.js';
import { standingsOf, type Standing } from './standing.js';
import { listWindowsFor, listZoneCapacities, lockLenders, type LenderRow, type WindowRow, type ZoneRow } from './windows.sql.js';

/** A window with its terms read. */
export interface HeldWindow {
  readonly row: WindowRow;
  readonly terms: WindowTerms;
}

export interface LendingZone {
  readonly id: string;
  readonly code: string;
  readonly shareable: Quota;
}

/** A facility under its lock, with all that decides what may be lent there. */
export interface Lender {
  readonly row: LenderRow;
  readonly zone: Zone;
  /** The local date of publishing. */
  readonly onDay: Day;
  readonly zones: readonly LendingZone[];
  /** By id; whoever publishes puts what it accepted here, so that the next one in the batch is judged with it. */
  readonly windows: Map<string, HeldWindow>;
  readonly proofs: readonly Proof[];
  readonly standing: Standing;
}

interface SourceName {
  readonly city: string;
  readonly source: string;
  readonly code: string;
}

/** Locks facilities and reads what stands there, in a handful of statements however many they are. */
export async function lockFacts(unit: Unit, facilityIds: readonly string[]): Promise<ReadonlyMap<string, Lender>> {
  const rows = await lockLenders(unit, facilityIds);
  const ids = rows.map(row => row.id);
  const standings = await standingsOf(unit, unit.scope.viewer, rows, unit.now);
  const zones = Map.groupBy(await listZoneCapacities(unit, ids), zone => zone.facilityId);
  const windows = Map.groupBy(await listHeldWindows(unit, ids, []), window => window.row.facilityId);
  const proofs = Map.groupBy(await listProofs(unit, ids), proof => proof.facilityId);
  const lenders = rows.map((row): Lender => {
    const zone = zoneOf(row.zoneName);
    const recorded = (proofs.get(row.id) ?? []).map(({ kind, result }) => ({ kind, ...result }) as Proof);
    return {
      row,
      zone,
      onDay: zone.dayOf(unit.now),
      zones: zonesOf(zones.get(row.id) ?? []),
      windows: new Map((windows.get(row.id) ?? []).map(window => [window.row.id, window])),
      proofs: [...recorded, ...registrationOf(row)],
      standing: standings.get(row.id) ?? null,
    };
  });
  return new Map(lenders.map(lender => [lender.row.id, lender]));
}

/** The windows of facilities, and those that sources name, wherever they are. */
export async function listHeldWindows(sql: Sql, facilityIds: readonly string[], names: readonly SourceName[]): Promise<readonly HeldWindow[]> {
  return (await listWindowsFor(sql, facilityIds, names)).map(row => ({ row, terms: decodeTerms(row.terms) }));
}

/** The zone of a stored facility; that it exists was checked when it was stored. */
export function zoneOf(name: string): Zone {
  const zone = Zone.of(name);
  if (isRefusal(zone)) throw new Error(`a stored facility has the unknown time zone ${name}`);
  return zone.value;
}

function zonesOf(rows: readonly ZoneRow[]): readonly LendingZone[] {
  return [...Map.groupBy(rows, row => row.id)].map(([id, classes]) => ({
    id,
    code: classes[0]!.code,
    // What may be shared and is not known yet is not lent yet.
    shareable: quotaOf(Object.fromEntries(classes.flatMap(({ spaceClass, shareable }) => (spaceClass === null ? [] : [[spaceClass, shareable ?? 0]])))),
  }));
}

/** The registration that the register of facilities holds proves itself; a check recorded here comes before it. */
function registrationOf(row: LenderRow): readonly Proof[] {
  if (row.registrationNo === null || row.registrationStatus === null) return [];
  const validTo = row.registrationValidTo === null ? null : localTime.parseDay(row.registrationValidTo);
  return [{ kind: 'BUSINESS_REGISTRATION', no: row.registrationNo, validTo: validTo?.ok ? validTo.value : null, status: row.registrationStatus as 'VALID' }];
}

/** Whether terms may be in force in a zone from now on: sound in themselves, allowed by the category's rules, and fitting beside the zone's other windows (P1). */
export function checkLending(lender: Lender, window: { readonly id: string; readonly zone: LendingZone; readonly terms: WindowTerms }, calendar: WorkCalendar): PublicationVerdict {
  const { id, zone, terms } = window;
  const unsound = checkWindowTerms(terms).map(withinTerms);
  if (unsound.length > 0) return { refusals: unsound, findings: [] };
  const { row } = lender;
  const required = requiredIn(lender, zone);
  const verdict = checkPublication({
    subject: {
      category: row.category,
      sector: row.sector,
      obligation: obligationOf(row),
      shareableByClass: zone.shareable,
      planningRequiredSpaces: required,
      ownership: row.ownership,
      status: row.status,
      hasNumberedSpaces: row.hasNumberedSpaces,
      isClosingTimeKnown: row.closesAt?.some(minute => minute !== null) ?? false,
    },
    terms,
    publisher: lender.standing ?? { relation: 'NONE', delegation: null },
    proofs: lender.proofs,
    onDay: lender.onDay,
  });
  const beside = bearersIn(lender, zone).filter(other => other.id !== id);
  const excess = verdict.refusals.length > 0 ? null : checkQuotaFit([...beside, { id, terms }], zone.shareable, lender.onDay, patternOf(lender, calendar));
  return { refusals: [...verdict.refusals.map(withinTerms), ...(excess === null ? [] : [excess])], findings: verdict.findings.map(withinTerms) };
}

/** The windows of a zone, as the fit sees them. */
export function bearersIn({ windows }: Lender, { id: zoneId }: LendingZone): readonly QuotaBearer[] {
  return [...windows.values()].filter(({ row }) => row.zoneId === zoneId).map(({ row, terms }) => ({ id: row.id, terms }));
}

/** What expanding the windows of a facility needs. */
export function patternOf({ row, zone }: Lender, calendar: WorkCalendar): PatternContext {
  return { calendar, zone, closingMinuteOf: closingMinuteBy(row.closesAt) };
}

const ABOUT_TERMS = /^(name|rules|quota|audience|leastCredit|entryCurfews|exitCurfews|releasePlan|validFrom|validUntil|exceptions)\b/;

/** The rules name fields of the terms; the caller's input holds the terms as one of its fields. */
function withinTerms(found: Problem): Problem {
  return found.field !== undefined && ABOUT_TERMS.test(found.field) ? { ...found, field: `terms.${found.field}` } : found;
}

/** Planning-required spaces are counted for the facility: a zone owes what its sisters do not lend yet, and no more than it has (2.3-6). */
function requiredIn(lender: Lender, zone: LendingZone): number | null {
  const required = lender.row.planningRequiredSpaces;
  if (required === null || lender.zones.length === 1) return required;
  const lentBy = new Map<string, number>();
  for (const { row, terms } of lender.windows.values()) {
    if (row.zoneId !== zone.id && terms.status === 'PUBLISHED') lentBy.set(row.zoneId, Math.max(lentBy.get(row.zoneId) ?? 0, totalOf(terms.quota)));
  }
  const lentElsewhere = [...lentBy.values()].reduce((sum, spaces) => sum + spaces, 0);
  return Math.max(0, Math.min(required - lentElsewhere, SPACE_CLASSES.reduce((sum, each) => sum + zone.shareable[each], 0)));
}

/** The right is missing: said as a problem, because in an import the other rows go on. */
export function notAllowed(lender: Lender): Problem {
  return problem('NOT_ALLOWED', {
    zh: `无权为“${lender.row.name}”发布共享时段：须为其产权人、管理人的成员，或受其委托`,
    en: `you may not publish windows for '${lender.row.name}': that is for its owner, its manager, or whoever acts for them`,
    field: 'facility',
    clause: '2.2-8',
  });
}

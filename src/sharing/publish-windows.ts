import { isDeepStrictEqual } from 'node:util';
import { done, isRefusal, problem, refuse, textProblem, type Outcome, type Problem, type WorkCalendar } from '../kernel/index.js';
import { newId, type Unit } from '../platform/index.js';
import { workCalendarWithin } from './calendar.js';
import { checkLending, listHeldWindows, lockFacts, notAllowed, type HeldWindow, type Lender, type LendingZone } from './lenders.js';
import { refreshLentPeaks } from './refresh-lent-peaks.js';
import { refreshSearch } from './refresh-search.js';
import { decodeTerms, encodeTerms } from './rules/terms-codec.js';
import type { ExceptionDraft, FacilityReference, WindowDraft } from './rules/window-draft.js';
import type { WindowException, WindowTerms } from './rules/window.js';
import { findFacilitiesOfSources, storeWindows } from './windows.sql.js';

export type WindowEffect = 'CREATED' | 'CHANGED' | 'UNCHANGED';

/** What one draft did. Findings are no refusal: the policy encourages what they name, and it is lacking. */
export interface PublishedWindow {
  readonly windowId: string;
  readonly facilityId: string;
  readonly version: number;
  readonly effect: WindowEffect;
  readonly findings: readonly Problem[];
}

interface Books {
  readonly unit: Unit;
  readonly calendar: WorkCalendar;
  readonly lenders: ReadonlyMap<string, Lender>;
  /** By city, source and code. */
  readonly bySource: Map<string, HeldWindow>;
  readonly accepted: Map<string, HeldWindow>;
  /** The names that this batch has told already. */
  readonly told: Set<string>;
}

/**
 * Publishes windows as their suppliers tell them, one or ten thousand in the same handful of statements: an outcome a
 * draft, in their order. Each is judged with those before it, under the locks of their facilities (P1). A draft whose
 * source and code are known revises that window; one that says nothing new writes nothing.
 */
export async function publishWindows(unit: Unit, drafts: readonly WindowDraft[]): Promise<ReadonlyArray<Outcome<PublishedWindow>>> {
  const calendar = await workCalendarWithin(unit);
  const facilityIds = await facilityIdsOf(unit, drafts);
  const known = [...new Set(facilityIds.filter(id => id !== null))];
  // Every facility of a batch is locked at once and in order, so that two batches never wait for each other in a ring.
  const lenders = await lockFacts(unit, known);
  const names = drafts.flatMap((draft, i) => {
    const lender = lenders.get(facilityIds[i] ?? '');
    return lender && draft.source != null && draft.sourceCode != null ? [{ city: lender.row.city, source: draft.source, code: draft.sourceCode }] : [];
  });
  const windows = names.length === 0 ? [] : await listHeldWindows(unit, [], names);
  const books: Books = {
    unit,
    lenders,
    calendar,
    bySource: new Map(windows.map(window => [nameOf(window.row.city, window.row.source, window.row.sourceCode), window])),
    accepted: new Map(),
    told: new Set(),
  };
  const outcomes = drafts.map((draft, i) => decide(books, draft, facilityIds[i] ?? null));
  await write(books, outcomes);
  return outcomes;
}

async function facilityIdsOf(unit: Unit, drafts: readonly WindowDraft[]): Promise<ReadonlyArray<string | null>> {
  const named = drafts.flatMap(({ facility }, nth) => ('id' in facility ? [] : [{ ...facility, nth }]));
  const found = named.length === 0 ? [] : await findFacilitiesOfSources(unit, named);
  const byDraft = new Map(found.map(({ nth, facilityId }) => [nth, facilityId]));
  return drafts.map(({ facility }, nth) => ('id' in facility ? facility.id : (byDraft.get(nth) ?? null)));
}

const nameOf = (...parts: ReadonlyArray<string | null>): string => JSON.stringify(parts);

function decide(books: Books, draft: WindowDraft, facilityId: string | null): Outcome<PublishedWindow> {
  const unnamed = sourceProblems(draft);
  if (unnamed.length > 0) return refuse(unnamed);
  const lender = books.lenders.get(facilityId ?? '');
  if (!lender) return refuse(facilityUnknown(draft.facility));
  if (lender.standing === null) return refuse(notAllowed(lender));
  const zone = zoneFor(lender, draft);
  if (isRefusal(zone)) return zone;

  const name = draft.source != null && draft.sourceCode != null ? nameOf(lender.row.city, draft.source, draft.sourceCode) : null;
  if (name !== null && books.told.has(name)) return refuse(repeated(draft));
  if (name !== null) books.told.add(name);
  const held = name === null ? undefined : books.bySource.get(name);
  const misplaced = held && misplacement(held, lender);
  if (misplaced) return refuse(misplaced);

  const { now } = books.unit;
  const terms = termsOf(draft, held, now);
  const same = held !== undefined && held.row.zoneId === zone.value.id && isDeepStrictEqual(held.terms, terms);
  if (same) return done({ windowId: held.row.id, facilityId: lender.row.id, version: held.row.version, effect: 'UNCHANGED', findings: [] });

  const id = held?.row.id ?? newId('window', now);
  const { refusals, findings } = checkLending(lender, { id, zone: zone.value, terms }, books.calendar);
  if (refusals.length > 0) return refuse(refusals);
  const version = (held?.row.version ?? 0) + 1;
  const window: HeldWindow = {
    terms,
    row: {
      id, city: lender.row.city, facilityId: lender.row.id, zoneId: zone.value.id, status: terms.status, statusReason: held?.row.statusReason ?? null,
      terms: encodeTerms(terms), source: draft.source ?? null, sourceCode: draft.sourceCode ?? null, version,
    },
  };
  lender.windows.set(id, window);
  books.accepted.set(id, window);
  return done({ windowId: id, facilityId: lender.row.id, version, effect: held ? 'CHANGED' : 'CREATED', findings });
}

const LONGEST_SOURCE = 100;

function sourceProblems({ source, sourceCode }: WindowDraft): readonly Problem[] {
  return ([['source', source, '来源'], ['sourceCode', sourceCode, '来源内编号']] as const).flatMap(([field, text, zh]) => (text == null ? [] : (textProblem(text, { zh, en: field, field, minimum: 1, maximum: LONGEST_SOURCE }) ?? [])));
}

function zoneFor(lender: Lender, draft: WindowDraft): Outcome<LendingZone> {
  const { zone } = draft;
  if (zone == null && lender.zones.length === 1) return done(lender.zones[0]!);
  const found = lender.zones.find(each => zone != null && ('id' in zone ? each.id === zone.id : each.code === zone.code));
  if (found) return done(found);
  const codes = lender.zones.map(each => each.code).join('、');
  if (zone == null) return refuse(problem('ZONE_MISSING', { zh: `“${lender.row.name}”有 ${lender.zones.length} 个分区（${codes}），请指明其一`, en: `'${lender.row.name}' has ${lender.zones.length} zones (${codes}): name one`, field: 'zone' }));
  const asked = 'id' in zone ? zone.id : zone.code;
  return refuse(problem('ZONE_UNKNOWN', { zh: `“${lender.row.name}”没有分区 ${asked.slice(0, 60)}，只有 ${codes}`, en: `'${lender.row.name}' has no zone ${asked.slice(0, 60)}, only ${codes}`, field: 'zone' }));
}

/** Terms as they would be stored. A revision keeps the state of its window: telling a paused window anew does not resume it. */
function termsOf({ terms }: WindowDraft, held: HeldWindow | undefined, now: number): WindowTerms {
  const exceptions = terms.exceptions.map((draft): WindowException => {
    const known = held?.terms.exceptions.find(each => (draft.id != null ? each.id === draft.id : isDeepStrictEqual({ ...each, id: null }, { ...exceptionOf(draft), id: null })));
    return { ...exceptionOf(draft), id: known?.id ?? draft.id ?? newId('exception', now) };
  });
  // Through the codec and back, so that what is compared has the shape of what is stored.
  return decodeTerms(encodeTerms({ ...terms, name: terms.name.trim(), exceptions, status: held?.terms.status ?? 'PUBLISHED' }));
}

function exceptionOf({ fromDay, untilDay, effect, cutsRunningTails, reason }: ExceptionDraft): Omit<WindowException, 'id'> {
  return { fromDay, untilDay, effect, cutsRunningTails, reason };
}

function facilityUnknown(facility: FacilityReference): Problem {
  const name = ('id' in facility ? facility.id : `${facility.source} ${facility.code}`).slice(0, 100);
  return problem('FACILITY_UNKNOWN', { zh: `停车设施 ${name} 未登记`, en: `the facility ${name} is not registered`, field: 'facility' });
}

function repeated({ source, sourceCode }: WindowDraft): Problem {
  return problem('REPEATED_IN_BATCH', { zh: `“${source}”的时段 ${sourceCode} 在本批中重复`, en: `the window ${sourceCode} of '${source}' comes twice in this batch`, field: 'sourceCode' });
}

function misplacement({ row }: HeldWindow, lender: Lender): Problem | null {
  if (row.status === 'WITHDRAWN') return problem('WINDOW_WITHDRAWN', { zh: `时段 ${row.sourceCode} 已撤回，不能再发布；请用新编号`, en: `the window ${row.sourceCode} was withdrawn and does not come back: publish it under a new code`, field: 'sourceCode' });
  if (row.facilityId === lender.row.id) return null;
  return problem('WINDOW_OF_OTHER_FACILITY', { zh: `时段 ${row.sourceCode} 属于另一停车设施 ${row.facilityId}`, en: `the window ${row.sourceCode} belongs to another facility, ${row.facilityId}`, field: 'facility' });
}

async function write({ unit, lenders, calendar, ...books }: Books, outcomes: ReadonlyArray<Outcome<PublishedWindow>>): Promise<void> {
  const accepted = [...books.accepted.values()];
  if (accepted.length === 0) return;
  await storeWindows(unit, accepted.map(window => window.row), { now: unit.now, recordedBy: unit.scope.viewer.actorId });
  const facilityIds = [...new Set(accepted.map(window => window.row.facilityId))];
  await refreshLentPeaks(unit, facilityIds.map(id => lenders.get(id)!), calendar);
  await refreshSearch(unit, facilityIds);
  for (const outcome of outcomes) {
    if (!outcome.ok || outcome.value.effect === 'UNCHANGED') continue;
    const { windowId, facilityId, version, effect, findings } = outcome.value;
    unit.record({ action: 'window:publish', objectType: 'window', objectId: windowId, details: { act: 'publish', effect, facilityId, version, findings: findings.map(each => each.code) } });
    unit.announce('window.published', { windowId, facilityId, version, effect });
  }
}

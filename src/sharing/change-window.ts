import { done, isRefusal, problem, refuse, type Outcome, type Problem, type Refusal, type WorkCalendar } from '../kernel/index.js';
import { transaction, type RequestScope, type Unit } from '../platform/index.js';
import { forbidden, notFound, unauthenticated } from '../platform/graphql/index.js';
import type { BookingsChoice } from '../facilities/index.js';
import { workCalendarWithin } from './calendar.js';
import { checkLending, lockFacts, type HeldWindow, type Lender } from './lenders.js';
import { refreshLentPeaks } from './refresh-lent-peaks.js';
import { refreshSearch } from './refresh-search.js';
import { encodeTerms } from './rules/terms-codec.js';
import type { WindowTerms } from './rules/window.js';
import { findWindow, storeWindows } from './windows.sql.js';

/** What every change of one window is asked with. */
export interface WindowChange {
  readonly windowId: string;
  /** The version that the caller saw; null: whichever stands (I18). */
  readonly expectedVersion?: string | null;
  /** What becomes of bookings that it would break; null: the change is refused (P9, C6). */
  readonly bookings?: BookingsChoice | null;
  readonly idempotencyKey: string;
}

export interface ChangedWindow {
  readonly windowId: string;
  readonly version: string;
  readonly findings: readonly Problem[];
}

/** How one kind of change is told of, and what it makes of the terms. */
interface Act {
  /** The mutation's name. */
  readonly operation: string;
  readonly topic: string;
  readonly reason?: string | null;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly change: (held: HeldWindow, unit: Unit) => Outcome<WindowTerms>;
  /** The name, in the input, of what lies at a path of the new terms; absent where the input holds whole terms, or none. */
  readonly fieldOf?: (path: string, held: HeldWindow) => string;
}

/**
 * Changes one window under the lock of its facility: the change makes new terms, and where they lend they are judged as
 * a publication is (P1). The version, the search row, the audit and the announcement are written with it.
 */
export function changeWindow(scope: RequestScope, input: WindowChange, act: Act): Promise<Outcome<ChangedWindow>> {
  return transaction(scope, async unit => {
    const calendar = await workCalendarWithin(unit);
    const found = await windowUnderLock(unit, input);
    if (isRefusal(found)) return found;
    const { lender, held } = found;
    const changed = act.change(held, unit);
    if (isRefusal(changed)) return changed;
    const terms = changed.value;
    const judged = judge(lender, held, terms, calendar);
    if (isRefusal(judged)) return refuse(judged.problems.map(each => (each.field === undefined || !act.fieldOf ? each : { ...each, field: act.fieldOf(each.field, held) })));

    const version = held.row.version + 1;
    const statusReason = terms.status === held.terms.status ? held.row.statusReason : (act.reason ?? null);
    await storeWindows(unit, [{ ...held.row, status: terms.status, statusReason, terms: encodeTerms(terms), version }], { now: unit.now, recordedBy: scope.viewer.actorId });
    lender.windows.set(held.row.id, { row: held.row, terms });
    await refreshLentPeaks(unit, [lender], calendar);
    await refreshSearch(unit, [held.row.facilityId], { bookings: input.bookings ?? 'REFUSE', reason: act.reason ?? null });
    const findings = judged.value;
    unit.record({ action: 'window:publish', objectType: 'window', objectId: held.row.id, reason: act.reason ?? undefined, details: { act: act.operation, version, findings: findings.map(each => each.code), ...act.details } });
    unit.announce(act.topic, { windowId: held.row.id, facilityId: held.row.facilityId, version, ...act.details });
    return done({ windowId: held.row.id, version: String(version), findings });
  }, { operation: act.operation, key: input.idempotencyKey, input });
}

async function windowUnderLock(unit: Unit, input: WindowChange): Promise<{ readonly lender: Lender; readonly held: HeldWindow } | Refusal> {
  const seen = await findWindow(unit, input.windowId);
  if (!seen) throw notFound('window', input.windowId);
  // Read again under the lock: the first read only told which facility to lock.
  const lender = (await lockFacts(unit, [seen.facilityId])).get(seen.facilityId)!;
  const held = lender.windows.get(seen.id)!;
  if (lender.standing === null) throw unit.scope.viewer.kind === 'ANONYMOUS' ? unauthenticated() : forbidden('window:publish');
  const { version } = held.row;
  if (input.expectedVersion == null || input.expectedVersion === String(version)) return { lender, held };
  return refuse(problem('VERSION_MOVED', {
    zh: `时段已是第 ${version} 版，请求依据第 ${input.expectedVersion.slice(0, 20)} 版：请重新读取`,
    en: `the window is version ${version} by now, the request was made upon ${input.expectedVersion.slice(0, 20)}: read it again`,
    field: 'expectedVersion',
    data: { currentVersion: String(version) },
  }));
}

/** What lends is judged; what pauses or withdraws is always possible. */
function judge(lender: Lender, held: HeldWindow, terms: WindowTerms, calendar: WorkCalendar): Outcome<readonly Problem[]> {
  if (terms.status === 'WITHDRAWN' || (terms.status === 'PAUSED' && held.terms.status !== 'PAUSED')) return done([]);
  const zone = lender.zones.find(each => each.id === held.row.zoneId)!;
  const { refusals, findings } = checkLending(lender, { id: held.row.id, zone, terms }, calendar);
  return refusals.length > 0 ? refuse(refusals) : done(findings);
}

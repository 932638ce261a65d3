import { localTime } from '../kernel/index.js';
import { defineLoader, type RequestScope } from '../platform/index.js';
import { workCalendar } from './calendar.js';
import { exceptionInWords, quotaInWords, rangeInWords, ruleInWords } from './describe-terms.js';
import { contextOf } from './evaluation-context.js';
import { listStandings } from './reads.sql.js';
import { decodeTerms } from './rules/terms-codec.js';
import type { EvaluationContext } from './rules/window.js';
import { listSuspensionsOfWindows, listWindowContexts } from './suspensions.sql.js';
import { SharingWindowEntity, WindowSuspensionEntity } from './window.entity.js';
import { maySeeWindow } from './window.policy.js';
import { SharingWindow, Suspension } from './window.type.js';

/** Every batch reads afresh: an entity manager kept for the request would answer a second mutation with what the first one saw. */
const freshOf = (scope: RequestScope) => scope.database.orm.em.fork();

/** A window as this viewer may see it; null where it may not, or where there is none. */
export const WINDOW_BY_ID = defineLoader<string, SharingWindow | null>('WINDOW_BY_ID', async (scope, ids) => {
  const rows = await freshOf(scope).find(SharingWindowEntity, { id: { $in: [...ids] } });
  const hidden = rows.filter(row => row.status !== 'PUBLISHED').map(row => row.facilityId);
  const standings = hidden.length === 0 ? [] : await listStandings(scope.database, [...new Set(hidden)]);
  const subjects = new Map(standings.map(standing => [standing.facilityId, standing]));
  const seen = new Map(rows.filter(row => maySeeWindow(scope.viewer, row, subjects.get(row.facilityId))).map(row => [row.id, windowOf(row)]));
  return ids.map(id => seen.get(id) ?? null);
});

/** The published windows of facilities, by id. */
export const WINDOWS_OF_FACILITY = defineLoader<string, readonly SharingWindow[]>('WINDOWS_OF_FACILITY', async (scope, facilityIds) => {
  const rows = await freshOf(scope).find(SharingWindowEntity, { facilityId: { $in: [...facilityIds] }, status: 'PUBLISHED' }, { orderBy: { id: 'asc' } });
  const byFacility = Map.groupBy(rows, row => row.facilityId);
  return facilityIds.map(id => (byFacility.get(id) ?? []).map(windowOf));
});

function windowOf(row: SharingWindowEntity): SharingWindow {
  const terms = decodeTerms(row.terms);
  const { audience, releasePlan, validUntil } = terms;
  return Object.assign(new SharingWindow(), {
    id: row.id,
    facilityId: row.facilityId,
    zoneId: row.zoneId,
    terms,
    name: row.name,
    mode: row.mode,
    status: row.status,
    statusReason: row.statusReason ?? null,
    rules: terms.rules.map(ruleInWords),
    exceptions: terms.exceptions.map(exceptionInWords),
    quota: quotaInWords(terms.quota),
    audience: { kind: audience.kind, withinMetres: audience.kind === 'NEIGHBOURS' ? audience.withinMetres : null },
    leastCredit: terms.leastCredit,
    tariffId: terms.tariffId,
    entryCurfews: terms.entryCurfews.map(rangeInWords),
    exitCurfews: terms.exitCurfews.map(rangeInWords),
    releasePlan: releasePlan && { time: releasePlan.atMinute, spaces: releasePlan.spaces },
    validFromOn: localTime.formatDay(terms.validFrom),
    validUntilOn: validUntil === null ? null : localTime.formatDay(validUntil),
    version: String(row.version),
    source: row.source ?? null,
    sourceCode: row.sourceCode ?? null,
    recordedAt: row.recordedAt,
  });
}

/** What evaluating a window needs besides its terms. */
export const WINDOW_CONTEXT = defineLoader<string, EvaluationContext>('WINDOW_CONTEXT', async (scope, windowIds) => {
  const calendar = await workCalendar(scope);
  const rows = new Map((await listWindowContexts(scope.database, windowIds)).map(row => [row.windowId, row]));
  return windowIds.map(id => {
    const row = rows.get(id);
    if (!row) return new Error(`the window ${id} has no facility`);
    return { calendar, ...contextOf(row) };
  });
});

/** A suspension; why something is shut is for everybody to know (0-6). */
export const SUSPENSION_BY_ID = defineLoader<string, Suspension | null>('SUSPENSION_BY_ID', async (scope, ids) => {
  const rows = await freshOf(scope).find(WindowSuspensionEntity, { id: { $in: [...ids] } });
  const found = new Map(rows.map(row => [row.id, suspensionOf(row)]));
  return ids.map(id => found.get(id) ?? null);
});

/** Every suspension that concerns a window, past ones included, by id. */
export const SUSPENSIONS_OF_WINDOW = defineLoader<string, readonly Suspension[]>('SUSPENSIONS_OF_WINDOW', async (scope, windowIds) => {
  const concerning = await listSuspensionsOfWindows(scope.database, windowIds);
  const rows = await freshOf(scope).find(WindowSuspensionEntity, { id: { $in: [...new Set(concerning.map(row => row.suspensionId))] } });
  const byId = new Map(rows.map(row => [row.id, suspensionOf(row)]));
  const byWindow = Map.groupBy(concerning, row => row.windowId);
  return windowIds.map(id => (byWindow.get(id) ?? []).flatMap(row => byId.get(row.suspensionId) ?? []));
});

function suspensionOf(row: WindowSuspensionEntity): Suspension {
  return Object.assign(new Suspension(), {
    id: row.id,
    windowId: row.windowId ?? null,
    facilityId: row.facilityId ?? null,
    jurisdictionCode: row.jurisdictionCode ?? null,
    startsAt: row.startsAt,
    endsAt: row.endsAt ?? null,
    liftedAt: row.liftedAt ?? null,
    reason: row.reason,
  });
}

/** Reads one object after a mutation, past the request's loader, which may remember it as it was before. */
export async function fresh<Value>(scope: RequestScope, loader: { readonly batch: (scope: RequestScope, keys: readonly string[]) => Promise<ReadonlyArray<Value | Error>> }, id: string): Promise<Value> {
  const [value] = await loader.batch(scope, [id]);
  if (value instanceof Error) throw value;
  return value as Value;
}

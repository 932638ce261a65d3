import type { Gathered, Unit } from '../platform/index.js';
import { storeCounts, type LiveRow } from './live-rows.js';
import { misfitClass } from './report-counts.js';
import { counterKey, directionsOf, eventIdentity, insertEvents, putCounters, type VehicleCounter, type VehicleEvent } from './report-events.sql.js';
import { Counts, Intake, type Placed, type ReportAnswer, type ReportCall } from './report-intake.js';
import { countOf, moveCount } from './rules/report-fold.js';
import { WHOLE, misnamed, staleAfterOf, type EventTold } from './rules/report-verdict.js';

interface EventReport extends Placed<EventTold> {
  readonly event: VehicleEvent;
  readonly identity: string;
  readonly row: LiveRow;
}

/**
 * Takes the vehicles of several calls: each moves the count in force by one where it was seen after it (C3). Kept also
 * where there is no count yet, for one that comes later and was taken earlier.
 */
export async function takeEvents(unit: Unit, parts: ReadonlyArray<Gathered<ReportCall<EventTold>>>): Promise<ReportAnswer[]> {
  const intake = await Intake.open(unit, parts, { misshapen: misnamed, misfit: misfitClass });
  const fresh = await keepNew(unit, intake, intake.placed.flatMap(placed => reportOf(intake, placed)));
  const counts = new Counts();
  for (const report of fresh) move(intake, counts, report, unit.now);
  await putCounters(unit, newestOf(fresh));
  const answers = await intake.close();
  await storeCounts(unit, intake.rows, counts.changed);
  return answers;
}

function reportOf(intake: Intake<EventTold>, placed: Placed<EventTold>): EventReport[] {
  const { told: { spaceClass, scope, direction, eventId, observedAt }, facility, zoneKey, feed } = placed;
  const row = intake.rowOf(facility.id, spaceClass);
  if (!row) {
    intake.remark(placed, { reason: 'UNKNOWN_CLASS', detail: null });
    return [];
  }
  const event: VehicleEvent = { city: facility.city, facilityId: facility.id, zoneKey, spaceClass, scope, feedId: feed.id, eventId, observedAt, moved: direction === 'ENTRY' ? 1 : -1 };
  return [{ ...placed, event, identity: eventIdentity(event), row }];
}

async function keepNew(unit: Unit, intake: Intake<EventTold>, reports: readonly EventReport[]): Promise<EventReport[]> {
  const first = new Map<string, EventReport>();
  const again: EventReport[] = [];
  for (const report of reports) {
    if (first.has(report.identity)) again.push(report);
    else first.set(report.identity, report);
  }
  const told = [...first.values()];
  const kept = await insertEvents(unit, told.map(({ event }) => event), unit.now);
  const known = kept === null ? [] : told.filter(report => !kept.has(report.identity));
  const directions = known.length === 0 ? new Map<string, number>() : await directionsOf(unit, known.map(({ event }) => event));
  for (const report of [...known, ...again]) {
    const moved = directions.get(report.identity) ?? first.get(report.identity)!.event.moved;
    intake.remark(report, { reason: moved === report.event.moved ? 'DUPLICATE' : 'SEQUENCE_REUSED', detail: null });
  }
  return kept === null ? told : told.filter(report => kept.has(report.identity));
}

function move(intake: Intake<EventTold>, counts: Counts, report: EventReport, now: number): void {
  const { event, row, zoneKey, feed } = report;
  const before = counts.of(row);
  const base = countOf(before, zoneKey === WHOLE ? null : zoneKey, event.scope as 'ALL' | 'SHARED');
  if (!base) return intake.remark(report, { reason: 'NO_BASE', detail: null });
  const moved = moveCount(base, event);
  if (moved === base) return intake.remark(report, { reason: 'OUT_OF_ORDER', detail: new Date(base.observedAt).toISOString() });
  counts.put(row, before.map(count => (count === base ? moved : count)));
  const staleAfter = staleAfterOf(event.observedAt, now, feed.intervalSeconds);
  if (now >= staleAfter) intake.remark(report, { reason: 'LATE', detail: Math.floor((now - staleAfter) / 1_000) });
}

/** The counters that events belong to, each with its newest event. */
function newestOf(reports: readonly EventReport[]): VehicleCounter[] {
  const counters = new Map<string, VehicleCounter>();
  for (const { event } of reports) {
    const { city, facilityId, zoneKey, spaceClass, scope, feedId, observedAt } = event;
    const key = counterKey(event);
    if ((counters.get(key)?.lastEventAt ?? -Infinity) <= observedAt) counters.set(key, { city, facilityId, zoneKey, spaceClass, scope, feedId, lastEventAt: observedAt });
  }
  return [...counters.values()];
}

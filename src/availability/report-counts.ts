import type { Gathered, Unit } from '../platform/index.js';
import { storeCounts, type LiveRow } from './live-rows.js';
import { Counts, Intake, asTold, type Placed, type ReportAnswer, type ReportCall } from './report-intake.js';
import { healCounters } from './report-healing.js';
import { addToHours, contentsOf, identityOf, insertSamples, type Sample } from './report-samples.sql.js';
import { countOf, foldCount } from './rules/report-fold.js';
import { WHOLE, miscounted, mostOf, staleAfterOf, type CountTold, type ReportedFacility } from './rules/report-verdict.js';

/** A count with the sample that it makes and the row that it moves. */
interface CountReport extends Placed<CountTold> {
  readonly sample: Sample;
  readonly identity: string;
  readonly row: LiveRow;
}

const HOUR_MS = 3_600_000;

/**
 * Takes the absolute counts of several calls (2.2-5, P3, G7–G9): keeps each as a sample, moves what is in force, and
 * says of each what became of it. A bad one never sinks its neighbours.
 */
export async function takeCounts(unit: Unit, parts: ReadonlyArray<Gathered<ReportCall<CountTold>>>): Promise<ReportAnswer[]> {
  const intake = await Intake.open(unit, parts, { misshapen: miscounted, misfit: misfitClass });
  const reports = intake.placed.flatMap(placed => reportOf(intake, placed));
  const fresh = await keepNew(unit, intake, reports);
  const counts = new Counts();
  for (const report of fresh) fold(intake, counts, report, unit.now);
  await addToHours(unit, fresh.map(({ sample }) => sample));
  await healCounters(unit, intake, counts);
  const answers = await intake.close();
  await storeCounts(unit, intake.rows, counts.changed);
  return answers;
}

/** A zone without spaces of the class cannot have a count of them. */
export function misfitClass({ spaceClass }: { readonly spaceClass: string }, facility: ReportedFacility, zoneKey: string): { reason: 'UNKNOWN_CLASS'; detail: null } | null {
  return facility.capacities.get(zoneKey)?.has(spaceClass) ? null : { reason: 'UNKNOWN_CLASS', detail: null };
}

function reportOf(intake: Intake<CountTold>, placed: Placed<CountTold>): CountReport[] {
  const { told: { spaceClass, scope, occupied, free, observedAt, sequence }, facility, zoneKey, feed } = placed;
  const row = intake.rowOf(facility.id, spaceClass);
  if (!row) {
    intake.remark(placed, { reason: 'UNKNOWN_CLASS', detail: null });
    return [];
  }
  const sample: Sample = { city: facility.city, facilityId: facility.id, zoneKey, spaceClass, scope, feedId: feed.id, observedAt, sequence, occupied: occupied ?? null, free: free ?? null };
  return [{ ...placed, sample, identity: identityOf(sample), row }];
}

/** Keeps the samples and answers the reports that were new, in the order in which they came; the others are remarked upon. */
async function keepNew(unit: Unit, intake: Intake<CountTold>, reports: readonly CountReport[]): Promise<CountReport[]> {
  const first = new Map<string, CountReport>();
  const again: CountReport[] = [];
  for (const report of reports) {
    if (first.has(report.identity)) again.push(report);
    else first.set(report.identity, report);
  }
  const told = [...first.values()];
  const kept = await insertSamples(unit, told.map(({ sample }) => sample), unit.now);
  const known = kept === null ? [] : told.filter(report => !kept.has(report.identity));
  const contents = known.length === 0 ? new Map<string, Pick<Sample, 'occupied' | 'free'>>() : await contentsOf(unit, known.map(({ sample }) => sample));
  for (const report of [...known, ...again]) {
    const { occupied, free } = contents.get(report.identity) ?? first.get(report.identity)!.sample;
    const isSame = occupied === report.sample.occupied && free === report.sample.free;
    intake.remark(report, { reason: isSame ? 'DUPLICATE' : 'SEQUENCE_REUSED', detail: null });
  }
  return kept === null ? told : told.filter(report => kept.has(report.identity));
}

function fold(intake: Intake<CountTold>, counts: Counts, report: CountReport, now: number): void {
  const { sample, row, feed, zoneKey, facility } = report;
  const { spaceClass, scope, occupied, free, observedAt, sequence } = sample;
  const zoneId = zoneKey === WHOLE ? null : zoneKey;
  const staleAfter = staleAfterOf(observedAt, now, feed.intervalSeconds);
  const before = counts.of(row);
  const after = foldCount(before, { zoneId, scope, feedId: feed.id, occupied, free, observedAt, sequence, receivedAt: now, staleAfter, moved: 0 });
  const most = mostOf(facility.capacities.get(zoneKey)!.get(spaceClass)!, scope as 'ALL' | 'SHARED');
  const isAbove = (occupied ?? free)! > most;
  if (isAbove) {
    const subject = `${facility.id} ${zoneKey} ${spaceClass} ${scope} ${now - (now % HOUR_MS)}`;
    intake.find({ kind: 'ABOVE_CAPACITY', reason: null, feedId: feed.id, city: facility.city, facilityId: facility.id, observedAt, subject, times: 1, raw: { ...asTold(report.told), capacity: most } });
  }
  if (after === before) intake.remark(report, { reason: 'OUT_OF_ORDER', detail: new Date(countOf(before, zoneId, scope)!.observedAt).toISOString() });
  else if (isAbove) intake.remark(report, { reason: 'ABOVE_CAPACITY', detail: most });
  else if (now >= staleAfter) intake.remark(report, { reason: 'LATE', detail: Math.floor((now - staleAfter) / 1_000) });
  counts.put(row, after);
}

import type { Gathered, Unit } from '../platform/index.js';
import { storeCounts, type LiveRow } from './live-rows.js';
import { Counts, Intake, type Placed, type ReportAnswer, type ReportCall } from './report-intake.js';
import { addToHours, putDerivedSamples, type Sample } from './report-samples.sql.js';
import { deriveCounts, putStates, spacesByNumber, statesOf, type DerivedCount, type NumberedSpace, type SpaceState } from './report-spaces.sql.js';
import { dropCount, isAfter, replaceCount } from './rules/report-fold.js';
import { staleAfterOf, type SpaceTold } from './rules/report-verdict.js';

interface SpaceReport extends Placed<SpaceTold> {
  readonly space: NumberedSpace;
}

/**
 * Takes the states of numbered spaces: the newest of each stands, and where every space in service of a zone and class
 * has one, their sum is a count of that zone like any other (scope SPACES).
 */
export async function takeSpaceStates(unit: Unit, parts: ReadonlyArray<Gathered<ReportCall<SpaceTold>>>): Promise<ReportAnswer[]> {
  const intake = await Intake.open(unit, parts, { misshapen: () => null, misfit: () => null });
  const reports = await findSpaces(unit, intake);
  const states = new Map(reports.length === 0 ? [] : await statesOf(unit, [...new Set(reports.map(({ space }) => space.id))]));
  const changed = new Set<string>();
  for (const report of reports) fold(intake, states, changed, report, unit.now);
  await putStates(unit, [...changed].sort().map(id => states.get(id)!), unit.now);
  const counts = new Counts();
  const samples = await derive(unit, intake, counts, reports.filter(({ space }) => changed.has(space.id)));
  await putDerivedSamples(unit, samples, unit.now);
  await addToHours(unit, samples);
  const answers = await intake.close();
  await storeCounts(unit, intake.rows, counts.changed);
  return answers;
}

async function findSpaces(unit: Unit, intake: Intake<SpaceTold>): Promise<SpaceReport[]> {
  const asked = new Map(intake.placed.map(({ zoneKey, told: { number } }) => [`${zoneKey} ${number}`, { zoneId: zoneKey, number }]));
  const spaces = new Map((asked.size === 0 ? [] : await spacesByNumber(unit, [...asked.values()])).map(space => [`${space.zoneId} ${space.number}`, space]));
  return intake.placed.flatMap(placed => {
    const space = spaces.get(`${placed.zoneKey} ${placed.told.number}`);
    if (space) return [{ ...placed, space }];
    intake.remark(placed, { reason: 'UNKNOWN_SPACE', detail: null });
    return [];
  });
}

function fold(intake: Intake<SpaceTold>, states: Map<string, SpaceState>, changed: Set<string>, report: SpaceReport, now: number): void {
  const { space, told: { isOccupied, observedAt, sequence }, facility, feed } = report;
  const known = states.get(space.id);
  if (known && known.observedAt === observedAt && known.sequence === sequence && known.feedId === feed.id) {
    return intake.remark(report, { reason: known.isOccupied === isOccupied ? 'DUPLICATE' : 'SEQUENCE_REUSED', detail: null });
  }
  const state: SpaceState = { city: facility.city, spaceId: space.id, facilityId: facility.id, feedId: feed.id, isOccupied, observedAt, sequence };
  if (known && !isAfter(state, known)) return intake.remark(report, { reason: 'OUT_OF_ORDER', detail: new Date(known.observedAt).toISOString() });
  states.set(space.id, state);
  changed.add(space.id);
  const staleAfter = staleAfterOf(observedAt, now, feed.intervalSeconds);
  if (now >= staleAfter) intake.remark(report, { reason: 'LATE', detail: Math.floor((now - staleAfter) / 1_000) });
}

/** Puts the counts of the zones whose spaces changed into force, and answers their samples. */
async function derive(unit: Unit, intake: Intake<SpaceTold>, counts: Counts, reports: readonly SpaceReport[]): Promise<Sample[]> {
  const touched = new Map(reports.map(report => [`${report.zoneKey} ${report.space.spaceClass}`, report]));
  if (touched.size === 0) return [];
  const derived = await deriveCounts(unit, [...new Set(reports.map(({ zoneKey }) => zoneKey))].sort());
  return derived.flatMap(each => {
    const report = touched.get(`${each.zoneId} ${each.spaceClass}`);
    const row = report && intake.rowOf(report.facility.id, each.spaceClass);
    return row ? putDerived(counts, row, each) : [];
  });
}

function putDerived(counts: Counts, row: LiveRow, derived: DerivedCount): Sample[] {
  const { zoneId, spaceClass, spaces, told, occupied } = derived;
  if (told < spaces) {
    counts.put(row, dropCount(counts.of(row), zoneId, 'SPACES'));
    return [];
  }
  const feedId = derived.feedId!;
  const observedAt = derived.observedAt!;
  const receivedAt = derived.receivedAt!;
  const count = { zoneId, scope: 'SPACES', feedId, occupied, free: null, observedAt, sequence: 0, receivedAt, staleAfter: staleAfterOf(observedAt, receivedAt, derived.intervalSeconds!), moved: 0 } as const;
  counts.put(row, replaceCount(counts.of(row), count));
  return [{ city: row.city, facilityId: row.facilityId, zoneKey: zoneId, spaceClass, scope: 'SPACES', feedId, observedAt, sequence: 0, occupied, free: null }];
}

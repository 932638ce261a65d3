import type { Unit } from '../platform/index.js';
import { SPACE_CLASSES } from '../sharing/index.js';
import { appendChanges, type Change } from './change-log.sql.js';
import { figureTextOf, updateLive, upsertLive, type LiveRow, type LiveWrite, type Routing } from './live.sql.js';
import type { LentNow, LiveClass } from './rules/live-state.js';

/** The topic that wakes the readers of the change log. */
export const AVAILABILITY_TOPIC = 'availability';

/** One facility as it shall stand: every row of it, and its attributes where those changed. */
export interface NextLive {
  readonly rows: ReadonlyArray<Pick<LiveRow, 'city' | 'facilityId' | 'spaceClass' | 'counts' | 'figure'> & {
    /** The row as it stands; null where it is new. */
    readonly known: LiveRow | null;
    /** null where what is lent stays as it is. */
    readonly lent: LentNow | null;
    readonly isTouched: boolean;
  }>;
  readonly routing: Routing | null;
}

/** Writes what is touched and tells what is seen: one version and one entry of the log a facility whose figures or attributes changed. */
export async function storeLive(unit: Unit, next: readonly NextLive[]): Promise<ReadonlyMap<string, number>> {
  const moved: LiveWrite[] = [];
  const whole: Array<LiveWrite & { readonly lent: LentNow }> = [];
  const changes: Change[] = [];
  for (const { rows, routing } of next) {
    const version = rows.reduce((most, row) => Math.max(most, row.known?.version ?? 0), 0);
    const isChanged = routing !== null || rows.some(row => row.known === null || row.known.figureText !== figureTextOf(row.figure));
    for (const row of rows) {
      const own = isChanged && (row.isTouched || routing !== null);
      if (!row.isTouched && !own) continue;
      const { city, facilityId, spaceClass, lent, counts, figure, known } = row;
      const write = { city, facilityId, spaceClass, counts, figure, version: own ? version + 1 : known!.version, changedAt: own ? unit.now : known!.changedAt };
      if (lent === null) moved.push(write);
      else whole.push({ ...write, lent });
    }
    if (isChanged) changes.push({ city: rows[0]!.city, facilityId: rows[0]!.facilityId, version: version + 1, classes: classesOf(rows), routing });
  }
  await updateLive(unit, moved);
  await upsertLive(unit, whole);
  await appendChanges(unit, changes, unit.now);
  if (changes.length > 0) unit.wake(AVAILABILITY_TOPIC);
  return new Map(changes.map(({ facilityId, version }) => [facilityId, version]));
}

/** The rows of each facility together, in the order in which they come. */
export function groupedBy<Row extends { readonly facilityId: string }>(rows: readonly Row[]): ReadonlyArray<readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.facilityId);
    if (group) group.push(row);
    else groups.set(row.facilityId, [row]);
  }
  return [...groups.values()];
}

/** The figures of a facility in the order of the classes. */
export function classesOf(rows: ReadonlyArray<Pick<LiveRow, 'spaceClass' | 'figure'>>): readonly LiveClass[] {
  if (rows.length === 1) return [{ spaceClass: rows[0]!.spaceClass, ...rows[0]!.figure }];
  return rows.map(({ spaceClass, figure }) => ({ spaceClass, ...figure })).sort((a, b) => SPACE_CLASSES.indexOf(a.spaceClass) - SPACE_CLASSES.indexOf(b.spaceClass));
}

import type { Unit } from '../platform/index.js';
import { SPACE_CLASSES } from '../sharing/index.js';
import { appendChanges, type Change } from './change-log.sql.js';
import { upsertLive, type LiveRow, type LiveWrite, type Routing } from './live.sql.js';
import type { LentNow, LiveClass, LiveFigure } from './rules/live-state.js';

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
  const writes: LiveWrite[] = [];
  const changes: Change[] = [];
  for (const { rows, routing } of next) {
    const version = rows.reduce((most, row) => Math.max(most, row.known?.version ?? 0), 0);
    const isChanged = routing !== null || rows.some(row => row.known === null || !sameFigure(row.known.figure, row.figure));
    for (const row of rows) {
      const own = isChanged && (row.isTouched || routing !== null);
      if (!row.isTouched && !own) continue;
      const { city, facilityId, spaceClass, lent, counts, figure, known } = row;
      writes.push({ city, facilityId, spaceClass, lent, counts, figure, version: own ? version + 1 : known!.version, changedAt: own ? unit.now : known!.changedAt });
    }
    if (isChanged) changes.push({ city: rows[0]!.city, facilityId: rows[0]!.facilityId, version: version + 1, classes: classesOf(rows), routing });
  }
  await upsertLive(unit, writes);
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

function sameFigure(a: LiveFigure, b: LiveFigure): boolean {
  return a.state === b.state && a.free === b.free && a.quota === b.quota && a.capacity === b.capacity && a.occupied === b.occupied
    && a.observedAt === b.observedAt && a.receivedAt === b.receivedAt && a.staleAfter === b.staleAfter && a.source === b.source && a.reason === b.reason;
}

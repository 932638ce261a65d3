import type { Readable } from 'node:stream';
import { done, isRefusal, problem, refuse, type Outcome } from '../kernel/index.js';
import { newId, transaction, type Database, type RequestScope, type Services } from '../platform/index.js';
import { ensureMay } from '../identity/index.js';
import type { ImportContext, ImportKind } from './import-kind.js';
import { IMPORT_LIMITS } from './import-limits.js';
import { ImportTally, type ImportMode, type ImportReport } from './import-report.js';
import { abandonDeadRuns, endRun, holdRun, insertRun, lockSource, releaseRun } from './import-run.sql.js';
import type { Mapping } from './mapping.js';
import { checkColumns, readDrafts, type ReadDraft } from './read-drafts.js';
import { openFile } from './read-rows.js';
import { RefusedFile } from './source-row.js';
import { withSpooledFile, type SpooledFile } from './spooled-file.js';
import { writeBatch } from './write-batch.js';

/** How far a run has come; told after every batch. */
export interface ImportProgress {
  readonly rows: number;
  readonly refused: number;
}

export interface ImportRequest<Draft> {
  readonly kind: ImportKind<Draft>;
  readonly stream: Readable;
  readonly mapping: Mapping;
  readonly mode: ImportMode;
  readonly dryRun: boolean;
  readonly onProgress?: (progress: ImportProgress) => void;
}

/** Runs that this process holds: where all sessions are one, their locks alone would not tell them from dead ones. */
const held = new Set<string>();

/**
 * Imports a file in one transaction, so that a crash leaves the old state or the new one (3.1-4). The answer is refused
 * only where nothing could be begun (no coordinate system declared, say); a run that refuses its rows answers with its report.
 */
export async function importFile<Draft>(scope: RequestScope, request: ImportRequest<Draft>): Promise<Outcome<ImportReport>> {
  ensureMay(scope.viewer, 'import:run');
  const context = contextOf(request);
  if (isRefusal(context)) return context;
  try {
    return await withSpooledFile(request.stream, async file => done(await inTurn(scope.database, () => run(scope, request, context.value, file))));
  } catch (error) {
    if (error instanceof RefusedFile) return refuse(error.problem);
    throw error;
  }
}

function contextOf<Draft>({ kind, mapping: { source, city, crs, observedOn, fields, group } }: ImportRequest<Draft>): Outcome<ImportContext> {
  if (crs === null) {
    return refuse(problem('CRS_UNDECLARED', {
      zh: '未声明坐标系：请在映射中写 crs，或用 --crs / ?crs=，取 WGS84、CGCS2000、GCJ02、BD09 之一。在泉州，把 GCJ-02 当作 WGS-84 会偏 560 米，超过政策 300–500 米的步行范围，且无法从数值看出',
      en: 'no coordinate system is declared: write crs in the mapping, or use --crs or ?crs=, one of WGS84, CGCS2000, GCJ02, BD09. In Quanzhou GCJ-02 read as WGS-84 is 560 m off, more than the walking reach of 300 to 500 m, and the figures do not show it',
      field: 'crs',
    }));
  }
  if (kind.whole) {
    if (city === null) return refuse(problem('CITY_UNDECLARED', { zh: '未声明城市：请在映射中写 city，或用 --city / ?city=', en: 'the city is not declared: write city in the mapping, or use --city or ?city=', field: 'city' }));
    // Of rows that stand together the first one's geometry is taken: the others' ways would vanish unseen.
    if (group.length > 0) return refuse(problem('GROUP_NOT_TAKEN', { zh: `${kind.name} 的要素不能用 group 合并：一个要素即一条路段`, en: `features of a ${kind.name} cannot be grouped: each is a way of its own`, field: 'mapping.group' }));
    return done({ source, city, crs, observedOn });
  }
  if (observedOn === null && !fields.has('observedOn')) {
    return refuse(problem('OBSERVED_ON_UNDECLARED', { zh: '未声明数据日期：请在映射中写 observedOn（YYYY-MM-DD），或用 --observed-on / ?observedOn=', en: 'the day of the figures is not declared: write observedOn (YYYY-MM-DD) in the mapping, or use --observed-on or ?observedOn=', field: 'observedOn', clause: '3.1-2' }));
  }
  return done({ source, city, crs, observedOn });
}

const turns = new WeakMap<Database, Promise<unknown>>();

/** One import at a time in a process: each holds a connection beside its transaction's, and many at once would starve each other. */
function inTurn<T>(database: Database, work: () => Promise<T>): Promise<T> {
  const mine = (turns.get(database) ?? Promise.resolve()).then(work);
  turns.set(database, mine.catch(() => undefined));
  return mine;
}

async function run<Draft>(scope: RequestScope, request: ImportRequest<Draft>, context: ImportContext, file: SpooledFile): Promise<ImportReport> {
  const { kind, mapping, mode, dryRun } = request;
  const startedAt = scope.clock.now();
  const id = newId('importRun', startedAt);
  return scope.database.session(async session => {
    held.add(id);
    await holdRun(session, id);
    try {
      await abandonDeadRuns(session, [...held], startedAt);
      await insertRun(session, { id, kind: kind.name, source: mapping.source, mode, dryRun, actorId: scope.viewer.actorId, mappingHash: mapping.hash, sha256: file.sha256, bytes: file.bytes, startedAt });
      const tally = new ImportTally();
      const state = await write(scope, request, context, { id, file, tally });
      if (state !== 'DONE' || dryRun) await endRun(scope.database, { id, state, tally, endedAt: scope.clock.now() });
      return reportOf(id, request, state, tally);
    } finally {
      await releaseRun(session, id);
      held.delete(id);
    }
  });
}

/** Marks what a crash left RUNNING as ABANDONED; at a start, and before every import. */
export async function abandonDeadImports({ database, clock }: Pick<Services, 'database' | 'clock'>): Promise<readonly string[]> {
  return database.session(session => abandonDeadRuns(session, [...held], clock.now()));
}

interface Running {
  readonly id: string;
  readonly file: SpooledFile;
  readonly tally: ImportTally;
}

const ROLLED_BACK = refuse(problem('ROLLED_BACK', { zh: '本次导入未写入', en: 'this import wrote nothing' }));

async function write<Draft>(scope: RequestScope, request: ImportRequest<Draft>, context: ImportContext, running: Running): Promise<'DONE' | 'REFUSED'> {
  const { id, tally } = running;
  let isRefused = false;
  try {
    const batches = await openBatches(scope, request, context, running);
    await transaction(scope, async unit => {
      await lockSource(unit, context.source);
      for await (const batch of batches) {
        await writeBatch(unit, request.kind, batch, running);
        request.onProgress?.({ rows: tally.rows, refused: tally.counts.refused });
      }
      isRefused = request.mode === 'ALL_OR_NOTHING' && tally.counts.refused > 0;
      if (isRefused || request.dryRun) return ROLLED_BACK;
      unit.record({ action: 'import:run', objectType: 'importRun', objectId: id, details: { kind: request.kind.name, source: context.source, sha256: running.file.sha256, rows: tally.rows, ...tally.counts } });
      await endRun(unit, { id, state: 'DONE', tally, endedAt: unit.now });
      return done(id);
    });
    return isRefused ? 'REFUSED' : 'DONE';
  } catch (error) {
    if (error instanceof RefusedFile) {
      tally.add({ severity: 'REFUSED', row: error.row, column: null, value: null, problem: error.problem });
      return 'REFUSED';
    }
    // Where the database itself is gone this fails, too, and the next run finds this one abandoned.
    await endRun(scope.database, { id, state: 'FAILED', tally, endedAt: scope.clock.now() }).catch(() => undefined);
    throw error;
  }
}

/** The file's drafts, batch by batch; what is whole is one batch. */
async function openBatches<Draft>({ signal }: RequestScope, { kind, mapping }: ImportRequest<Draft>, context: ImportContext, { file, tally }: Running): Promise<Batches<Draft>> {
  const opened = await openFile(file, mapping, heading => checkColumns(heading, mapping));
  tally.format = opened.format;
  tally.encoding = opened.encoding;
  if (kind.whole && opened.format !== kind.whole.format) throw new RefusedFile(formatNotTaken(kind.name, opened.format, kind.whole.format));
  const drafts = readDrafts(opened, mapping, kind, context);
  if (!kind.whole) return batchesOf(drafts, IMPORT_LIMITS.batchRows, signal);
  // Read to its end here: in the transaction the database would see a long silence, and end it.
  const { value } = await batchesOf(drafts, Number.POSITIVE_INFINITY, signal).next();
  return [value ?? []];
}

type Batches<Draft> = AsyncIterable<ReadonlyArray<ReadDraft<Draft>>> | Iterable<ReadonlyArray<ReadDraft<Draft>>>;

async function* batchesOf<Draft>(drafts: AsyncIterable<ReadDraft<Draft>>, size: number, signal: AbortSignal | null): AsyncGenerator<ReadonlyArray<ReadDraft<Draft>>, undefined> {
  let batch: Array<ReadDraft<Draft>> = [];
  for await (const read of drafts) {
    signal?.throwIfAborted();
    batch.push(read);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

function formatNotTaken(kind: string, format: string, taken: string) {
  return problem('FORMAT_NOT_TAKEN', { zh: `${kind} 只接受 ${taken}，此文件为 ${format}`, en: `a ${kind} is taken from ${taken} alone, and this file is ${format}` });
}

function reportOf<Draft>(runId: string, { kind, mapping, mode, dryRun }: ImportRequest<Draft>, state: ImportReport['state'], tally: ImportTally): ImportReport {
  const { format, encoding, rows, counts, problemCount, problems } = tally;
  return { runId, kind: kind.name, source: mapping.source, mode, dryRun, state, format, encoding, rows, ...counts, problemCount, problems };
}

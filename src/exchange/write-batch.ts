import type { Unit } from '../platform/index.js';
import { fieldOf } from './draft-builder.js';
import type { BuiltDraft, DraftResult, ImportKind } from './import-kind.js';
import type { ImportTally, TalliedProblem } from './import-report.js';
import type { ReadDraft } from './read-drafts.js';

interface Written {
  readonly built: BuiltDraft<unknown>;
  readonly result: DraftResult;
  /** What was left out of the draft, and why: the mapping is lenient with it. */
  readonly spared: readonly TalliedProblem[];
}

/** Writes a batch in the file's order, and adds its counts and problems in that order, too. */
export async function writeBatch<Draft>(unit: Unit, kind: ImportKind<Draft>, batch: ReadonlyArray<ReadDraft<Draft>>, { id, tally }: { readonly id: string; readonly tally: ImportTally }): Promise<void> {
  for (const read of batch) tally.rows += read.rows;
  const sound = batch.filter(read => read.built !== null);
  const results = sound.length === 0 ? [] : await kind.write(unit, sound.map(read => read.built!.draft), id);
  const written = new Map(sound.map((read, index): [ReadDraft<Draft>, Written] => [read, { built: read.built!, result: results[index]!, spared: [] }]));
  // What is told whole cannot be written once more in part.
  if (!kind.whole) await writeSpared(unit, kind, written, id);
  for (const read of batch) {
    for (const each of read.problems) tally.add(each);
    const one = written.get(read);
    tally.count(one?.result.kind ?? 'REFUSED');
    if (one === undefined) continue;
    for (const each of one.spared) tally.add(each);
    for (const each of problemsOf(read, one)) tally.add(kind.whole && each.severity === 'FINDING' ? { ...each, row: null } : each);
  }
}

/** Drafts that were refused only for fields with which the mapping is lenient are written once more without those. */
async function writeSpared<Draft>(unit: Unit, kind: ImportKind<Draft>, written: Map<ReadDraft<Draft>, Written>, id: string): Promise<void> {
  const again = [...written].flatMap(([read, { built, result }]) => {
    if (result.kind !== 'REFUSED') return [];
    const fields = result.problems.map(each => fieldOf(each.field, built.fieldOfPath));
    if (fields.some(field => field === null)) return [];
    const lean = read.without([...new Set(fields.filter(field => field !== null))]);
    return lean === null ? [] : [{ read, lean, refused: problemsOf(read, written.get(read)!) }];
  });
  if (again.length === 0) return;
  const results = await kind.write(unit, again.map(({ lean }) => lean.draft), id);
  for (const [index, { read, lean, refused }] of again.entries()) {
    const spared = refused.map(each => ({ ...each, severity: 'FINDING' as const }));
    written.set(read, { built: lean, result: results[index]!, spared });
  }
}

function problemsOf<Draft>(read: ReadDraft<Draft>, { built, result }: Written): readonly TalliedProblem[] {
  const severity = result.kind === 'REFUSED' ? 'REFUSED' : 'FINDING';
  const told = result.kind === 'REFUSED' ? result.problems : [...built.findings, ...result.findings];
  return told.map(problem => ({ severity, row: read.row, ...read.place(fieldOf(problem.field, built.fieldOfPath)), problem }));
}

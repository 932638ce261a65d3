import { problem, type Problem } from '../kernel/index.js';
import { IMPORT_LIMITS } from './import-limits.js';
import { shownCell, type BuiltDraft, type FieldSpec, type ImportContext, type ImportKind } from './import-kind.js';
import type { Mapping } from './mapping.js';
import type { OpenedFile } from './read-rows.js';
import { columnsOf, evaluate, type Cells } from './rules/expression.js';
import { readField } from './rules/field-types.js';
import { RefusedFile, type SourceRow } from './source-row.js';

/** A problem or finding with the row and cell that a person looks at. */
export interface RowProblem {
  readonly severity: 'REFUSED' | 'FINDING';
  readonly row: number;
  readonly column: string | null;
  readonly value: string | null;
  readonly problem: Problem;
}

/** What one or more rows of the file came to: a draft to write, or the reasons why not. */
export interface ReadDraft<Draft> {
  readonly row: number;
  readonly rows: number;
  /** null where the rows are refused before any rule of the lower room sees them. */
  readonly built: BuiltDraft<Draft> | null;
  readonly problems: readonly RowProblem[];
  /** The same without what some fields say, where the mapping is lenient with each of them; null where it is not. */
  readonly without: (fields: readonly string[]) => BuiltDraft<Draft> | null;
  /** Where a field of this draft came from. */
  readonly place: (field: string | null) => { readonly column: string | null; readonly value: string | null };
}

/** Reads a file's rows as drafts: the mapping says which cells, the field's type how a text is read. */
export async function* readDrafts<Draft>(file: OpenedFile, mapping: Mapping, kind: ImportKind<Draft>, context: ImportContext): AsyncGenerator<ReadDraft<Draft>> {
  for (const fixed of mapping.before) yield draftOfFixed(fixed, 0, kind, context);
  const seen = new Map<string, number>();
  for await (const rows of groups(file, mapping)) {
    const read = draftOf(rows, mapping, kind, context);
    yield refuseRepeated(read, seen);
  }
}

/** Rows that stand together and agree in the mapping's group columns; without them, every row by itself. */
async function* groups(file: OpenedFile, mapping: Mapping): AsyncGenerator<readonly SourceRow[]> {
  let open: SourceRow[] = [];
  for await (const row of file.rows) {
    if (!isTaken(row, mapping)) continue;
    const continues = open.length > 0 && open.length < IMPORT_LIMITS.groupRows && mapping.group.length > 0 && row.problems.length === 0
      && mapping.group.every(column => open[0]!.cells[column] === row.cells[column]);
    if (!continues && open.length > 0) {
      yield open;
      open = [];
    }
    open.push(row);
  }
  if (open.length > 0) yield open;
}

function isTaken(row: SourceRow, { only }: Mapping): boolean {
  return Object.entries(only).every(([column, texts]) => texts.includes(String(row.cells[column] ?? '')));
}

/** A mapping that names a column which the file lacks reads nothing where something was meant, so the run is refused. */
export function checkColumns(heading: readonly string[], mapping: Mapping): void {
  const known = new Set(heading);
  if (mapping.isCanonical) {
    const fields = new Set(mapping.fields.keys());
    const unknown = heading.find(column => column !== '' && !fields.has(column));
    if (unknown !== undefined) throw new RefusedFile(problem('COLUMN_UNKNOWN', { zh: `列“${unknown}”不是模板中的列；请改名，或提供映射文件`, en: `the column '${unknown}' is none of the template's: rename it, or give a mapping` }), 1);
    return;
  }
  const wanted = [...mapping.fields.values()].flatMap(field => columnsOf(field.expression));
  const missing = [...wanted, ...mapping.group, ...Object.keys(mapping.only)].find(column => !known.has(column));
  if (missing !== undefined) throw new RefusedFile(problem('COLUMN_MISSING', { zh: `映射用到的列“${missing}”不在文件表头中：${heading.join('、')}`, en: `the mapping reads the column '${missing}', which the heading lacks: ${heading.join(', ')}` }), 1);
}

function draftOfFixed<Draft>(fixed: Cells, row: number, kind: ImportKind<Draft>, context: ImportContext): ReadDraft<Draft> {
  const place = (field: string | null) => ({ column: field === null ? null : `before.${field}`, value: field === null ? null : shownCell(fixed[field]) });
  const values: Record<string, unknown> = {};
  const problems: RowProblem[] = [];
  for (const field of kind.fields) {
    const read = readField(field.type, fixed[field.name] ?? null);
    if (read.ok) values[field.name] = read.value;
    else problems.push(...read.problems.map(each => ({ severity: 'REFUSED' as const, row, ...place(field.name), problem: each })));
  }
  return { row, rows: 0, built: problems.length > 0 ? null : kind.build(values, context, null), problems, place, without: () => null };
}

function draftOf<Draft>(rows: readonly SourceRow[], mapping: Mapping, kind: ImportKind<Draft>, context: ImportContext): ReadDraft<Draft> {
  const [first] = rows;
  const values: Record<string, unknown> = {};
  const problems: RowProblem[] = rows.flatMap(row => row.problems.map(each => ({ severity: 'REFUSED' as const, row: row.row, column: null, value: null, problem: each })));
  if (problems.length === 0) {
    for (const field of kind.fields) {
      const read = rows.slice(0, field.isGathered ? rows.length : 1).map(row => readCell(row, field, mapping));
      problems.push(...read.flatMap(each => each.problems));
      values[field.name] = field.isGathered ? gathered(read.map(each => each.value)) : read[0]!.value;
    }
  }
  const isRefused = problems.some(each => each.severity === 'REFUSED');
  const place = (field: string | null) => placeOf(field, first!, mapping);
  const build = (taken: Readonly<Record<string, unknown>>) => kind.build(taken, context, first!.geometry);
  const without = (fields: readonly string[]) => {
    const isLenient = fields.every(field => mapping.fields.get(field)?.isLenient);
    return isLenient ? build({ ...values, ...Object.fromEntries(fields.map(field => [field, null])) }) : null;
  };
  return { row: first!.row, rows: rows.length, built: isRefused ? null : build(values), problems, place, without };
}

function gathered(values: readonly unknown[]): unknown {
  const known = values.filter(value => value !== null);
  return known.length === 0 ? null : known.flat();
}

interface ReadCell {
  readonly value: unknown;
  readonly problems: readonly RowProblem[];
}

function readCell(row: SourceRow, field: FieldSpec, mapping: Mapping): ReadCell {
  const mapped = mapping.fields.get(field.name);
  const value = mapped === undefined ? pointDefault(field.name, row) : evaluate(mapped.expression, row.cells);
  const place = placeOf(field.name, row, mapping);
  if (value === null && field.isRequired) return { value: null, problems: [{ severity: 'REFUSED', row: row.row, ...place, problem: missing(field) }] };
  const read = readField(field.type, value);
  if (read.ok) return { value: read.value, problems: [] };
  const severity = mapped?.isLenient ? 'FINDING' : 'REFUSED';
  return { value: null, problems: read.problems.map(each => ({ severity, row: row.row, ...place, value: place.value ?? shownCell(value), problem: each })) };
}

/** A GeoJSON point is the place of its feature unless the mapping takes it from elsewhere. */
function pointDefault(field: string, row: SourceRow) {
  return field === 'longitude' || field === 'latitude' ? (row.cells[`$${field}`] ?? null) : null;
}

function placeOf(field: string | null, row: SourceRow, mapping: Mapping): { readonly column: string | null; readonly value: string | null } {
  if (field === null) return { column: null, value: null };
  const mapped = mapping.fields.get(field);
  const column = mapped === undefined ? null : (columnsOf(mapped.expression)[0] ?? null);
  if (column !== null) return { column, value: shownCell(row.cells[column]) };
  // A constant of the mapping stands in no column: the field is named, with what the mapping says.
  return { column: field, value: mapped === undefined ? null : shownCell(evaluate(mapped.expression, row.cells)) };
}

function missing(field: FieldSpec): Problem {
  return problem('MISSING', { zh: `缺少 ${field.name}（${field.zh}）`, en: `${field.name} (${field.en}) is missing`, field: field.name });
}

/** A file tells of a thing once: which of two rows should rule is not ours to guess. */
function refuseRepeated<Draft>(read: ReadDraft<Draft>, seen: Map<string, number>): ReadDraft<Draft> {
  if (read.built === null || read.built.key === null) return read;
  const earlier = seen.get(read.built.key);
  if (earlier === undefined) {
    seen.set(read.built.key, read.row);
    return read;
  }
  const place = read.place(read.built.fieldOfPath.get('sourceCode') ?? read.built.fieldOfPath.get('code') ?? null);
  const repeated = problem('REPEATED_IN_FILE', { zh: `“${place.value}”已在第 ${earlier} 行出现`, en: `'${place.value}' stands in row ${earlier} already` });
  return { ...read, built: null, problems: [...read.problems, { severity: 'REFUSED', row: read.row, ...place, problem: repeated }] };
}

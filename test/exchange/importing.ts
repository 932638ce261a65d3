import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { Outcome } from '../../src/kernel/index.js';
import type { RequestScope } from '../../src/platform/index.js';
import { importFile, type ImportProgress } from '../../src/exchange/import-file.js';
import { fieldsOf, importKind } from '../../src/exchange/import-kinds.js';
import type { ImportKindName } from '../../src/exchange/import-kind.js';
import type { ImportMode, ImportReport, ReportedProblem } from '../../src/exchange/import-report.js';
import { canonicalMapping, readMapping, type Mapping } from '../../src/exchange/mapping.js';

export interface Importing {
  readonly mode?: ImportMode;
  readonly dryRun?: boolean;
  readonly onProgress?: (progress: ImportProgress) => void;
}

/** Imports a text, or bytes, as a file would be. */
export function importing(scope: RequestScope, mapping: Mapping, content: string | Buffer, { mode = 'VALID_ROWS', dryRun = false, onProgress }: Importing = {}): Promise<Outcome<ImportReport>> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return importFile(scope, { kind: importKind(mapping.kind), stream: Readable.from([bytes]), mapping, mode, dryRun, ...(onProgress ? { onProgress } : {}) });
}

/** The report of an import that could begin. */
export async function reportOf(scope: RequestScope, mapping: Mapping, content: string | Buffer, options: Importing = {}): Promise<ImportReport> {
  const outcome = await importing(scope, mapping, content, options);
  if (!outcome.ok) throw new Error(outcome.problems.map(each => each.en).join('\n'));
  return outcome.value;
}

/** A mapping from its text, or from the file of that path. */
export function mappingOf(text: string): Mapping {
  const read = readMapping(text, fieldsOf);
  if (!read.ok) throw new Error(read.problems.map(each => each.en).join('\n'));
  return read.value;
}

export const mappingFile = (path: string): Mapping => mappingOf(readFileSync(path, 'utf8'));

/** A mapping of the template's columns. */
export function templateMapping(kind: ImportKindName, declared: Partial<Mapping> = {}): Mapping {
  return { ...canonicalMapping(kind, 'test', fieldsOf(kind)), city: '350500', crs: 'WGS84', observedOn: '2026-01-31', ...declared };
}

/** Problems as one would read them aloud: row, column, code. */
export function spoken(problems: readonly ReportedProblem[]): readonly string[] {
  return problems.map(({ row, column, value, rule }) => `${row} ${column ?? '-'} ${rule.code}${value === null ? '' : ` (${value})`}`);
}

export const counts = ({ rows, created, changed, confirmed, unchanged, superseded, refused, findings }: ImportReport) => ({ rows, created, changed, confirmed, unchanged, superseded, refused, findings });

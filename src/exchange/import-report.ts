import { withUnseenNamed } from '../kernel/index.js';
import type { DraftResult, ImportKindName } from './import-kind.js';
import { IMPORT_LIMITS } from './import-limits.js';
import type { RowProblem } from './read-drafts.js';
import type { FileFormat } from './read-rows.js';
import type { Encoding } from './text-encoding.js';

export const IMPORT_MODES = ['ALL_OR_NOTHING', 'VALID_ROWS'] as const;
/** Whether one refused row keeps the whole file out, or only itself. */
export type ImportMode = (typeof IMPORT_MODES)[number];

export const IMPORT_STATES = ['RUNNING', 'DONE', 'REFUSED', 'FAILED', 'ABANDONED'] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

/** One problem as a report shows it. */
export interface ReportedProblem {
  readonly severity: 'REFUSED' | 'FINDING';
  /** null where the file as a whole is wrong; 0 for a draft that the mapping itself brings. */
  readonly row: number | null;
  readonly column: string | null;
  readonly value: string | null;
  readonly rule: { readonly code: string; readonly clause: string | null };
  readonly zh: string;
  readonly en: string;
}

/** What an import did, or would do where it is a dry run. Counts are of drafts; `rows` are the rows of the file that were taken. */
export interface ImportReport {
  readonly runId: string;
  readonly kind: ImportKindName;
  readonly source: string;
  readonly mode: ImportMode;
  readonly dryRun: boolean;
  readonly state: ImportState;
  readonly format: FileFormat | null;
  readonly encoding: Encoding | null;
  readonly rows: number;
  readonly created: number;
  readonly changed: number;
  /** The same figures observed later: only their day is new. */
  readonly confirmed: number;
  readonly unchanged: number;
  readonly superseded: number;
  readonly refused: number;
  readonly findings: number;
  /** All problems and findings that there are, also those beyond the first thousand. */
  readonly problemCount: number;
  readonly problems: readonly ReportedProblem[];
}

const COUNTED = { CREATED: 'created', CHANGED: 'changed', CONFIRMED: 'confirmed', UNCHANGED: 'unchanged', SUPERSEDED: 'superseded', REFUSED: 'refused' } as const;

/** A problem or finding as a run meets it; without a row where the file as a whole is meant. */
export type TalliedProblem = Omit<RowProblem, 'row'> & { readonly row: number | null };

/** Counts a run as it goes and keeps its first problems. */
export class ImportTally {
  format: FileFormat | null = null;
  encoding: Encoding | null = null;
  rows = 0;
  readonly counts = { created: 0, changed: 0, confirmed: 0, unchanged: 0, superseded: 0, refused: 0, findings: 0 };
  problemCount = 0;
  readonly problems: ReportedProblem[] = [];

  count(kind: DraftResult['kind']): void {
    this.counts[COUNTED[kind]] += 1;
  }

  add({ severity, row, column, value, problem }: TalliedProblem): void {
    this.problemCount += 1;
    if (severity === 'FINDING') this.counts.findings += 1;
    if (this.problems.length >= IMPORT_LIMITS.problemsKept) return;
    // A report quotes the file, and is read in a terminal: what nobody could see there is written out.
    const [zh, en] = [withUnseenNamed(problem.zh), withUnseenNamed(problem.en)];
    this.problems.push({ severity, row, column: shown(column), value: shown(value), rule: { code: problem.code, clause: problem.clause ?? null }, zh, en });
  }
}

function shown(text: string | null): string | null {
  return text === null ? null : withUnseenNamed(text);
}

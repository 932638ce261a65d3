import type { Cell, SourceGeometry } from './source-row.js';
import type { Problem } from '../kernel/index.js';
import type { Crs } from '../kernel/index.js';
import type { Unit } from '../platform/index.js';
import type { FileFormat } from './read-rows.js';
import type { FieldType } from './rules/field-types.js';

/** What can be imported; the last segment of the path and the second word of the command. */
export const IMPORT_KINDS = ['jurisdictions', 'facilities', 'windows', 'walk-network'] as const;
export type ImportKindName = (typeof IMPORT_KINDS)[number];

/** One field of a kind's drafts: a column of the canonical template, and what a mapping may fill. */
export interface FieldSpec {
  readonly name: string;
  readonly type: FieldType;
  readonly isRequired?: boolean;
  /** Gathers the values of all rows that stand together as one draft. */
  readonly isGathered?: boolean;
  readonly zh: string;
  readonly en: string;
  readonly example: string;
}

/** What the mapping says of the whole file. */
export interface ImportContext {
  readonly source: string;
  readonly city: string | null;
  readonly crs: Crs;
  readonly observedOn: string | null;
}

/** A draft with the way back from its paths to the fields, and so the columns, that they came from. */
export interface BuiltDraft<Draft> {
  readonly draft: Draft;
  /** What makes a draft the same as another of the file; null where telling of a thing twice does no harm. */
  readonly key: string | null;
  /** Draft path, such as `coordinate.longitude`, to field name. */
  readonly fieldOfPath: ReadonlyMap<string, string>;
  readonly findings: readonly Problem[];
}

export type FieldValues = Readonly<Record<string, unknown>>;

export type DraftResult =
  | { readonly kind: 'CREATED' | 'CHANGED' | 'CONFIRMED' | 'UNCHANGED' | 'SUPERSEDED'; readonly findings: readonly Problem[] }
  | { readonly kind: 'REFUSED'; readonly problems: readonly Problem[] };

/** One kind of import: its fields, how they make a draft, and the lower room's door that takes drafts. */
export interface ImportKind<Draft> {
  readonly name: ImportKindName;
  readonly fields: readonly FieldSpec[];
  /**
   * A file that stands in the place of what it told before: all its drafts are written at once, and what is found is of
   * the file. The city must be declared, and a day need not be; only the one format is taken.
   */
  readonly whole?: { readonly format: FileFormat };
  build(values: FieldValues, context: ImportContext, geometry: SourceGeometry | null): BuiltDraft<Draft>;
  write(unit: Unit, drafts: readonly Draft[], runId: string): Promise<readonly DraftResult[]>;
}

/** A value of a cell, short enough to be shown and stored with a problem. */
export function shownCell(cell: Cell | undefined): string | null {
  if (cell === null || cell === undefined) return null;
  const text = String(cell);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}

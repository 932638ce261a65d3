import type { Problem } from '../kernel/index.js';

/** What a cell can hold once it is read; an empty cell is null. */
export type Cell = string | number | boolean | null;

/** A geometry as GeoJSON writes it, in the system that the mapping declares. */
export interface SourceGeometry {
  readonly type: string;
  readonly coordinates: unknown;
}

/** One row as a person sees it in the file: row 1 is a table's heading; a GeoJSON feature is counted from 1. */
export interface SourceRow {
  readonly row: number;
  readonly cells: Readonly<Record<string, Cell>>;
  readonly geometry: SourceGeometry | null;
  /** What is wrong with the row as such, such as a cell too few; it is refused whatever its cells say. */
  readonly problems: readonly Problem[];
}

/** A file that is refused whole in either mode: it breaks off, and what is missing behind the break is unknown, or what it tells as one thing cannot be taken. */
export class RefusedFile extends Error {
  constructor(
    readonly problem: Problem,
    readonly row: number | null = null,
  ) {
    super(problem.en);
    this.name = 'RefusedFile';
  }
}

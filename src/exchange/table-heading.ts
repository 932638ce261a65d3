import { problem } from '../kernel/index.js';
import { IMPORT_LIMITS } from './import-limits.js';
import { RefusedFile, type Cell } from './source-row.js';

/** Told the names of a table's columns before its rows, and where it has none; it throws where they do not serve. */
export type OnHeading = (heading: readonly string[]) => void;

/** The names of a table's columns. Two columns of one name would hide one of them, so they are refused. */
export function headingOf(cells: readonly Cell[], row: number): readonly string[] {
  const names = cells.map(cell => (cell === null ? '' : String(cell).trim()));
  if (names.length > IMPORT_LIMITS.columns) {
    throw new RefusedFile(problem('TOO_MANY_COLUMNS', { zh: `表头有 ${names.length} 列，超过 ${IMPORT_LIMITS.columns} 列上限`, en: `the heading has ${names.length} columns, more than ${IMPORT_LIMITS.columns}` }), row);
  }
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new RefusedFile(problem('COLUMN_TWICE', { zh: `表头中“${twice}”出现两次，请改名`, en: `the heading names '${twice}' twice: rename one` }), row);
  }
  return names;
}

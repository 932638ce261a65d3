import type { ImportKindName } from './import-kind.js';
import { fieldsOf } from './import-kinds.js';

/** The template of a kind: its columns, and one example row to be replaced. With a byte-order mark, so that Excel reads the Chinese. */
export function templateOf(kind: ImportKindName): string {
  const fields = fieldsOf(kind);
  return `\uFEFF${lineOf(fields.map(field => field.name))}${lineOf(fields.map(field => field.example))}`;
}

function lineOf(cells: readonly string[]): string {
  return `${cells.map(cell => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;
}

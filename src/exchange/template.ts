import type { ImportKindName } from './import-kind.js';
import { fieldsOf, importKind } from './import-kinds.js';
import type { FileFormat } from './read-rows.js';

/** The format that the template of a kind is written in: what every program writes, or the one that the kind takes. */
export function templateFormat(kind: ImportKindName): Exclude<FileFormat, 'XLSX'> {
  return importKind(kind).whole?.format === 'GEOJSON' ? 'GEOJSON' : 'CSV';
}

/** The template of a kind: its columns, and one example row to be replaced; of ways one feature. */
export function templateOf(kind: ImportKindName): string {
  return templateFormat(kind) === 'CSV' ? tableOf(kind) : collectionOf(kind);
}

/** With a byte-order mark, so that Excel reads the Chinese. */
function tableOf(kind: ImportKindName): string {
  const fields = fieldsOf(kind);
  return `\uFEFF${lineOf(fields.map(field => field.name))}${lineOf(fields.map(field => field.example))}`;
}

function lineOf(cells: readonly string[]): string {
  return `${cells.map(cell => (/[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;
}

function collectionOf(kind: ImportKindName): string {
  const properties = Object.fromEntries(fieldsOf(kind).map(({ name, example }) => [name, example === '' ? null : example]));
  const geometry = { type: 'LineString', coordinates: [[118.600703, 24.899045], [118.601214, 24.899102]] };
  return `${JSON.stringify({ type: 'FeatureCollection', features: [{ type: 'Feature', properties, geometry }] }, null, 2)}\n`;
}

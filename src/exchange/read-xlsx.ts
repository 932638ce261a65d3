import { readFile } from 'node:fs/promises';
import { readSheet, SheetNotFoundError } from 'read-excel-file/node';
import { problem } from '../kernel/index.js';
import { IMPORT_LIMITS } from './import-limits.js';
import { RefusedFile, type Cell, type SourceRow } from './source-row.js';
import type { SpooledFile } from './spooled-file.js';
import { checkArchive, notASpreadsheet } from './spreadsheet-archive.js';
import { headingOf, type OnHeading } from './table-heading.js';

/** Reads one sheet, by name or the first. A workbook's texts stand apart from its cells, so it is read whole, under limits of its own. */
export async function* readXlsx(file: SpooledFile, sheet: string | null, onHeading: OnHeading): AsyncGenerator<SourceRow> {
  const table = await tableOf(file, sheet);
  let heading: readonly string[] | null = null;
  for (const [index, cells] of table.entries()) {
    const row = index + 1;
    if (cells.every(cell => cell === null)) continue;
    if (heading === null) {
      heading = headingOf(cells, row);
      onHeading(heading);
      continue;
    }
    yield { row, cells: Object.fromEntries(heading.map((name, column) => [name, cells[column] ?? null])), geometry: null, problems: [] };
  }
}

async function tableOf(file: SpooledFile, sheet: string | null): Promise<Cell[][]> {
  if (file.bytes > IMPORT_LIMITS.spreadsheetBytes) {
    const megabytes = IMPORT_LIMITS.spreadsheetBytes / 1024 / 1024;
    throw new RefusedFile(problem('FILE_TOO_LARGE', { zh: `表格文件超过 ${megabytes} MB 上限，请改用 CSV`, en: `the spreadsheet is larger than ${megabytes} MB: use CSV` }));
  }
  const bytes = await readFile(file.path);
  checkArchive(bytes);
  try {
    const table = await readSheet(bytes, sheet ?? 1);
    return table.map(cells => cells.map(cell => cellOf(cell)));
  } catch (error) {
    if (error instanceof SheetNotFoundError) throw new RefusedFile(problem('SHEET_UNKNOWN', { zh: `表格中没有名为“${sheet}”的工作表`, en: `the workbook has no sheet named '${sheet}'` }));
    throw notASpreadsheet();
  }
}

function cellOf(cell: unknown): Cell {
  if (cell === null || cell === undefined) return null;
  if (cell instanceof Date) return textOfDate(cell);
  if (typeof cell === 'string') return cell.trim() === '' ? null : cell.trim();
  return typeof cell === 'number' || typeof cell === 'boolean' ? cell : null;
}

// A date cell is days since 1899-12-30: before the first day there is only a time of day, and a whole day is only a date.
function textOfDate(date: Date): string | null {
  if (Number.isNaN(date.getTime())) return null;
  const text = new Date(Math.round(date.getTime() / 1000) * 1000).toISOString();
  const time = text.slice(11, 16);
  if (date.getTime() < Date.UTC(1900, 0, 1)) return time;
  return time === '00:00' ? text.slice(0, 10) : `${text.slice(0, 10)} ${time}`;
}

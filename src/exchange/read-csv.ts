import { Readable } from 'node:stream';
import { parse, CsvError } from 'csv-parse';
import { problem, type Problem } from '../kernel/index.js';
import { IMPORT_LIMITS } from './import-limits.js';
import { RefusedFile, type Cell, type SourceRow } from './source-row.js';
import { headingOf, type OnHeading } from './table-heading.js';
import { textOf, type Encoding } from './text-encoding.js';

export interface CsvOptions {
  readonly encoding: Encoding;
  readonly delimiter: string;
  readonly onHeading: OnHeading;
}

/** Reads a CSV row by row (RFC 4180: quotes, line breaks within cells). A row of the wrong width is a problem of that row alone. */
export async function* readCsv(path: string, { encoding, delimiter, onHeading }: CsvOptions): AsyncGenerator<SourceRow> {
  // csv-parse drops empty lines by itself only where it is told to: they count, because a person's row numbers count them.
  const parser = parse({ delimiter, relax_column_count: true, max_record_size: IMPORT_LIMITS.recordCharacters, skip_empty_lines: false });
  const source = Readable.from(textOf(path, encoding));
  source.on('error', error => parser.destroy(error));
  source.pipe(parser);
  let heading: readonly string[] | null = null;
  let row = 0;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      row += 1;
      if (record.every(cell => cell === '')) continue;
      if (heading === null) {
        heading = headingOf(record, row);
        onHeading(heading);
        continue;
      }
      yield { row, cells: cellsOf(heading, record), geometry: null, problems: widthProblems(heading, record) };
    }
  } catch (error) {
    throw error instanceof CsvError ? new RefusedFile(csvProblem(error, row + 1), row + 1) : error;
  }
}

function cellsOf(heading: readonly string[], record: readonly string[]): Record<string, Cell> {
  return Object.fromEntries(heading.map((name, index) => [name, emptyAsNull(record[index])]));
}

function emptyAsNull(text: string | undefined): string | null {
  const trimmed = text?.trim();
  return trimmed === undefined || trimmed === '' ? null : trimmed;
}

function widthProblems(heading: readonly string[], record: readonly string[]): Problem[] {
  if (record.length === heading.length) return [];
  return [problem('ROW_WIDTH', { zh: `本行有 ${record.length} 个单元格，表头有 ${heading.length} 列；文件可能被截断，或单元格内的分隔符未加引号`, en: `the row has ${record.length} cells, the heading ${heading.length}: the file may be cut off, or a delimiter within a cell is not quoted` })];
}

function csvProblem(error: CsvError, row: number): Problem {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return problem('FILE_CUT_OFF', { zh: `第 ${row} 行的引号到文件末尾仍未闭合，文件可能被截断`, en: `the quote opened in row ${row} is still open at the end: the file may be cut off` });
    case 'CSV_MAX_RECORD_SIZE':
      return problem('ROW_TOO_LONG', { zh: `第 ${row} 行超过 ${IMPORT_LIMITS.recordCharacters} 个字符，可能有引号未闭合`, en: `row ${row} is longer than ${IMPORT_LIMITS.recordCharacters} characters: a quote may be open` });
    default:
      return problem('CSV_MALFORMED', { zh: `第 ${row} 行不是有效的 CSV：引号之后须是分隔符或换行，单元格内的引号须写成两个`, en: `row ${row} is no valid CSV: a closing quote must be followed by a delimiter or a line end, and a quote within a cell is written twice` });
  }
}

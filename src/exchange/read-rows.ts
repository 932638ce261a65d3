import { open } from 'node:fs/promises';
import { problem, type Problem } from '../kernel/index.js';
import { RefusedFile, type SourceRow } from './source-row.js';
import type { SpooledFile } from './spooled-file.js';
import type { OnHeading } from './table-heading.js';
import { encodingOf, type Encoding } from './text-encoding.js';

export const FILE_FORMATS = ['CSV', 'GEOJSON', 'XLSX'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** How a file is to be read; null means as the file itself says. */
export interface ReadingOptions {
  readonly encoding: Encoding | null;
  readonly delimiter: string | null;
  readonly sheet: string | null;
}

/** A file being read: what it turned out to be, and its rows. */
export interface OpenedFile {
  readonly format: FileFormat;
  readonly encoding: Encoding | null;
  readonly rows: AsyncGenerator<SourceRow>;
}

/** How each format is read, loaded when the first file of it comes. */
const readers = { csv: () => import('./read-csv.js'), geoJson: () => import('./read-geojson.js'), xlsx: () => import('./read-xlsx.js') };

/** Opens a file by what its first bytes are, not by its name: an archive is a spreadsheet, a brace begins GeoJSON, else it is a table of text. */
export async function openFile(file: SpooledFile, { encoding: declared, delimiter, sheet }: ReadingOptions, onHeading: OnHeading): Promise<OpenedFile> {
  const head = await headOf(file.path);
  if (head.length === 0) throw new RefusedFile(nothingIn());
  if (head.subarray(0, 2).toString('latin1') === 'PK') return { format: 'XLSX', encoding: null, rows: (await readers.xlsx()).readXlsx(file, sheet, onHeading) };
  if (head.subarray(0, 4).equals(OLD_EXCEL)) throw new RefusedFile(problem('SPREADSHEET_OLD', { zh: '旧版 .xls 不受支持，请另存为 .xlsx 或 CSV', en: 'an old .xls is not read: save it as .xlsx or CSV' }));
  const encoding = await encodingOf(file.path, declared);
  const text = new TextDecoder(encoding).decode(head).trimStart();
  if (text === '' && head.length < HEAD_BYTES) throw new RefusedFile(nothingIn());
  if (text.startsWith('{')) return { format: 'GEOJSON', encoding, rows: (await readers.geoJson()).readGeoJson(file.path, encoding) };
  return { format: 'CSV', encoding, rows: (await readers.csv()).readCsv(file.path, { encoding, delimiter: delimiter ?? delimiterOf(text), onHeading }) };
}

const nothingIn = (): Problem => problem('FILE_EMPTY', { zh: '文件为空', en: 'the file is empty' });

const HEAD_BYTES = 4096;
const OLD_EXCEL = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The mark that parts the heading most often; a heading of one column is parted by none, and a comma serves. */
function delimiterOf(text: string): string {
  const heading = text.split('\n', 1)[0]!;
  const counted = [',', ';', '\t', '|'].map(mark => ({ mark, times: heading.split(mark).length - 1 }));
  return counted.reduce((best, each) => (each.times > best.times ? each : best)).mark;
}

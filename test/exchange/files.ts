import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { openFile, type ReadingOptions } from '../../src/exchange/read-rows.js';
import { RefusedFile, type SourceRow } from '../../src/exchange/source-row.js';

export interface ReadFile {
  readonly format: string | null;
  readonly encoding: string | null;
  readonly rows: readonly SourceRow[];
  /** Row and code where the file breaks off. */
  readonly broken: readonly [number | null, string] | null;
}

/** Reads bytes as an import would, to their end or to where they break. */
export async function readBytes(bytes: Buffer | string, options: Partial<ReadingOptions> = {}): Promise<ReadFile> {
  const folder = await mkdtemp(join(tmpdir(), 'chaowei-test-'));
  const path = join(folder, 'file');
  const rows: SourceRow[] = [];
  let [format, encoding]: [string | null, string | null] = [null, null];
  try {
    await writeFile(path, bytes);
    const opened = await openFile({ path, bytes: Buffer.byteLength(bytes), sha256: '' }, { encoding: null, delimiter: null, sheet: null, ...options }, () => undefined);
    ({ format, encoding } = opened);
    for await (const row of opened.rows) rows.push(row);
    return { format, encoding, rows, broken: null };
  } catch (error) {
    if (!(error instanceof RefusedFile)) throw error;
    return { format, encoding, rows, broken: [error.row, error.problem.code] };
  } finally {
    await rm(folder, { recursive: true });
  }
}

export interface ArchiveEntry {
  readonly name: string;
  readonly content: string | Buffer;
  /** What the archive claims that the entry unpacks to; the truth where absent. */
  readonly claimedBytes?: number;
}

/** A zip archive of deflated entries. */
export function archive(entries: readonly ArchiveEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, claimedBytes } of entries) {
    const raw = Buffer.from(content);
    const packed = deflateRawSync(raw);
    const fixed = Buffer.alloc(26);
    fixed.writeUInt16LE(20, 0);
    fixed.writeUInt16LE(8, 4);
    fixed.writeUInt32LE(crc32(raw), 10);
    fixed.writeUInt32LE(packed.length, 14);
    fixed.writeUInt32LE(claimedBytes ?? raw.length, 18);
    fixed.writeUInt16LE(Buffer.byteLength(name), 22);
    locals.push(Buffer.from('PK\u0003\u0004', 'latin1'), fixed, Buffer.from(name), packed);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\u0001\u0002', 'latin1'), Buffer.from([20, 0]), fixed, tail, Buffer.from(name));
    offset += 30 + Buffer.byteLength(name) + packed.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, list, Buffer.from('PK\u0005\u0006', 'latin1'), end]);
}

export type SheetCell = string | number | boolean | null | { readonly date: number } | { readonly time: number };

/** A workbook of one sheet as a spreadsheet program writes it; dates are days since 1899-12-30, times parts of a day. */
export function workbook(rows: ReadonlyArray<readonly SheetCell[]>, sheet = '设施'): Buffer {
  const xml = (body: string): string => `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${body}`;
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const relations = 'http://schemas.openxmlformats.org/package/2006/relationships';
  const data = rows.map((cells, row) => `<row r="${row + 1}">${cells.map((cell, column) => cellXml(cell, `${String.fromCharCode(65 + column)}${row + 1}`)).join('')}</row>`).join('');
  return archive([
    { name: '[Content_Types].xml', content: xml('<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>') },
    { name: '_rels/.rels', content: xml(`<Relationships xmlns="${relations}"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`) },
    { name: 'xl/workbook.xml', content: xml(`<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="${sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>`) },
    { name: 'xl/_rels/workbook.xml.rels', content: xml(`<Relationships xmlns="${relations}"><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${office}/styles" Target="styles.xml"/></Relationships>`) },
    { name: 'xl/styles.xml', content: xml(`<styleSheet xmlns="${main}"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="20" applyNumberFormat="1"/></cellXfs></styleSheet>`) },
    { name: 'xl/worksheets/sheet1.xml', content: xml(`<worksheet xmlns="${main}"><sheetData>${data}</sheetData></worksheet>`) },
  ]);
}

function cellXml(cell: SheetCell, at: string): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return `<c r="${at}" t="inlineStr"><is><t>${cell}</t></is></c>`;
  if (typeof cell === 'boolean') return `<c r="${at}" t="b"><v>${cell ? 1 : 0}</v></c>`;
  if (typeof cell === 'number') return `<c r="${at}"><v>${cell}</v></c>`;
  return 'date' in cell ? `<c r="${at}" s="1"><v>${cell.date}</v></c>` : `<c r="${at}" s="2"><v>${cell.time}</v></c>`;
}

import { inflateRawSync } from 'node:zlib';
import { problem } from '../kernel/index.js';
import { IMPORT_LIMITS } from './import-limits.js';
import { RefusedFile } from './source-row.js';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;

/**
 * Refuses an archive that would unpack to more than the limit, before anything else opens it. Sizes in an archive are
 * claims, so each entry is unpacked once here with its claim as the bound: what lies is refused, too.
 */
export function checkArchive(bytes: Buffer): void {
  const directory = endOfDirectory(bytes);
  if (directory === null) throw notASpreadsheet();
  if (directory.entries > IMPORT_LIMITS.spreadsheetEntries) throw unpacksTooLarge();
  let at = directory.offset;
  let total = 0;
  for (let index = 0; index < directory.entries; index += 1) {
    const entry = entryAt(bytes, at);
    total += entry.unpackedBytes;
    if (total > IMPORT_LIMITS.spreadsheetUnpackedBytes) throw unpacksTooLarge();
    checkEntry(bytes, entry);
    at = entry.next;
  }
}

interface ArchiveEntry {
  readonly method: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly headerAt: number;
  readonly next: number;
}

function endOfDirectory(bytes: Buffer): { readonly entries: number; readonly offset: number } | null {
  const lowest = Math.max(0, bytes.length - 22 - 0xffff);
  for (let at = bytes.length - 22; at >= lowest; at -= 1) {
    if (bytes.readUInt32LE(at) === END_OF_DIRECTORY) return { entries: bytes.readUInt16LE(at + 10), offset: bytes.readUInt32LE(at + 16) };
  }
  return null;
}

function entryAt(bytes: Buffer, at: number): ArchiveEntry {
  if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== DIRECTORY_ENTRY) throw notASpreadsheet();
  const isEncrypted = (bytes.readUInt16LE(at + 8) & 1) === 1;
  if (isEncrypted) throw new RefusedFile(problem('SPREADSHEET_ENCRYPTED', { zh: '表格文件已加密，请取消密码后导入', en: 'the spreadsheet is encrypted: remove its password' }));
  return {
    method: bytes.readUInt16LE(at + 10),
    packedBytes: bytes.readUInt32LE(at + 20),
    unpackedBytes: bytes.readUInt32LE(at + 24),
    headerAt: bytes.readUInt32LE(at + 42),
    next: at + 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32),
  };
}

function checkEntry(bytes: Buffer, { headerAt, method, packedBytes, unpackedBytes }: ArchiveEntry): void {
  if (headerAt + 30 > bytes.length || bytes.readUInt32LE(headerAt) !== LOCAL_HEADER) throw notASpreadsheet();
  const from = headerAt + 30 + bytes.readUInt16LE(headerAt + 26) + bytes.readUInt16LE(headerAt + 28);
  const packed = bytes.subarray(from, from + packedBytes);
  const isPlain = method === 0;
  if (packed.length !== packedBytes || (isPlain && packedBytes !== unpackedBytes)) throw notASpreadsheet();
  if (isPlain || unpackedBytes === 0) return;
  try {
    inflateRawSync(packed, { maxOutputLength: unpackedBytes });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? unpacksTooLarge() : notASpreadsheet();
  }
}

/** The words for a file that is no whole XLSX. */
export function notASpreadsheet(): RefusedFile {
  return new RefusedFile(problem('SPREADSHEET_MALFORMED', { zh: '不是完整的 XLSX 文件，可能被截断；旧版 .xls 请另存为 .xlsx', en: 'the file is no whole XLSX: it may be cut off; save an old .xls as .xlsx' }));
}

function unpacksTooLarge(): RefusedFile {
  const megabytes = IMPORT_LIMITS.spreadsheetUnpackedBytes / 1024 / 1024;
  return new RefusedFile(problem('SPREADSHEET_TOO_LARGE', { zh: `表格解压后超过 ${megabytes} MB，或其声明的大小不实；请改用 CSV`, en: `the spreadsheet unpacks to more than ${megabytes} MB, or its sizes are false: use CSV` }));
}

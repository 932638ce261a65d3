import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { problem } from '../kernel/index.js';
import { RefusedFile } from './source-row.js';

/** Encodings that Chinese registers are published in. */
export const ENCODINGS = ['UTF-8', 'GB18030', 'UTF-16LE'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/**
 * The encoding of a text file: a byte-order mark decides, then the declaration, else UTF-8 where the whole file is valid
 * UTF-8, else GB18030 where it is valid GB18030. A declaration that the bytes contradict is refused rather than read as mojibake.
 */
export async function encodingOf(path: string, declared: Encoding | null): Promise<Encoding> {
  const marked = await byteOrderMarkOf(path);
  const asked = marked ?? declared;
  if (asked !== null) {
    const wrongAt = await firstInvalidLine(path, asked);
    if (wrongAt === null) return asked;
    throw new RefusedFile(problem('ENCODING_WRONG', { zh: `文件声明为 ${asked}，但第 ${wrongAt} 行附近的字节不是有效的 ${asked}；请改用 encoding: ${asked === 'UTF-8' ? 'GB18030' : 'UTF-8'}`, en: `the file is declared as ${asked}, but bytes near line ${wrongAt} are not valid ${asked}: try encoding ${asked === 'UTF-8' ? 'GB18030' : 'UTF-8'}` }));
  }
  const brokenAt = await firstInvalidLine(path, 'UTF-8');
  if (brokenAt === null) return 'UTF-8';
  if ((await firstInvalidLine(path, 'GB18030')) === null) return 'GB18030';
  throw new RefusedFile(problem('ENCODING_UNKNOWN', { zh: `第 ${brokenAt} 行附近的字节既不是有效的 UTF-8 也不是 GB18030；请另存为 UTF-8`, en: `bytes near line ${brokenAt} are neither valid UTF-8 nor GB18030: save the file as UTF-8` }));
}

/** The text of a file in pieces, without its byte-order mark. */
export async function* textOf(path: string, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const bytes of createReadStream(path)) yield decoder.decode(bytes as Buffer, { stream: true });
  yield decoder.decode();
}

async function byteOrderMarkOf(path: string): Promise<Encoding | null> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(3), 0, 3, 0);
    if (bytesRead >= 3 && buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) return 'UTF-8';
    return bytesRead >= 2 && buffer[0] === 0xff && buffer[1] === 0xfe ? 'UTF-16LE' : null;
  } finally {
    await file.close();
  }
}

/** The line, counted from 1, at or after which the bytes stop being valid; null where all are. Exact to one read of 64 kB. */
async function firstInvalidLine(path: string, encoding: Encoding): Promise<number | null> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let line = 1;
  try {
    for await (const bytes of createReadStream(path)) {
      const text = decoder.decode(bytes as Buffer, { stream: true });
      for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) line += 1;
    }
    decoder.decode();
    return null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return line;
    throw error;
  }
}

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { problem } from '../kernel/index.js';
import { IMPORT_LIMITS } from './import-limits.js';
import { RefusedFile } from './source-row.js';

/** An upload laid aside, so that no transaction ever waits for a slow sender and its hash is known before it is read. */
export interface SpooledFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Lays a stream aside for as long as `work` runs; a stream longer than the limit is refused as soon as it passes it. */
export async function withSpooledFile<T>(stream: Readable, work: (file: SpooledFile) => Promise<T>, limit: number = IMPORT_LIMITS.fileBytes): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'chaowei-import-'));
  try {
    const path = join(folder, 'upload');
    const hash = createHash('sha256');
    let bytes = 0;
    const gauge = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        bytes += chunk.length;
        if (bytes > limit) return next(new RefusedFile(tooLarge(limit)));
        hash.update(chunk);
        next(null, chunk);
      },
    });
    await pipeline(stream, gauge, createWriteStream(path, { mode: 0o600 }));
    return await work({ path, bytes, sha256: hash.digest('hex') });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function tooLarge(limit: number) {
  const megabytes = Math.floor(limit / 1024 / 1024);
  return problem('FILE_TOO_LARGE', { zh: `文件超过 ${megabytes} MB 上限，请拆分后导入`, en: `the file is larger than ${megabytes} MB: split it` });
}

import type { IncomingMessage } from 'node:http';
import { Fault, badInput } from '../../platform/graphql/index.js';

/** A refusal with the status that HTTP has for it. */
export class Unacceptable extends Error {
  constructor(
    readonly status: number,
    readonly fault: Fault,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(fault.message);
    this.name = 'Unacceptable';
  }
}

/** Reads a body whole, at most `bound` bytes; the rest of a longer one is left unread and the connection closed. */
export async function readBody(request: IncomingMessage, bound: number): Promise<Buffer> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > bound) throw tooLarge(declared, bound);
  const parts: Buffer[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (part: Buffer) => {
      length += part.length;
      if (length <= bound) return void parts.push(part);
      request.pause();
      reject(tooLarge(length, bound));
    });
    request.once('end', () => resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts, length)));
    request.once('error', reject);
  });
}

function tooLarge(length: number, bound: number): Unacceptable {
  return new Unacceptable(413, badInput({ zh: `请求体 ${length} 字节，上限 ${bound}`, en: `the body has ${length} bytes, at most ${bound}` }), { connection: 'close' });
}

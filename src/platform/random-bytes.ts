import { randomFillSync } from 'node:crypto';

/** Drawn from the system at one go: asking it for each id costs more than all else about an id. */
const pool = Buffer.alloc(4_096);
let next = pool.length;

/** Bytes of the system's randomness that nobody else gets: for ids, and for nonces that must not come twice. At most 4,096. */
export function drawBytes(length: number): Uint8Array {
  if (length > pool.length) throw new RangeError(`at most ${pool.length} bytes are drawn at one time, not ${length}`);
  if (next + length > pool.length) {
    randomFillSync(pool);
    next = 0;
  }
  const drawn = new Uint8Array(pool.subarray(next, next + length));
  pool.fill(0, next, next + length);
  next += length;
  return drawn;
}

import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { Watcher } from '../availability/index.js';
import { LIMITS } from './limits.js';

/** Whole messages as the transport frames them, the same for many readers but for the places that are each reader's own. */
export interface Part {
  readonly bytes: Buffer;
  /** Where the reader's own bytes go. */
  readonly ownAt: readonly number[];
  readonly own: Buffer;
}

/** Outlets that have something to write this turn. */
let waiting: TurnOutlet[] = [];

function flushAll(): void {
  const outlets = waiting;
  waiting = [];
  for (const outlet of outlets) outlet.flush();
}

/** Where the bytes of a turn are put together: most are with the kernel before the next outlet's are, and the room is used again. */
let room = Buffer.allocUnsafeSlow(65_536);

function roomFor(size: number): Buffer {
  if (room.length < size) room = Buffer.allocUnsafeSlow(size * 2);
  return room.subarray(0, size);
}

/**
 * What one connection still has to write of its streams. What comes in one turn is written at once; a connection that
 * does not take it is clogged, and its watchers keep the newest state of each facility instead (G13).
 */
export class TurnOutlet {
  #parts: Part[] = [];
  #bytes = 0;
  #isWaiting = false;
  #slowTimer: NodeJS.Timeout | null = null;
  #isClosed = false;
  /** Few: an array takes a fraction of a set. */
  readonly #watchers: Watcher[] = [];

  constructor(
    private readonly stream: Writable,
    private readonly onTooSlow: () => void,
  ) {
    stream.on('drain', () => this.#resume());
  }

  join(watcher: Watcher): void {
    this.#watchers.push(watcher);
  }

  leave(watcher: Watcher): void {
    const at = this.#watchers.indexOf(watcher);
    if (at >= 0) this.#watchers.splice(at, 1);
  }

  get isClogged(): boolean {
    return this.#isClosed || this.#bytes + this.stream.writableLength > LIMITS.socketQueueBytes.value;
  }

  push(part: Part): void {
    this.#parts.push(part);
    this.#bytes += part.bytes.length;
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    if (waiting.push(this) === 1) setImmediate(flushAll);
  }

  flush(): void {
    const parts = this.#parts;
    const size = this.#bytes;
    const wasClogged = this.isClogged;
    this.#parts = [];
    this.#bytes = 0;
    this.#isWaiting = false;
    if (parts.length === 0 || this.#isClosed || this.stream.destroyed || this.stream.writableEnded) return;
    this.#write(parts, size);
    if (this.isClogged) this.#slowTimer ??= setTimeout(this.onTooSlow, LIMITS.slowReaderMs.value).unref();
    else if (wasClogged) this.#resume();
  }

  #write(parts: readonly Part[], size: number): void {
    // A socket that holds nothing back says at once whether the kernel has all; whatever keeps what it is given gets bytes of
    // its own, no more than it needs: a stalled reader must not hold a whole room for each small turn (G13).
    const isHandedOver = this.stream instanceof Socket && this.stream.writableLength === 0;
    const bytes = isHandedOver ? roomFor(size) : Buffer.allocUnsafe(size);
    let at = 0;
    for (const part of parts) {
      part.bytes.copy(bytes, at);
      for (let i = 0; i < part.ownAt.length; i++) bytes.set(part.own, at + part.ownAt[i]!);
      at += part.bytes.length;
    }
    this.stream.write(bytes);
    if (isHandedOver && this.stream.writableLength > 0) room = Buffer.allocUnsafeSlow(65_536);
  }

  /** Writes nothing more, though the connection may still be open: after a close frame no event may follow. */
  close(): void {
    if (this.#slowTimer) clearTimeout(this.#slowTimer);
    this.#isClosed = true;
    this.#parts = [];
  }

  #resume(): void {
    if (this.#slowTimer) clearTimeout(this.#slowTimer);
    this.#slowTimer = null;
    for (const watcher of [...this.#watchers]) watcher.resume();
  }
}

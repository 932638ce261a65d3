import type { Writable } from 'node:stream';
import type { Watcher } from '../availability/index.js';
import { LIMITS } from './limits.js';

/** Outlets that have something to write this turn. */
let waiting: TurnOutlet[] = [];

function flushAll(): void {
  const outlets = waiting;
  waiting = [];
  for (const outlet of outlets) outlet.flush();
}

/**
 * What one connection still has to write of its streams. What comes in one turn is written at once; a connection that does not take them is clogged, and its watchers keep the newest state of each facility instead (G13).
 */
export class TurnOutlet {
  #parts: Buffer[] = [];
  #bytes = 0;
  #isWaiting = false;
  #slowTimer: NodeJS.Timeout | null = null;
  #isClosed = false;
  readonly watchers = new Set<Watcher>();

  constructor(
    private readonly stream: Writable,
    private readonly onTooSlow: () => void,
  ) {
    stream.on('drain', () => this.#resume());
  }

  get isClogged(): boolean {
    return this.#isClosed || this.#bytes + this.stream.writableLength > LIMITS.socketQueueBytes.value;
  }

  /** Whole messages, as the transport frames them. */
  push(bytes: Buffer): void {
    this.#parts.push(bytes);
    this.#bytes += bytes.length;
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    if (waiting.push(this) === 1) setImmediate(flushAll);
  }

  flush(): void {
    const parts = this.#parts;
    const wasClogged = this.isClogged;
    this.#parts = [];
    this.#bytes = 0;
    this.#isWaiting = false;
    if (parts.length === 0 || this.#isClosed || this.stream.destroyed || !this.stream.writable) return;
    this.stream.write(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
    if (this.isClogged) this.#slowTimer ??= setTimeout(this.onTooSlow, LIMITS.slowReaderMs.value).unref();
    else if (wasClogged) this.#resume();
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
    for (const watcher of this.watchers) watcher.resume();
  }
}

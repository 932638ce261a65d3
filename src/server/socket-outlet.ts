import type { Duplex } from 'node:stream';
import type { Watcher, WatchEvent } from '../availability/index.js';
import { LIMITS } from './limits.js';
import type { Stream, StreamTransport } from './streams.js';

/** A `next` message but for the operation's id, which comes last, so that all before it is the same for every reader. */
const TRANSPORT: StreamTransport = {
  frame: data => Buffer.from(`{"type":"next","payload":{"data":${data}},"id":`),
};

/** Sockets that have something to write this turn. */
let waiting: SocketOutlet[] = [];

function flushAll(): void {
  const outlets = waiting;
  waiting = [];
  for (const outlet of outlets) outlet.flush();
}

/**
 * What one socket still has to write of its streams. Messages of one turn are framed into one buffer and written at once;
 * a socket that does not take them is clogged, and its watchers keep the newest state of each facility instead (G13).
 */
export class SocketOutlet {
  #parts: Buffer[] = [];
  #bytes = 0;
  #isWaiting = false;
  #slowTimer: NodeJS.Timeout | null = null;
  readonly watchers = new Set<Watcher>();

  constructor(
    private readonly stream: Duplex,
    private readonly onTooSlow: () => void,
  ) {
    stream.on('drain', () => this.#resume());
  }

  get isClogged(): boolean {
    return this.#bytes + this.stream.writableLength > LIMITS.socketQueueBytes.value;
  }

  /** One message: what is shared, and the tail that is the operation's own. */
  push(shared: Buffer, tail: Buffer): void {
    this.#parts.push(shared, tail);
    this.#bytes += shared.length + tail.length;
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
    if (this.stream.destroyed || !this.stream.writable) return;
    this.stream.write(framed(parts));
    if (this.isClogged) this.#slowTimer ??= setTimeout(this.onTooSlow, LIMITS.slowReaderMs.value).unref();
    else if (wasClogged) this.#resume();
  }

  close(): void {
    if (this.#slowTimer) clearTimeout(this.#slowTimer);
    this.#parts = [];
  }

  #resume(): void {
    if (this.#slowTimer) clearTimeout(this.#slowTimer);
    this.#slowTimer = null;
    for (const watcher of this.watchers) watcher.resume();
  }
}

/** Text frames of RFC 6455, unmasked as a server's are: each pair of parts is one message. */
function framed(parts: readonly Buffer[]): Buffer {
  let size = 0;
  for (let i = 0; i < parts.length; i += 2) {
    const length = parts[i]!.length + parts[i + 1]!.length;
    size += length + (length < 126 ? 2 : length < 65_536 ? 4 : 10);
  }
  const frames = Buffer.allocUnsafe(size);
  let at = 0;
  for (let i = 0; i < parts.length; i += 2) {
    const shared = parts[i]!;
    const tail = parts[i + 1]!;
    const length = shared.length + tail.length;
    frames[at] = 0x81;
    if (length < 126) {
      frames[at + 1] = length;
      at += 2;
    } else if (length < 65_536) {
      frames[at + 1] = 126;
      frames.writeUInt16BE(length, at + 2);
      at += 4;
    } else {
      frames[at + 1] = 127;
      frames.writeBigUInt64BE(BigInt(length), at + 2);
      at += 10;
    }
    shared.copy(frames, at);
    tail.copy(frames, at + shared.length);
    at += length;
  }
  return frames;
}

/** One stream of a socket, as its watcher sees it. */
export class SocketStream {
  readonly #tail: Buffer;

  constructor(
    private readonly outlet: SocketOutlet,
    private readonly stream: Stream,
    id: string,
  ) {
    this.#tail = Buffer.from(`${JSON.stringify(id)}}`);
  }

  get isClogged(): boolean {
    return this.outlet.isClogged;
  }

  send(event: WatchEvent): void {
    this.outlet.push(this.stream.bytesOf(event, TRANSPORT), this.#tail);
  }
}

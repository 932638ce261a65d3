import type { WatchEvent } from '../availability/index.js';
import type { Stream, StreamTransport } from './streams.js';
import type { TurnOutlet } from './turn-outlet.js';

/** A `next` message but for the operation's id, which comes last, so that all before it is the same for every reader. */
const TRANSPORT: StreamTransport = {
  frame: data => Buffer.from(`{"type":"next","payload":{"data":${data}},"id":`),
};

/** One stream of a socket, as its watcher sees it. */
export class SocketStream {
  readonly #tail: Buffer;

  constructor(
    private readonly outlet: TurnOutlet,
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

/** Text frames of RFC 6455, unmasked as a server's are: each pair of parts is one message. */
export function textFrames(parts: readonly Buffer[]): Buffer {
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

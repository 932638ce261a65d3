import type { EventBundle, WatchEvent } from '../availability/index.js';
import type { Stream, StreamTransport } from './streams.js';
import type { Part, TurnOutlet } from './turn-outlet.js';

/** A `next` message but for the operation's id, which comes last, so that all before it is the same for every reader. */
const TRANSPORT: StreamTransport = {
  frame: data => Buffer.from(`{"type":"next","payload":{"data":${data}},"id":`),
};

/** Framed messages without the ids that end them: for every reader whose id is of one length. */
type Template = Pick<Part, 'bytes' | 'ownAt'>;

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
    this.#push(event.made, () => [event]);
  }

  sendAll(bundle: EventBundle): void {
    this.#push(bundle.made, () => bundle.events.map(({ event }) => event));
  }

  /** The frames are made once for each length of id; a reader's copy only needs its own id in its places. */
  #push(made: Map<unknown, unknown>, events: () => readonly WatchEvent[]): void {
    const { length } = this.#tail;
    const key = this.stream.framesKey;
    let templates = made.get(key) as Map<number, Template> | undefined;
    if (!templates) made.set(key, (templates = new Map()));
    let template = templates.get(length);
    if (!template) templates.set(length, (template = templateOf(events().map(event => this.stream.bytesOf(event, TRANSPORT)), length)));
    this.outlet.push({ bytes: template.bytes, ownAt: template.ownAt, own: this.#tail });
  }
}

/** Text frames of RFC 6455, unmasked as a server's are, with room for a tail of so many bytes at the end of each. */
function templateOf(shared: readonly Buffer[], tailLength: number): Template {
  const heads = shared.map(bytes => headOf(bytes.length + tailLength));
  const bytes = Buffer.allocUnsafe(shared.reduce((sum, each, i) => sum + heads[i]!.length + each.length + tailLength, 0));
  const ownAt: number[] = [];
  let at = 0;
  shared.forEach((each, i) => {
    at += heads[i]!.copy(bytes, at);
    at += each.copy(bytes, at);
    ownAt.push(at);
    at += tailLength;
  });
  return { bytes, ownAt };
}

/** The head of a final text frame. */
function headOf(length: number): Buffer {
  if (length < 126) return Buffer.from([0x81, length]);
  if (length < 65_536) return Buffer.from([0x81, 126, length >> 8, length & 0xff]);
  const head = Buffer.from([0x81, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

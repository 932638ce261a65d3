/** The client's side of the WebSocket protocol, no more of it than the bench needs: a library would cost more than what it measures. */

const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const FINAL = 0x80;
const MASKED = 0x80;

/** A request to open a socket. */
export const upgradeRequest = port => Buffer.from(
  `GET /graphql HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${Buffer.alloc(16, 7).toString('base64')}\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n`,
);

function frame(opcode, payload) {
  const { length } = payload;
  const head = length < 126 ? Buffer.from([FINAL | opcode, MASKED | length]) : Buffer.from([FINAL | opcode, MASKED | 126, length >> 8, length & 0xff]);
  if (length > 0xffff) throw new Error(`a message of ${length} bytes is more than the bench sends`);
  // A client has to mask; a mask of zeros leaves the bytes as they are.
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}

export const textFrame = text => frame(TEXT, Buffer.from(text));
const pongFrame = payload => frame(PONG, payload);

/**
 * Reads the whole frames of a chunk and answers what is left of it. Texts are told as a range of the bytes, so that the
 * reader copies only what it needs.
 * @param {Buffer} bytes
 * @param {{ text(bytes: Buffer, from: number, until: number): void, close(code: number, reason: string): void, write(bytes: Buffer): void }} reader
 * @returns {Buffer | null}
 */
export function readFrames(bytes, reader) {
  let at = 0;
  while (bytes.length - at >= 2) {
    const opcode = bytes[at] & 0x0f;
    const short = bytes[at + 1] & 0x7f;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length - at < head) break;
    const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    const from = at + head;
    const until = from + length;
    if (bytes.length < until) break;
    if ((bytes[at] & FINAL) === 0) throw new Error('a server sent a message in parts');
    if (opcode === TEXT) reader.text(bytes, from, until);
    if (opcode === PING) reader.write(pongFrame(bytes.subarray(from, until)));
    if (opcode === CLOSE) reader.close(length >= 2 ? bytes.readUInt16BE(from) : 1005, bytes.toString('utf8', Math.min(from + 2, until), until));
    at = until;
  }
  return at < bytes.length ? bytes.subarray(at) : null;
}

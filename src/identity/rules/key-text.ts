const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BODY_LENGTH = 43;
const CHECK_LENGTH = 6;
const SHOWN_LENGTH = 8;

/** What every key of ours begins with, so that a scanner of leaked secrets knows it. */
export const KEY_MARK = 'chw_live_';

const SHAPE = new RegExp(`^${KEY_MARK}[0-9A-Za-z]{${BODY_LENGTH + CHECK_LENGTH}}$`);

/** Writes 256 random bits as a key: the mark, 43 characters of base 62 and a checksum of 6. */
export function writeKey(secret: Uint8Array): string {
  if (secret.length !== 32) throw new RangeError(`a key has 256 bits, got ${secret.length * 8}`);
  const body = base62(BigInt(`0x${Buffer.from(secret).toString('hex')}`), BODY_LENGTH);
  return KEY_MARK + body + checksum(body);
}

/** Whether a text is a key that we may have written: a mistyped or invented one is refused before any look-up. */
export function isWellFormedKey(text: string): boolean {
  if (!SHAPE.test(text)) return false;
  const body = text.slice(KEY_MARK.length, KEY_MARK.length + BODY_LENGTH);
  return text.slice(-CHECK_LENGTH) === checksum(body);
}

/** A credential of an app: its key, and after a dot the driver that it acts for; null where it speaks for itself. */
export function partsOfCredential(text: string): { readonly key: string; readonly driverId: string | null } {
  const dot = text.indexOf('.');
  return dot === -1 ? { key: text, driverId: null } : { key: text.slice(0, dot), driverId: text.slice(dot + 1) };
}

/** The part of a key that may be shown and logged: it finds the key, and leaves 208 bits unknown. */
export function shownPrefixOf(key: string): string {
  return key.slice(0, KEY_MARK.length + SHOWN_LENGTH);
}

function checksum(body: string): string {
  return base62(BigInt(crc32(body)), CHECK_LENGTH);
}

function base62(value: bigint, length: number): string {
  let rest = value;
  let text = '';
  while (text.length < length) {
    text = ALPHABET[Number(rest % 62n)]! + text;
    rest /= 62n;
  }
  return text;
}

/** CRC-32 as in ISO 3309. It is no security: it only tells a typing error from a key. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i++) {
    crc ^= text.charCodeAt(i);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

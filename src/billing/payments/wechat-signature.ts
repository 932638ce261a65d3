import { createDecipheriv, sign, verify, type KeyObject } from 'node:crypto';

/** One merchant's account with WeChat Pay APIv3, in public-key mode. */
export interface WechatAccount {
  readonly merchantId: string;
  readonly appId: string;
  /** Serial of the merchant's own certificate. */
  readonly merchantSerial: string;
  readonly merchantKey: KeyObject;
  /** PUB_KEY_ID_…: names the key that answers and notifications are signed with. */
  readonly publicKeyId: string;
  readonly publicKey: KeyObject;
  /** 32 bytes: opens the resource of a notification. */
  readonly apiV3Key: Buffer;
}

export const AUTHORIZATION_SCHEME = 'WECHATPAY2-SHA256-RSA2048';

/** How far a signed message's time may lie from ours: the protocol's own five minutes. */
const CLOCK_TOLERANCE_SECONDS = 300;

/** Lines as the protocol signs them: each ends in a line feed, the last one too. */
function lines(parts: readonly string[]): string {
  return parts.map(part => `${part}\n`).join('');
}

export function signLines(key: KeyObject, parts: readonly string[]): string {
  return sign('sha256', Buffer.from(lines(parts)), key).toString('base64');
}

/** The Authorization header of a request: method, path with query, time, nonce and body, signed. */
export function authorizationOf(account: WechatAccount, request: { readonly method: string; readonly path: string; readonly body: string; readonly seconds: number; readonly nonce: string }): string {
  const { method, path, body, seconds, nonce } = request;
  const signature = signLines(account.merchantKey, [method, path, String(seconds), nonce, body]);
  return `${AUTHORIZATION_SCHEME} mchid="${account.merchantId}",nonce_str="${nonce}",signature="${signature}",timestamp="${seconds}",serial_no="${account.merchantSerial}"`;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Why a message is not WeChat Pay's, or null where it is. It is checked over the raw bytes: a body parsed and written
 * again is another text. Now and then the platform signs wrongly on purpose, to see whether we look.
 */
export function flawOfMessage(account: WechatAccount, { headers, body }: { readonly headers: Headers; readonly body: Buffer }, now: number): string | null {
  const serial = single(headers['wechatpay-serial']);
  const timestamp = single(headers['wechatpay-timestamp']);
  const nonce = single(headers['wechatpay-nonce']);
  const signature = single(headers['wechatpay-signature']);
  if (serial === null || timestamp === null || nonce === null || signature === null) return 'a header of the signature is missing';
  if (serial !== account.publicKeyId) return 'the serial is not known';
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now / 1_000 - Number(timestamp)) > CLOCK_TOLERANCE_SECONDS) return 'the time is not within five minutes of ours';
  const message = Buffer.concat([Buffer.from(`${timestamp}\n${nonce}\n`), body, Buffer.from('\n')]);
  return verify('sha256', message, account.publicKey, Buffer.from(signature, 'base64')) ? null : 'the signature does not hold';
}

function single(header: string | string[] | undefined): string | null {
  return typeof header === 'string' && header !== '' ? header : null;
}

/** Opens a resource sealed with the APIv3 key; null where it is not sealed with it, or not as the protocol says. */
export function openResource(account: WechatAccount, resource: { readonly ciphertext: string; readonly nonce: string; readonly associated_data?: string }): string | null {
  const sealed = Buffer.from(resource.ciphertext, 'base64');
  const nonce = Buffer.from(resource.nonce);
  if (sealed.length <= TAG_BYTES || nonce.length !== NONCE_BYTES) return null;
  try {
    const decipher = createDecipheriv('aes-256-gcm', account.apiV3Key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(resource.associated_data ?? ''));
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    // A tag that does not fit: sealed with another key, or changed on the way. Which one, nobody can tell.
    return null;
  }
}

const TAG_BYTES = 16;
const NONCE_BYTES = 12;

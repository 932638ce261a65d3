import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { Clock, Log } from '../../platform/index.js';
import type { Answer } from './provider.js';
import { errorSchema, parseAs } from './wechat-messages.js';
import { authorizationOf, flawOfMessage, type WechatAccount } from './wechat-signature.js';

export interface WechatEndpoint {
  readonly account: WechatAccount;
  /** Such as https://api.mch.weixin.qq.com, without a path. */
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
}

const MOST_BYTES = 262_144;

/** Codes by which the platform asks to come again: they decide nothing. */
const COME_AGAIN = new Set(['SYSTEM_ERROR', 'SYSTEMERROR', 'FREQUENCY_LIMITED', 'FREQUENCY_LIMIT_EXCEED', 'RATELIMIT_EXCEEDED', 'ACCOUNTERROR', 'BANK_ERROR', 'BANKERROR', 'TRADE_ERROR', 'NOT_ENOUGH', 'USERPAYING']);
const NOT_THERE = new Set(['ORDER_NOT_EXIST', 'RESOURCE_NOT_EXISTS', 'ORDERNOTEXIST']);

/**
 * One signed call. An answer that is not signed by the platform decides nothing, whatever it says: it is as if none had
 * come. Only method, path template and code are logged; the path, the body and the headers of a payment never are (4.5-5).
 */
export async function callWechat<T extends z.ZodType>(
  endpoint: WechatEndpoint,
  call: { readonly name: string; readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: object; readonly answer: T | null },
): Promise<Answer<z.output<T>>> {
  const failed = (code: string): Answer<never> => {
    endpoint.log.warn({ provider: 'wechat', call: call.name, code }, 'a call to the payment provider failed');
    return { kind: 'UNAVAILABLE', code };
  };
  const got = await exchange(endpoint, call);
  if (typeof got === 'string') return failed(got);
  const { status, headers, bytes } = got;
  const flaw = flawOfMessage(endpoint.account, { headers, body: bytes }, endpoint.clock.now());
  if (flaw !== null) return failed(`UNSIGNED_${status}`);

  const text = bytes.toString('utf8');
  if (status >= 200 && status < 300) {
    if (call.answer === null) return { kind: 'DONE', value: null as z.output<T> };
    const value = parseAs(call.answer, text);
    return value === null ? failed('UNREADABLE') : { kind: 'DONE', value };
  }
  const error = parseAs(errorSchema, text);
  if (error === null) return failed(`STATUS_${status}`);
  if (NOT_THERE.has(error.code)) return { kind: 'NOT_FOUND', code: error.code };
  if (status >= 500 || status === 429 || status === 401 || COME_AGAIN.has(error.code)) return failed(error.code);
  return { kind: 'REFUSED', code: error.code, message: error.message ?? '' };
}

interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

/** The answer, or a code of what kept it away. */
async function exchange({ account, baseUrl, timeoutMs, clock }: WechatEndpoint, { method, path, body }: { readonly method: string; readonly path: string; readonly body?: object }): Promise<Got | string> {
  const text = body === undefined ? '' : JSON.stringify(body);
  const authorization = authorizationOf(account, { method, path, body: text, seconds: Math.floor(clock.now() / 1_000), nonce: randomBytes(16).toString('hex') });
  try {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      headers: { accept: 'application/json', 'user-agent': 'chaowei', authorization, 'wechatpay-serial': account.publicKeyId, ...(text === '' ? {} : { 'content-type': 'application/json' }) },
      ...(text === '' ? {} : { body: text }),
    });
    const bytes = await bytesOf(response);
    return bytes === null ? 'TOO_LONG' : { status: response.status, headers: Object.fromEntries(response.headers), bytes };
  } catch (error) {
    // The message of a failed fetch may quote the address; its kind is all that is kept.
    return (error as Error).name === 'TimeoutError' ? 'TIMEOUT' : 'NETWORK';
  }
}

/** The body, or null where it is longer than any answer of the protocol. */
async function bytesOf(response: Response): Promise<Buffer | null> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > MOST_BYTES) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

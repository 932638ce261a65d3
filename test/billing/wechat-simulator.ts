import { createCipheriv, generateKeyPairSync, randomBytes, sign, verify, type KeyObject } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../src/platform/index.js';

/** How the simulated platform fails. */
export interface SimulatedFaults {
  /** Answers what no signature stands under. */
  isUnsigned: boolean;
  /** Signs with a key that is not the platform's. */
  isForging: boolean;
  /** Changes a byte of the body after signing it. */
  isGarbling: boolean;
  /** Takes the call, does it, and cuts the line instead of answering. */
  losesAnswers: boolean;
  /** Takes the call and never answers. */
  isHanging: boolean;
  /** Answers every call with this error, signed, and does nothing. */
  error: { readonly status: number; readonly code: string } | null;
}

export interface SimulatedOrder {
  readonly outTradeNo: string;
  readonly total: number;
  readonly notifyUrl: string;
  readonly openId: string | null;
  readonly body: string;
  state: 'NOTPAY' | 'SUCCESS' | 'CLOSED' | 'REFUND';
  transactionId: string | null;
  paidAt: number | null;
}

export interface SimulatedRefund {
  readonly outRefundNo: string;
  readonly outTradeNo: string;
  readonly transactionId: string;
  readonly refundId: string;
  readonly amount: number;
  status: 'PROCESSING' | 'SUCCESS' | 'ABNORMAL' | 'CLOSED';
}

export interface Signed {
  readonly headers: Record<string, string>;
  readonly body: string;
}

const merchant = generateKeyPairSync('rsa', { modulusLength: 2048 });
const platform = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = (key: KeyObject, type: 'pkcs8' | 'spki'): string => String(key.export({ type: type as never, format: 'pem' }));
const API_KEY = 'an-api-v3-key-of-thirty-two-byte';
const PUBLIC_KEY_ID = 'PUB_KEY_ID_0116000000002024101100397200000006';
const SERIAL = '7777B2D3C0FF33EE0000000000000000DECAFBAD';
const MERCHANT = '1900000109';
const APP = 'wxd678efh567hg6787';

/** Every secret of the account: none of them may ever be logged. */
export const SECRETS = [API_KEY, pem(merchant.privateKey, 'pkcs8').split('\n')[3]!] as const;

/** WeChat Pay's APIv3 as it is documented, on this machine: it checks our signatures and signs what it answers. */
export class WechatSimulator {
  readonly orders = new Map<string, SimulatedOrder>();
  /** Transactions of orders that were paid already. */
  readonly further: SimulatedOrder[] = [];
  readonly refunds = new Map<string, SimulatedRefund>();
  /** Method and path of every call whose signature held. */
  readonly calls: string[] = [];
  /** Told of every call, once the platform has done what it asks and before it answers. */
  onCall: (call: string) => void = () => undefined;
  readonly faults: SimulatedFaults = { isUnsigned: false, isForging: false, isGarbling: false, losesAnswers: false, isHanging: false, error: null };
  readonly #server: Server;

  constructor(private clock: Clock) {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** Tells the time by the clock of the server that is tried. */
  follow(clock: Clock): void {
    this.clock = clock;
  }

  /** Listens, and answers the variables of the account that it keeps. */
  async open(): Promise<Record<string, string>> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve));
    return {
      PUBLIC_URL: 'https://parking.example',
      WECHAT_PAY_MERCHANT_ID: MERCHANT,
      WECHAT_PAY_APP_ID: APP,
      WECHAT_PAY_MERCHANT_SERIAL: SERIAL,
      WECHAT_PAY_MERCHANT_KEY: Buffer.from(pem(merchant.privateKey, 'pkcs8')).toString('base64'),
      WECHAT_PAY_PUBLIC_KEY_ID: PUBLIC_KEY_ID,
      WECHAT_PAY_PUBLIC_KEY: pem(platform.publicKey, 'spki').replaceAll('\n', '\\n'),
      WECHAT_PAY_API_KEY: API_KEY,
      WECHAT_PAY_URL: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
    };
  }

  behave(): void {
    Object.assign(this.faults, { isUnsigned: false, isForging: false, isGarbling: false, losesAnswers: false, isHanging: false, error: null });
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise(resolve => this.#server.close(() => resolve()));
  }

  /** The payer's wallet pays. */
  pay(outTradeNo: string): SimulatedOrder {
    const order = this.orders.get(outTradeNo)!;
    if (order.state === 'NOTPAY') Object.assign(order, { state: 'SUCCESS', transactionId: `42000${randomBytes(10).toString('hex')}`, paidAt: this.clock.now() });
    return order;
  }

  /** The payer pays an order once more, as much as told: the notification of that transaction. */
  payAgain(outTradeNo: string, total: number): { readonly notice: Signed; readonly transactionId: string } {
    const transactionId = `42000${randomBytes(10).toString('hex')}`;
    this.further.push({ ...this.pay(outTradeNo), total, transactionId });
    return { transactionId, notice: this.paymentNotice(outTradeNo, { resource: { transaction_id: transactionId, amount: { total, currency: 'CNY' } } }) };
  }

  /** The notification of a payment, sealed and signed; every part can be told otherwise. */
  paymentNotice(outTradeNo: string, told: { readonly resource?: object; readonly envelope?: object; readonly key?: string } = {}): Signed {
    return this.notice('TRANSACTION.SUCCESS', { ...this.#transaction(this.orders.get(outTradeNo)!), ...told.resource }, told);
  }

  refundNotice(outRefundNo: string, told: { readonly resource?: object } = {}): Signed {
    const { refundId, outTradeNo, transactionId, amount, status } = this.refunds.get(outRefundNo)!;
    return this.notice(`REFUND.${status}`, {
      mchid: MERCHANT, out_trade_no: outTradeNo, transaction_id: transactionId, out_refund_no: outRefundNo, refund_id: refundId, refund_status: status,
      ...(status === 'SUCCESS' ? { success_time: timeOf(this.clock.now()) } : {}), user_received_account: '支付用户零钱', amount: { total: this.orders.get(outTradeNo)?.total, refund: amount, payer_total: amount, payer_refund: amount }, ...told.resource,
    });
  }

  notice(eventType: string, resource: object, told: { readonly envelope?: object; readonly key?: string } = {}): Signed {
    const nonce = randomBytes(6).toString('hex');
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(told.key ?? API_KEY), Buffer.from(nonce));
    cipher.setAAD(Buffer.from('transaction'));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(resource), 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return this.sign(JSON.stringify({
      id: `EV-${randomBytes(12).toString('hex')}`, create_time: timeOf(this.clock.now()), resource_type: 'encrypt-resource', event_type: eventType, summary: '通知',
      resource: { original_type: 'transaction', algorithm: 'AEAD_AES_256_GCM', ciphertext: sealed.toString('base64'), associated_data: 'transaction', nonce }, ...told.envelope,
    }));
  }

  sign(body: string, { at = this.clock.now(), serial = PUBLIC_KEY_ID, isForged = this.faults.isForging }: { readonly at?: number; readonly serial?: string; readonly isForged?: boolean } = {}): Signed {
    const [timestamp, nonce] = [String(Math.floor(at / 1_000)), randomBytes(16).toString('hex')];
    const signature = sign('sha256', Buffer.from(`${timestamp}\n${nonce}\n${body}\n`), isForged ? stranger.privateKey : platform.privateKey).toString('base64');
    return { body, headers: { 'wechatpay-serial': serial, 'wechatpay-timestamp': timestamp, 'wechatpay-nonce': nonce, 'wechatpay-signature': signature, 'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048' } };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    if (!isAuthorised(request, body, this.clock.now())) return void response.writeHead(401).end('{"code":"SIGN_ERROR","message":"签名错误"}');
    this.calls.push(`${request.method} ${request.url!.split('?')[0]}`);
    if (this.faults.isHanging) return;
    const { error } = this.faults;
    const { status, value } = error ? { status: error.status, value: { code: error.code, message: '模拟' } } : this.#act(request.method!, new URL(request.url!, 'http://localhost'), body);
    this.onCall(this.calls.at(-1)!);
    if (this.faults.losesAnswers) return void request.socket.destroy();
    const signed = this.sign(value === null ? '' : JSON.stringify(value));
    const text = this.faults.isGarbling ? signed.body.replace('}', ' }') : signed.body;
    response.writeHead(status, { ...(this.faults.isUnsigned ? {} : signed.headers), ...(text === '' ? {} : { 'content-type': 'application/json; charset=utf-8' }) }).end(text === '' ? undefined : text);
  }

  #act(method: string, url: URL, body: string): { readonly status: number; readonly value: object | null } {
    const told = (body === '' ? {} : JSON.parse(body)) as Record<string, any>;
    const [, , one, two, three, four, five] = url.pathname.split('/');
    if (one === 'pay' && two === 'transactions' && (three === 'native' || three === 'jsapi')) return this.#create(three, told, body);
    if (one === 'pay' && three === 'out-trade-no' && five === 'close') return this.#close(four!, told);
    if (one === 'pay' && three === 'out-trade-no' && method === 'GET') {
      const order = this.orders.get(four!);
      if (url.searchParams.get('mchid') !== MERCHANT) return refused(400, 'MCH_NOT_EXISTS');
      return order ? { status: 200, value: this.#transaction(order) } : refused(404, 'ORDER_NOT_EXIST');
    }
    if (one === 'refund' && method === 'POST') return this.#refund(told);
    const refund = this.refunds.get(four!);
    return refund ? { status: 200, value: this.#refundValue(refund) } : refused(404, 'RESOURCE_NOT_EXISTS');
  }

  #create(way: string, told: Record<string, any>, body: string): { readonly status: number; readonly value: object } {
    const known = this.orders.get(told.out_trade_no);
    if (told.mchid !== MERCHANT || told.appid !== APP) return refused(400, 'APPID_MCHID_NOT_MATCH');
    if (!/^[\w*-]{6,32}$/.test(told.out_trade_no) || !String(told.notify_url).startsWith('https://') || new URL(told.notify_url).search !== '') return refused(400, 'PARAM_ERROR');
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/.test(told.time_expire) || !Number.isSafeInteger(told.amount.total) || told.amount.total < 1) return refused(400, 'PARAM_ERROR');
    if (way === 'jsapi' && typeof told.payer?.openid !== 'string') return refused(400, 'PARAM_ERROR');
    // The same number again must be the same order to the letter.
    if (known && known.body !== body) return refused(403, 'OUT_TRADE_NO_USED');
    if (known?.state === 'SUCCESS') return refused(403, 'ORDERPAID');
    if (!known) this.orders.set(told.out_trade_no, { outTradeNo: told.out_trade_no, total: told.amount.total, notifyUrl: told.notify_url, openId: told.payer?.openid ?? null, body, state: 'NOTPAY', transactionId: null, paidAt: null });
    return { status: 200, value: way === 'native' ? { code_url: `weixin://wxpay/bizpayurl?pr=${told.out_trade_no.slice(-8)}` } : { prepay_id: `wx2611215250487459928b659bd466620000${told.out_trade_no.slice(-8)}` } };
  }

  #close(outTradeNo: string, told: Record<string, any>): { readonly status: number; readonly value: object | null } {
    const order = this.orders.get(outTradeNo);
    if (told.mchid !== MERCHANT) return refused(400, 'PARAM_ERROR');
    if (!order) return refused(404, 'ORDER_NOT_EXIST');
    if (order.state === 'SUCCESS') return refused(400, 'ORDERPAID');
    order.state = 'CLOSED';
    return { status: 204, value: null };
  }

  #refund(told: Record<string, any>): { readonly status: number; readonly value: object } {
    const order = told.transaction_id === undefined ? this.orders.get(told.out_trade_no) : [...this.orders.values(), ...this.further].find(({ transactionId }) => transactionId === told.transaction_id);
    if (!order || order.transactionId === null) return refused(404, 'RESOURCE_NOT_EXISTS');
    const known = this.refunds.get(told.out_refund_no);
    if (known) return known.amount === told.amount.refund ? { status: 200, value: this.#refundValue(known) } : refused(400, 'PARAM_ERROR');
    const refunded = [...this.refunds.values()].filter(each => each.transactionId === order.transactionId && each.status !== 'CLOSED').reduce((sum, each) => sum + each.amount, 0);
    if (told.amount.total !== order.total || refunded + told.amount.refund > order.total) return refused(400, 'INVALID_REQUEST');
    const refund: SimulatedRefund = { outRefundNo: told.out_refund_no, outTradeNo: order.outTradeNo, transactionId: order.transactionId, refundId: `50000${randomBytes(10).toString('hex')}`, amount: told.amount.refund, status: 'PROCESSING' };
    this.refunds.set(refund.outRefundNo, refund);
    return { status: 200, value: this.#refundValue(refund) };
  }

  #refundValue({ outRefundNo, outTradeNo, transactionId, refundId, amount, status }: SimulatedRefund): object {
    const order = this.orders.get(outTradeNo)!;
    return { refund_id: refundId, out_refund_no: outRefundNo, transaction_id: transactionId, out_trade_no: outTradeNo, channel: 'ORIGINAL', status, ...(status === 'SUCCESS' ? { success_time: timeOf(this.clock.now()) } : {}), amount: { total: order.total, refund: amount, currency: 'CNY' } };
  }

  #transaction(order: SimulatedOrder): object {
    const paid = order.paidAt === null ? {} : { transaction_id: order.transactionId, trade_type: 'NATIVE', success_time: timeOf(order.paidAt), bank_type: 'CMC', payer: { openid: order.openId ?? 'oUpF8uMuAJO' }, amount: { total: order.total, payer_total: order.total, currency: 'CNY', payer_currency: 'CNY' } };
    return { appid: APP, mchid: MERCHANT, out_trade_no: order.outTradeNo, trade_state: order.state, trade_state_desc: order.state, ...paid };
  }
}

function refused(status: number, code: string): { readonly status: number; readonly value: object } {
  return { status, value: { code, message: code } };
}

const timeOf = (at: number): string => `${new Date(at + 28_800_000).toISOString().slice(0, 19)}+08:00`;

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

/** Whether the merchant signed this very request, with the serial that we know and the key id that it should expect. */
function isAuthorised(request: IncomingMessage, body: string, now: number): boolean {
  const header = request.headers.authorization ?? '';
  if (!header.startsWith('WECHATPAY2-SHA256-RSA2048 ')) return false;
  const told = Object.fromEntries([...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!]));
  const message = `${request.method}\n${request.url}\n${told.timestamp}\n${told.nonce_str}\n${body}\n`;
  return told.mchid === MERCHANT && told.serial_no === SERIAL && request.headers['wechatpay-serial'] === PUBLIC_KEY_ID && Math.abs(now / 1_000 - Number(told.timestamp)) <= 300
    && verify('sha256', Buffer.from(message), merchant.publicKey, Buffer.from(told.signature ?? '', 'base64'));
}

/** Whether the parameters of a wallet call are the merchant's own. */
export function isOurs(parameters: Readonly<Record<string, string>>): boolean {
  const { appId, timeStamp, nonceStr, package: packed, paySign } = parameters;
  return verify('sha256', Buffer.from(`${appId}\n${timeStamp}\n${nonceStr}\n${packed}\n`), merchant.publicKey, Buffer.from(paySign ?? '', 'base64'));
}

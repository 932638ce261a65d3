import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Services } from '../../platform/index.js';
import { noticeEnvelope, readLocalNotice, type LocalEvent } from './local-notice.js';
import { closeLocalOrder, endLocalRefund, findLocalOrder, findLocalRefund, insertLocalNotice, leaseLocalNotices, markLocalNoticeDelivered, openLocalOrder, openLocalRefund, payLocalOrder, type LocalNotice, type LocalOrder, type LocalRefund } from './local-provider.sql.js';
import { ORDER_PAID, type Answer, type PayInstructions, type PaymentOrder, type PaymentProvider, type PaymentReport, type RawNotification, type Reading, type RefundOrder, type RefundReport, type Reply } from './provider.js';

/** How the provider misbehaves, as real ones do. Only tests and the demo set these; no input of the API reaches them. */
export interface LocalFaults {
  /** Holds notifications back by this long. */
  delayMs: number;
  /** Notifications of one event. */
  copies: number;
  /** Delivers the latest first. */
  isReversed: boolean;
  /** Signs wrongly. */
  isForging: boolean;
  /** Says nothing at all; it can still be asked. */
  isSilent: boolean;
  /** Does what it is asked, and its answer is lost. */
  losesAnswers: boolean;
  /** Answers no call, and does nothing. */
  isDown: boolean;
  /** Tells another amount or currency than was asked for. */
  tells: { amountFen?: number; currency?: string };
  /** How refunds end. */
  refundState: LocalRefund['state'];
}

const NO_FAULTS: LocalFaults = { delayMs: 0, copies: 1, isReversed: false, isForging: false, isSilent: false, losesAnswers: false, isDown: false, tells: {}, refundState: 'SUCCESS' };
/** Between two deliveries of a notice that was not taken. */
const REPEAT_MS = 15_000;
const DELIVERY_MS = 3_000;
const CLOCK_TOLERANCE_MS = 300_000;

/**
 * A provider of play money that behaves as the real ones do: it keeps books of its own, is asked through the same
 * interface and speaks through the same signed HTTP notifications. Its books are in the database, so that all servers
 * share one of it and a crash of ours is none of its.
 */
export class LocalProvider implements PaymentProvider {
  readonly name = 'local';
  readonly ways = ['NATIVE', 'JSAPI'] as const;
  readonly faults: LocalFaults = { ...NO_FAULTS, tells: {} };

  constructor(private readonly services: Services) {}

  behave(): void {
    Object.assign(this.faults, NO_FAULTS, { tells: {} });
  }

  createPayment(order: PaymentOrder): Promise<Answer<PayInstructions>> {
    return this.#answer(async () => {
      const open = await openLocalOrder(this.services.database, order);
      if (open.amountFen !== order.amountFen) return { kind: 'REFUSED', code: 'OUT_TRADE_NO_USED', message: 'the number has another amount' };
      if (open.state === 'SUCCESS') return { kind: 'REFUSED', code: ORDER_PAID, message: 'the order is paid' };
      const path = `/payments/local/orders/${order.orderNumber}/pay`;
      return { kind: 'DONE', value: order.way === 'NATIVE' ? { codeUrl: `${this.services.configuration.PUBLIC_URL ?? ''}${path}`, parameters: null } : { codeUrl: null, parameters: { path } } };
    });
  }

  queryPayment(orderNumber: string): Promise<Answer<PaymentReport>> {
    return this.#answer(async () => {
      const order = await findLocalOrder(this.services.database, orderNumber);
      return order ? { kind: 'DONE', value: this.#reportOf(order) } : { kind: 'NOT_FOUND', code: 'ORDER_NOT_EXIST' };
    });
  }

  closePayment(orderNumber: string): Promise<Answer<null>> {
    return this.#answer(async () => {
      await closeLocalOrder(this.services.database, orderNumber);
      const order = await findLocalOrder(this.services.database, orderNumber);
      if (!order) return { kind: 'NOT_FOUND', code: 'ORDER_NOT_EXIST' };
      return order.state === 'SUCCESS' ? { kind: 'REFUSED', code: ORDER_PAID, message: 'the order is paid' } : { kind: 'DONE', value: null };
    });
  }

  refund(order: RefundOrder): Promise<Answer<RefundReport>> {
    return this.#answer(async () => {
      const { database, clock } = this.services;
      const now = clock.now();
      const state = this.faults.refundState;
      const paid = await findLocalOrder(database, order.orderNumber);
      // It keeps one transaction of an order.
      if (order.reference !== null && order.reference !== paid?.reference) return { kind: 'REFUSED', code: 'TRANSACTION_NOT_EXISTS', message: 'the order has no such transaction' };
      const opened = await database.transactional((_em, sql) => openLocalRefund(sql, { refundNumber: order.refundNumber, orderNumber: order.orderNumber, amountFen: order.amountFen, state, reference: referenceOf('rf'), endedAt: state === 'SUCCESS' ? now : null }));
      const refund = await findLocalRefund(database, order.refundNumber);
      if (!refund) return { kind: 'REFUSED', code: 'NOT_ENOUGH_LEFT', message: 'the order holds less than that' };
      if (opened && state !== 'PROCESSING' && paid?.notifyUrl) await this.#notify(paid.notifyUrl, `REFUND.${state}`, { kind: 'REFUND', report: refundReportOf(refund) });
      // A refund that is taken is not yet a refund that has ended: the answer says so, whatever comes of it.
      return { kind: 'DONE', value: { ...refundReportOf(refund), ...(opened ? { state: 'PROCESSING', endedAt: null } : {}) } };
    });
  }

  queryRefund(refundNumber: string): Promise<Answer<RefundReport>> {
    return this.#answer(async () => {
      const refund = await findLocalRefund(this.services.database, refundNumber);
      return refund ? { kind: 'DONE', value: refundReportOf(refund) } : { kind: 'NOT_FOUND', code: 'RESOURCE_NOT_EXISTS' };
    });
  }

  readNotification(raw: RawNotification, now: number): Reading {
    const [time, nonce, signature] = ['local-timestamp', 'local-nonce', 'local-signature'].map(name => raw.headers[name]);
    if (typeof time !== 'string' || typeof nonce !== 'string' || typeof signature !== 'string') return { kind: 'FORGED', reason: 'a header of the signature is missing' };
    if (!/^\d{1,15}$/.test(time) || Math.abs(now - Number(time)) > CLOCK_TOLERANCE_MS) return { kind: 'FORGED', reason: 'the time is not within five minutes of ours' };
    const [expected, given] = [Buffer.from(this.#sign(time, nonce, raw.body)), Buffer.from(signature)];
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return { kind: 'FORGED', reason: 'the signature does not hold' };
    return readLocalNotice(raw.body.toString('utf8'));
  }

  reply(verdict: 'TAKEN' | 'FORGED' | 'MALFORMED' | 'LATER'): Reply {
    return { status: { TAKEN: 200, FORGED: 401, MALFORMED: 400, LATER: 503 }[verdict], body: JSON.stringify({ taken: verdict === 'TAKEN' }) };
  }

  /** What the payer's wallet does: pays the order and has the merchant told at its address. False where it cannot be paid. */
  async pay(orderNumber: string, notifyUrl: string): Promise<boolean> {
    const { database, clock } = this.services;
    const order = await payLocalOrder(database, { orderNumber, reference: referenceOf('tx'), now: clock.now(), notifyUrl });
    if (!order) return false;
    await this.#notify(notifyUrl, 'TRANSACTION.SUCCESS', { kind: 'PAYMENT', report: this.#reportOf(order) });
    return true;
  }

  /** Lets a refund that was under way end. */
  async endRefund(refundNumber: string, state: LocalRefund['state']): Promise<void> {
    const { database, clock } = this.services;
    await endLocalRefund(database, refundNumber, state, clock.now());
    const refund = await findLocalRefund(database, refundNumber);
    const order = refund && (await findLocalOrder(database, refund.orderNumber));
    if (order?.notifyUrl) await this.#notify(order.notifyUrl, `REFUND.${state}`, { kind: 'REFUND', report: refundReportOf(refund!) });
  }

  /** Delivers what is due; what is not taken comes again. Answers the statuses it got. */
  async deliver(): Promise<readonly number[]> {
    const { database, clock } = this.services;
    const now = clock.now();
    const due = await leaseLocalNotices(database, { now, againAt: now + REPEAT_MS, limit: 100 });
    const statuses: number[] = [];
    for (const notice of this.faults.isReversed ? due.toReversed() : due) {
      const status = await this.#post(notice, clock.now());
      if (status >= 200 && status < 300) await markLocalNoticeDelivered(database, notice.id, now);
      statuses.push(status);
    }
    return statuses;
  }

  async #notify(notifyUrl: string, eventType: string, event: LocalEvent): Promise<void> {
    const { isSilent, copies, delayMs, isForging } = this.faults;
    if (isSilent) return;
    const id = referenceOf('ev');
    for (let copy = 0; copy < copies; copy++) {
      // Copies are one notification that comes again: one id in the envelope, rows of their own here.
      await insertLocalNotice(this.services.database, { id: `${id}-${copy}`, notifyUrl, eventType, body: noticeEnvelope(id, eventType, event), isForged: isForging, deliverAt: this.services.clock.now() + delayMs });
    }
  }

  async #post(notice: LocalNotice, now: number): Promise<number> {
    const [time, nonce] = [String(now), randomBytes(12).toString('hex')];
    const signature = this.#sign(time, nonce, Buffer.from(notice.body));
    try {
      const response = await fetch(notice.notifyUrl, {
        method: 'POST',
        signal: AbortSignal.timeout(DELIVERY_MS),
        headers: { 'content-type': 'application/json', 'local-timestamp': time, 'local-nonce': nonce, 'local-signature': notice.isForged ? signature.toUpperCase() : signature },
        body: notice.body,
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      // Nobody there: it comes again, as with any other answer that takes nothing.
      return 0;
    }
  }

  /** A key that the servers of one city share and nobody else has. */
  #sign(time: string, nonce: string, body: Buffer): string {
    return this.services.sealer.lookupHash(`${time}\n${nonce}\n${body.toString('base64')}`, 'local-payments');
  }

  async #answer<T>(act: () => Promise<Answer<T>>): Promise<Answer<T>> {
    if (this.faults.isDown) return { kind: 'UNAVAILABLE', code: 'DOWN' };
    const answer = await act();
    return this.faults.losesAnswers ? { kind: 'UNAVAILABLE', code: 'TIMEOUT' } : answer;
  }

  #reportOf(order: LocalOrder): PaymentReport {
    const { amountFen = order.amountFen, currency = order.currency } = this.faults.tells;
    const state = ({ NOTPAY: 'PENDING', SUCCESS: 'PAID', CLOSED: 'CLOSED' } as const)[order.state];
    return { orderNumber: order.orderNumber, state, amountFen, currency, isOurs: true, reference: order.reference, paidAt: order.paidAt };
  }
}

function refundReportOf({ refundNumber, orderNumber, state, amountFen, reference, endedAt }: LocalRefund): RefundReport {
  return { refundNumber, orderNumber, state, amountFen, reference, endedAt };
}

function referenceOf(kind: string): string {
  return `local-${kind}-${randomBytes(12).toString('hex')}`;
}

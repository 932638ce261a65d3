import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pino } from 'pino';
import { READ, runPaymentJob, startPaying, type Paying } from './payment-city.js';
import { SECRETS, WechatSimulator } from './wechat-simulator.js';

/** Every line that either server logs, with nothing redacted: what is never handed to the log cannot slip through it. */
const logged: string[] = [];
const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) });

const simulator = new WechatSimulator({ now: () => paying.server.services.clock.now() });
let paying: Paying;
/** Another server of the same city. */
let beside: Paying;

beforeAll(async () => {
  const environment = await simulator.open();
  paying = await startPaying({ environment, log });
  if (paying.database.backEnd !== 'EMBEDDED') beside = await startPaying({ environment, log, beside: paying });
}, 120_000);
afterEach(() => simulator.behave());
afterAll(async () => {
  await beside?.close();
  await paying.close();
  await simulator.close();
});

/** A charge whose payer has paid at WeChat Pay, and nobody here knows it yet. */
async function paid(amountFen = 1_000): Promise<{ readonly chargeId: string; readonly paymentId: string }> {
  const chargeId = await paying.charge(amountFen);
  const { payment } = await paying.pay(chargeId);
  simulator.pay(payment.id);
  return { chargeId, paymentId: payment.id };
}

const findingsOf = (paymentId: string) => paying.database.query<{ id: string; state: string; times: number }>('select id, state, times from payment_finding where payment_id = $1 order by told', [paymentId]);

test('WeChat Pay tells of a payment, and it is settled', async () => {
  const chargeId = await paying.charge(1_250);
  const { payment, instructions } = await paying.pay(chargeId);
  expect(instructions.codeUrl).toMatch(/^weixin:\/\/wxpay\/bizpayurl\?pr=/);
  expect(simulator.orders.get(payment.id)!.notifyUrl).toBe('https://parking.example/payments/wechat/notifications');
  simulator.pay(payment.id);

  const answer = await paying.notify('wechat', simulator.paymentNotice(payment.id));

  expect(answer).toEqual({ status: 200, body: '{"code":"SUCCESS","message":"成功"}' });
  expect((await paying.ask(READ, { id: payment.id })).data.payment).toMatchObject({ state: 'PAID', provider: 'wechat', amountFen: 1_250 });
  expect(await paying.row('charge', chargeId)).toMatchObject({ state: 'PAID', paid_fen: 1_250 });
});

test('the same notification again is taken again and changes nothing; so does another about the same payment', async () => {
  const { paymentId } = await paid();
  const notice = simulator.paymentNotice(paymentId);
  await paying.notify('wechat', notice);
  const before = await paying.counts();

  expect((await paying.notify('wechat', notice)).status).toBe(200);
  expect(await paying.counts()).toEqual(before);

  expect((await paying.notify('wechat', simulator.paymentNotice(paymentId))).status).toBe(200);
  expect(await paying.counts()).toEqual({ ...before, payment_notification: (before as { payment_notification: number }).payment_notification + 1 });
});

test('twenty of the same on two servers at once settle once', async () => {
  const { chargeId, paymentId } = await paid();
  const notice = simulator.paymentNotice(paymentId);
  const servers = beside ? [paying, beside] : [paying];

  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => servers[i % servers.length]!.notify('wechat', notice)));

  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  expect(await paying.database.query(`select count(*)::int as count from ledger_transaction where charge_id = $1 and kind = 'PAYMENT'`, [chargeId])).toEqual([{ count: 1 }]);
  expect(await paying.database.query('select count(*)::int as count from receipt where charge_id = $1', [chargeId])).toEqual([{ count: 1 }]);
});

test('a notification and a question that find the payment at once settle once', async () => {
  const { chargeId, paymentId } = await paid();
  paying.server.services.clock.advance(15_000);

  await Promise.all([paying.notify('wechat', simulator.paymentNotice(paymentId)), runPaymentJob(paying, 'ask-payments'), ...(beside ? [runPaymentJob(beside, 'ask-payments')] : [])]);

  expect(await paying.database.query(`select count(*)::int as count from ledger_transaction where charge_id = $1 and kind = 'PAYMENT'`, [chargeId])).toEqual([{ count: 1 }]);
});

test('out of order: told closed after it was told paid, it stays paid', async () => {
  const { paymentId } = await paid();
  const early = simulator.paymentNotice(paymentId);
  const closed = simulator.notice('TRANSACTION.CLOSED', { appid: 'wxd678efh567hg6787', mchid: '1900000109', out_trade_no: paymentId, trade_state: 'CLOSED' });

  await paying.notify('wechat', early);
  expect((await paying.notify('wechat', closed)).status).toBe(200);

  expect(await paying.row('payment', paymentId)).toMatchObject({ state: 'PAID' });
});

test('money that comes after the payment was closed is settled where the charge is still owed, and owed back where it is not', async () => {
  const chargeId = await paying.charge();
  const first = (await paying.pay(chargeId)).payment.id;
  await paying.database.query(`update payment set state = 'CLOSED', ask_at = null where id = $1`, [first]);
  const second = (await paying.pay(chargeId)).payment.id;
  simulator.pay(first);
  simulator.pay(second);

  await paying.notify('wechat', simulator.paymentNotice(first));
  await paying.notify('wechat', simulator.paymentNotice(second));

  expect(await paying.row('charge', chargeId)).toMatchObject({ state: 'PAID', paid_fen: 1_000, refunded_fen: 0 });
  expect((await paying.ask(READ, { id: first })).data.payment).toMatchObject({ state: 'PAID', refunds: [] });
  expect((await paying.ask(READ, { id: second })).data.payment).toMatchObject({ state: 'PAID', refundedFen: 1_000, refunds: [{ amountFen: 1_000, state: 'OWED' }] });
});

test.each([
  ['another amount', { amount: { total: 1, currency: 'CNY' } }, 'AMOUNT_MISMATCH'],
  ['another currency', { amount: { total: 1_000, currency: 'HKD' } }, 'CURRENCY_MISMATCH'],
  ['another merchant', { mchid: '1900000110' }, 'FOREIGN_ACCOUNT'],
  ['another application', { appid: 'wx0000000000000000' }, 'FOREIGN_ACCOUNT'],
] as const)('%s becomes a finding and settles nothing', async (_what, resource, kind) => {
  const { chargeId, paymentId } = await paid();

  expect((await paying.notify('wechat', simulator.paymentNotice(paymentId, { resource }))).status).toBe(200);

  expect((await paying.ask(READ, { id: paymentId })).data.payment).toMatchObject({ state: 'DISPUTED', findings: [{ kind, times: 1 }] });
  expect(await paying.row('charge', chargeId)).toMatchObject({ state: 'OPEN', paid_fen: 0 });
});

test('the number of another payment’s transaction pays nothing a second time', async () => {
  const [first, second] = [await paid(), await paid()];
  await paying.notify('wechat', simulator.paymentNotice(first.paymentId));

  const answer = await paying.notify('wechat', simulator.paymentNotice(second.paymentId, { resource: { transaction_id: simulator.orders.get(first.paymentId)!.transactionId } }));

  expect(answer.status).toBe(200);
  expect((await paying.ask(READ, { id: second.paymentId })).data.payment).toMatchObject({ state: 'DISPUTED', findings: [{ kind: 'AMOUNT_MISMATCH' }] });
  expect(await paying.row('charge', second.chargeId)).toMatchObject({ state: 'OPEN' });
});

test('a second and a third transaction of an order that is paid are each a finding of their own, though the one before was worked off', async () => {
  const { paymentId } = await paid();
  await paying.notify('wechat', simulator.paymentNotice(paymentId));
  const tell = (transaction_id: string) => paying.notify('wechat', simulator.paymentNotice(paymentId, { resource: { transaction_id } }));
  await tell('4200000000000000000000000002');
  await paying.resolve((await findingsOf(paymentId))[0]!.id, { resolution: 'SETTLED_ELSEWHERE', note: '支付平台已退' });

  await tell('4200000000000000000000000002');
  await tell('4200000000000000000000000003');

  expect(await findingsOf(paymentId)).toMatchObject([{ state: 'RESOLVED', times: 2 }, { state: 'OPEN', times: 1 }]);
});

test('money for an order that nobody here knows becomes a finding', async () => {
  const { paymentId } = await paid();

  expect((await paying.notify('wechat', simulator.paymentNotice(paymentId, { resource: { out_trade_no: 'somebody-elses' } }))).status).toBe(200);

  expect(await paying.database.query(`select kind, subject, payment_id, times from payment_finding where subject = 'somebody-elses'`)).toEqual([{ kind: 'UNKNOWN_PAYMENT', subject: 'somebody-elses', payment_id: null, times: 1 }]);
  const FINDINGS = '{ paymentFindings(first: 100) { totalCount edges { node { kind provider subject paymentId times } } } }';
  expect((await paying.ask(FINDINGS, {}, 'auditor')).data.paymentFindings.edges).toContainEqual({ node: { kind: 'UNKNOWN_PAYMENT', provider: 'wechat', subject: 'somebody-elses', paymentId: null, times: 1 } });
  expect(JSON.stringify((await paying.ask(FINDINGS, {}, 'officer')).data)).not.toContain('somebody-elses');
});

test.each([
  ['signed by somebody else', (id: string) => simulator.sign(simulator.paymentNotice(id).body, { isForged: true })],
  ['of an unknown serial', (id: string) => simulator.sign(simulator.paymentNotice(id).body, { serial: 'PUB_KEY_ID_0000000000000000000000000000000000' })],
  ['older than five minutes', (id: string) => simulator.sign(simulator.paymentNotice(id).body, { at: paying.server.services.clock.now() - 301_000 })],
  ['from five minutes ahead', (id: string) => simulator.sign(simulator.paymentNotice(id).body, { at: paying.server.services.clock.now() + 301_000 })],
  ['changed by a space', (id: string) => ({ ...simulator.paymentNotice(id), body: `${simulator.paymentNotice(id).body} ` })],
  ['probing whether we look', (id: string) => ({ ...simulator.paymentNotice(id), headers: { ...simulator.paymentNotice(id).headers, 'wechatpay-signature': `WECHATPAY/SIGNTEST/${'x'.repeat(300)}` } })],
  ['without a signature', (id: string) => ({ ...simulator.paymentNotice(id), headers: {} })],
])('a notification %s is refused in the protocol’s own words, and nothing is written', async (_what, notice) => {
  const { paymentId } = await paid();
  const before = await paying.counts();

  expect(await paying.notify('wechat', notice(paymentId))).toEqual({ status: 401, body: '{"code":"FAIL","message":"失败"}' });
  expect(await paying.counts()).toEqual(before);
});

test('a signed notification that cannot be opened or understood is refused, and nothing is written', async () => {
  const { paymentId } = await paid();
  const before = await paying.counts();
  const notices = [
    simulator.paymentNotice(paymentId, { key: 'another-key-of-thirty-two-bytes!' }),
    simulator.paymentNotice(paymentId, { envelope: { resource: { algorithm: 'AEAD_AES_256_GCM', ciphertext: 'AAAA', nonce: 'short' } } }),
    simulator.paymentNotice(paymentId, { envelope: { id: '' } }),
    simulator.paymentNotice(paymentId, { envelope: { id: 'a\u0000b' } }),
    simulator.paymentNotice(paymentId, { resource: { success_time: '+275760-09-13T00:00:00.000Z' } }),
    simulator.paymentNotice(paymentId, { resource: { amount: { total: -1 } } }),
    simulator.sign('[]'), simulator.sign('"'), simulator.sign(''),
  ];

  for (const notice of notices) expect(await paying.notify('wechat', notice)).toEqual({ status: 400, body: '{"code":"FAIL","message":"失败"}' });
  expect(await paying.counts()).toEqual(before);
});

test('an event of another kind is taken and passed over', async () => {
  const before = await paying.counts() as { payment_notification: number };

  expect((await paying.notify('wechat', simulator.notice('SECURITY_ECHO.SUCCESS', { hello: 'there' }))).status).toBe(200);
  expect(await paying.counts()).toEqual({ ...before, payment_notification: before.payment_notification + 1 });
});

test('a provider that is not offered is not there', async () => {
  expect((await paying.notify('local', simulator.sign('{}'))).status).toBe(404);
  expect((await paying.notify('alipay', simulator.sign('{}'))).status).toBe(404);
  expect(await paying.wallet('pay_00000000000000000000000000')).toBe(404);
});

test('whatever comes, signed or not, the answer is never a fault of ours and nothing is written', async () => {
  const before = await paying.counts();
  const text = fc.oneof(fc.json({ maxDepth: 3 }), fc.string({ unit: 'binary', maxLength: 200 }));
  const header = fc.string({ unit: 'grapheme-ascii', maxLength: 120 }).map(value => value.replaceAll(/[^\x21-\x7e]/g, '_'));
  const unsigned = fc.record({ headers: fc.dictionary(fc.constantFrom('wechatpay-serial', 'wechatpay-timestamp', 'wechatpay-nonce', 'wechatpay-signature', 'content-encoding', 'content-type', 'origin'), header), body: fc.oneof(text, fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes))) });
  const resource = fc.dictionary(fc.constantFrom('mchid', 'appid', 'out_trade_no', 'transaction_id', 'trade_state', 'refund_status', 'out_refund_no', 'success_time', 'amount'), fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.string({ unit: 'binary' })));
  const signed = fc.oneof(
    text.map(body => ({ kind: 'body' as const, body })),
    fc.record({ kind: fc.constant('resource' as const), event: fc.constantFrom('TRANSACTION.SUCCESS', 'REFUND.SUCCESS'), resource }),
    fc.record({ kind: fc.constant('envelope' as const), envelope: fc.dictionary(fc.constantFrom('id', 'event_type', 'resource_type', 'resource'), fc.jsonValue({ maxDepth: 2 }), { minKeys: 1 }) }),
  );

  await fc.assert(fc.asyncProperty(unsigned, async notice => {
    const { status } = await paying.notify('wechat', notice);
    expect([400, 401, 403, 413, 415]).toContain(status);
  }), { numRuns: 150 });
  await fc.assert(fc.asyncProperty(signed, async drawn => {
    const notice = drawn.kind === 'body' ? simulator.sign(drawn.body) : drawn.kind === 'resource' ? simulator.notice(drawn.event, drawn.resource) : simulator.notice('TRANSACTION.SUCCESS', {}, { envelope: drawn.envelope });
    expect((await paying.notify('wechat', notice)).status).toBe(400);
  }), { numRuns: 250 });
  const large = await paying.notify('wechat', simulator.sign(JSON.stringify({ padding: 'x'.repeat(70_000) }))).catch(() => ({ status: 400 }));
  expect(large.status).toBe(400);
  expect(await paying.counts()).toEqual(before);
}, 120_000);

test('a database that is away is no refusal: the platform is told to come again', async () => {
  const { paymentId } = await paid();
  const notice = simulator.paymentNotice(paymentId);
  await paying.database.query('alter table payment_notification rename to payment_notification_away');

  expect(await paying.notify('wechat', notice)).toEqual({ status: 503, body: '{"code":"FAIL","message":"失败"}' });

  await paying.database.query('alter table payment_notification_away rename to payment_notification');
  expect((await paying.notify('wechat', notice)).status).toBe(200);
  expect(await paying.row('payment', paymentId)).toMatchObject({ state: 'PAID' });
});

test('nothing of a payment that should stay secret was ever handed to the log (4.5-5)', async () => {
  const chargeId = await paying.charge();
  const { payment, instructions } = await paying.pay(chargeId, { way: 'JSAPI', payerOpenId: 'oSecretOpenIdOfAPayer' });
  simulator.faults.error = { status: 500, code: 'SYSTEM_ERROR' };
  await paying.pay(await paying.charge(), { way: 'JSAPI', payerOpenId: 'oSecretOpenIdOfAnother' });
  simulator.behave();
  const notice = simulator.paymentNotice((simulator.pay(payment.id)).outTradeNo);
  await paying.notify('wechat', notice);
  await paying.notify('wechat', { ...notice, headers: {} });

  const all = logged.join('');
  const { nonce, ciphertext } = (JSON.parse(notice.body) as { resource: { nonce: string; ciphertext: string } }).resource;
  const hidden = [...SECRETS, 'oSecretOpenIdOfAPayer', 'oSecretOpenIdOfAnother', instructions.parameters.paySign, instructions.parameters.package, notice.headers['wechatpay-signature']!, nonce, ciphertext, 'WECHATPAY2-SHA256-RSA2048', 'bizpayurl'];
  expect(logged.length).toBeGreaterThan(10);
  expect(all).toContain('a payment notification was taken');
  expect(hidden.filter(secret => all.includes(secret))).toEqual([]);
});

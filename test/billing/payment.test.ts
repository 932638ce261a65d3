import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { refundCharge } from '../../src/billing/index.js';
import { lockPayment } from '../../src/billing/payments/payment.sql.js';
import { inUnit } from '../support/city.js';
import { CLOSE, PAY, READ, runPaymentJob, startPaying, type Paying } from './payment-city.js';

let paying: Paying;
beforeAll(async () => {
  paying = await startPaying();
}, 120_000);
afterEach(() => paying.local.behave());
afterAll(() => paying.close());

test('a driver pays a charge: the code, the wallet, the notification, the ledger', async () => {
  const chargeId = await paying.charge(1_250);

  const { payment, instructions, userErrors } = await paying.pay(chargeId);
  expect(userErrors).toEqual([]);
  expect(payment).toMatchObject({ state: 'PENDING', amountFen: 1_250, provider: 'local', way: 'NATIVE', paidAt: null });
  expect(instructions).toEqual({ codeUrl: `/payments/local/orders/${payment.id}/pay`, parameters: null });
  expect(await paying.wallet(payment.id)).toBe(200);

  expect((await paying.ask(READ, { id: payment.id })).data.payment).toMatchObject({ state: 'PAID', paidAt: '2026-02-13T09:00:00+08:00', refundedFen: 0, charge: { id: chargeId, state: 'PAID', payments: [{ id: payment.id }] }, refunds: [], findings: [] });
  expect(await paying.row('charge', chargeId)).toMatchObject({ state: 'PAID', paid_fen: 1_250 });
  const [receipt] = await paying.database.query('select provider, amount_fen::int as fen from receipt where charge_id = $1', [chargeId]);
  expect(receipt).toEqual({ provider: 'local', fen: 1_250 });
});

test('the same call again gives the same payment, and so does another call while its code can be scanned', async () => {
  const chargeId = await paying.charge();
  const input = { chargeId, way: 'NATIVE', idempotencyKey: 'the-same' };

  const first = await paying.ask(PAY, { input });
  const again = await paying.ask(PAY, { input });
  const other = await paying.pay(chargeId);

  expect(again.data).toEqual(first.data);
  expect(other).toEqual(first.data.payCharge);
  expect(await paying.database.query('select count(*)::int as count from payment where charge_id = $1', [chargeId])).toEqual([{ count: 1 }]);
});

test('the same key for another charge is a conflict', async () => {
  const [one, two] = [await paying.charge(), await paying.charge()];
  await paying.ask(PAY, { input: { chargeId: one, way: 'NATIVE', idempotencyKey: 'reused' } });

  const { errors } = await paying.ask(PAY, { input: { chargeId: two, way: 'NATIVE', idempotencyKey: 'reused' } });

  expect(errors[0].extensions).toMatchObject({ code: 'CONFLICT', reason: 'KEY_REUSED' });
});

test('sixteen calls at once begin one payment', async () => {
  const chargeId = await paying.charge();

  const answers = await Promise.all(Array.from({ length: 16 }, () => paying.pay(chargeId)));

  expect(new Set(answers.map(answer => answer.payment.id)).size).toBe(1);
  expect(await paying.database.query('select count(*)::int as count from payment where charge_id = $1', [chargeId])).toEqual([{ count: 1 }]);
});

test('one person’s wallet is not another’s: a payment in the app under way refuses the next until it is closed', async () => {
  const chargeId = await paying.charge();
  const first = await paying.pay(chargeId, { way: 'JSAPI', payerOpenId: 'oFirst' });

  const refused = await paying.pay(chargeId, { way: 'JSAPI', payerOpenId: 'oSecond' });
  expect(refused).toMatchObject({ payment: null, userErrors: [{ code: 'PAYMENT_UNDER_WAY', field: 'chargeId' }] });

  const closed = await paying.ask(CLOSE, { input: { paymentId: first.payment.id, idempotencyKey: 'close-first' } });
  expect(closed.data.closePayment).toMatchObject({ payment: { state: 'CLOSED' }, userErrors: [] });
  expect((await paying.pay(chargeId, { way: 'JSAPI', payerOpenId: 'oSecond' })).payment.state).toBe('PENDING');
});

test('a charge that was lessened is paid as it is owed: the code for more is closed at its provider, and nobody can scan it any more', async () => {
  const chargeId = await paying.charge(1_000);
  const first = await paying.pay(chargeId);
  await inUnit(paying.city.scope, unit => refundCharge(unit, { chargeId, amountFen: 400, reason: '缩短预约' }));

  const second = await paying.pay(chargeId);

  expect(second).toMatchObject({ payment: { state: 'PENDING', amountFen: 600 }, userErrors: [] });
  expect(await paying.row('payment', first.payment.id)).toMatchObject({ state: 'CLOSED', amount_fen: 1_000 });
  expect(await paying.wallet(first.payment.id)).toBe(400);
  expect((await paying.pay(chargeId)).payment.id).toBe(second.payment.id);
});

test('a key that was used for another payment closes nothing', async () => {
  const [one, two] = [await paying.pay(await paying.charge()), await paying.pay(await paying.charge())];
  const close = (paymentId: string) => paying.ask(CLOSE, { input: { paymentId, idempotencyKey: 'close-once' } });
  await close(one.payment.id);

  const { errors } = await close(two.payment.id);

  expect(errors[0].extensions).toMatchObject({ code: 'CONFLICT', reason: 'KEY_REUSED' });
  expect(await paying.row('payment', two.payment.id)).toMatchObject({ state: 'PENDING' });
  expect((await close(one.payment.id)).data.closePayment).toMatchObject({ payment: { id: one.payment.id, state: 'CLOSED' }, userErrors: [] });
});

test('who has paid has paid: closing a payment that the payer was faster to make settles it', async () => {
  const chargeId = await paying.charge();
  const { payment } = await paying.pay(chargeId);
  paying.local.faults.isSilent = true;
  await paying.wallet(payment.id);

  const { data } = await paying.ask(CLOSE, { input: { paymentId: payment.id, idempotencyKey: 'too-late' } });

  expect(data.closePayment).toMatchObject({ payment: null, userErrors: [{ code: 'ILLEGAL_TRANSITION' }] });
  expect(await paying.row('charge', chargeId)).toMatchObject({ state: 'PAID' });
});

test('a charge that is paid, voided, or somebody else’s is not paid', async () => {
  const chargeId = await paying.charge();
  const { payment } = await paying.pay(chargeId);
  await paying.wallet(payment.id);
  const open = await paying.charge();
  const before = await paying.counts();

  expect(await paying.pay(chargeId)).toMatchObject({ payment: null, userErrors: [{ code: 'CHARGE_NOT_OPEN', field: 'chargeId' }] });
  expect(await paying.pay(open, {}, 'stranger')).toMatchObject({ code: 'NOT_FOUND' });
  expect(await paying.pay(open, {}, 'nobody')).toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(await paying.pay('chg_00000000000000000000000000')).toMatchObject({ code: 'NOT_FOUND' });
  expect(await paying.pay(open, { way: 'JSAPI' })).toMatchObject({ userErrors: [{ code: 'PAYER_MISSING', field: 'payerOpenId' }] });
  expect(await paying.pay(open, { provider: 'wechat' })).toMatchObject({ userErrors: [{ code: 'PROVIDER_NOT_OFFERED', field: 'provider' }] });
  expect(await paying.counts()).toEqual(before);
});

test('a payment is seen by its payer, by whose facility it is and by the authority, and by nobody else', async () => {
  const { payment } = await paying.pay(await paying.charge());
  const seenBy = async (as: string) => (await paying.ask(READ, { id: payment.id }, as)).data?.payment?.id ?? null;

  expect([await seenBy('driver'), await seenBy('desk'), await seenBy('officer')]).toEqual([payment.id, payment.id, payment.id]);
  expect([await seenBy('stranger'), await seenBy('nobody')]).toEqual([null, null]);
});

test('killed between our row and the provider: the same call again opens the same order', async () => {
  const chargeId = await paying.charge();
  const input = { chargeId, way: 'NATIVE', idempotencyKey: 'killed-before' };
  paying.local.faults.isDown = true;
  const first = await paying.ask(PAY, { input });
  expect(first.errors[0].extensions).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterMs: 1_000 });

  paying.local.behave();
  const again = await paying.ask(PAY, { input });

  expect(again.data.payCharge.payment.state).toBe('PENDING');
  expect(await paying.database.query('select count(*)::int as count from payment where charge_id = $1', [chargeId])).toEqual([{ count: 1 }]);
});

test('killed between the provider and our commit, and paid meanwhile: the notification finds the row that waited for it', async () => {
  const chargeId = await paying.charge();
  const input = { chargeId, way: 'NATIVE', idempotencyKey: 'killed-between' };
  paying.local.faults.losesAnswers = true;
  await paying.ask(PAY, { input });
  const [row] = await paying.database.query<{ id: string; state: string }>('select id, state from payment where charge_id = $1', [chargeId]);
  expect(row!.state).toBe('STARTING');

  paying.local.behave();
  expect(await paying.wallet(row!.id)).toBe(200);
  const again = await paying.ask(PAY, { input });

  expect(again.data.payCharge).toMatchObject({ payment: { id: row!.id, state: 'PAID' }, instructions: null, userErrors: [] });
  expect(await paying.row('charge', chargeId)).toMatchObject({ state: 'PAID' });
});

test('a notification that arrives while the row is held waits for it, and loses nothing', async () => {
  const chargeId = await paying.charge();
  const { payment } = await paying.pay(chargeId);
  let told: Promise<number> | undefined;

  await paying.database.transactional(async (_em, sql) => {
    await lockPayment(sql, payment.id);
    if (paying.database.backEnd !== 'EMBEDDED') told = paying.wallet(payment.id);
  });

  expect(await (told ?? paying.wallet(payment.id))).toBe(200);
  expect(await paying.row('payment', payment.id)).toMatchObject({ state: 'PAID' });
});

test('a payment that was never notified of is asked for, sooner at first and later on', async () => {
  const chargeId = await paying.charge();
  const { payment } = await paying.pay(chargeId);
  paying.local.faults.isSilent = true;
  const { clock } = paying.server.services;

  await runPaymentJob(paying, 'ask-payments');
  expect((await paying.row('payment', payment.id)).asked_count).toBe(0);
  for (const seconds of [15, 15, 30, 60]) {
    clock.advance(seconds * 1_000);
    await runPaymentJob(paying, 'ask-payments');
  }
  expect(await paying.row('payment', payment.id)).toMatchObject({ state: 'PENDING', asked_count: 4 });
  await paying.wallet(payment.id);
  clock.advance(120_000);
  await runPaymentJob(paying, 'ask-payments');

  expect(await paying.row('payment', payment.id)).toMatchObject({ state: 'PAID', ask_at: null });
  expect(await paying.row('charge', chargeId)).toMatchObject({ state: 'PAID' });
});

test('a payment that has run out is closed at its provider, and the charge can be paid anew', async () => {
  const chargeId = await paying.charge();
  const { payment } = await paying.pay(chargeId);

  paying.server.services.clock.advance(15 * 60_000);
  await runPaymentJob(paying, 'ask-payments');

  expect(await paying.row('payment', payment.id)).toMatchObject({ state: 'CLOSED' });
  expect(await paying.wallet(payment.id)).toBe(400);
  const next = await paying.pay(chargeId);
  expect(next.payment).toMatchObject({ state: 'PENDING' });
  expect(next.payment.id).not.toBe(payment.id);
});

test('a payment that has run out before any job saw it is closed by the next call', async () => {
  const chargeId = await paying.charge();
  const { payment } = await paying.pay(chargeId);

  paying.server.services.clock.advance(15 * 60_000);
  const next = await paying.pay(chargeId);

  expect(next.payment.state).toBe('PENDING');
  expect(await paying.row('payment', payment.id)).toMatchObject({ state: 'CLOSED' });
});

test.each([
  ['another amount', { amountFen: 999 }, 'AMOUNT_MISMATCH'],
  ['another currency', { currency: 'USD' }, 'CURRENCY_MISMATCH'],
])('%s than was asked for becomes a finding and settles nothing, told or asked', async (_what, tells, kind) => {
  const chargeId = await paying.charge(1_000);
  const { payment } = await paying.pay(chargeId);
  paying.local.faults.tells = tells;

  expect(await paying.wallet(payment.id)).toBe(200);

  expect((await paying.ask(READ, { id: payment.id })).data.payment).toMatchObject({ state: 'DISPUTED', findings: [{ kind, times: 1 }] });
  expect(await paying.row('charge', chargeId)).toMatchObject({ state: 'OPEN', paid_fen: 0 });

  const asked = (await paying.pay(await paying.charge(1_000))).payment.id;
  paying.local.faults.isSilent = true;
  await paying.wallet(asked);
  paying.server.services.clock.advance(15_000);
  await runPaymentJob(paying, 'ask-payments');

  expect((await paying.ask(READ, { id: asked })).data.payment).toMatchObject({ state: 'DISPUTED', findings: [{ kind, times: 1 }] });
  expect(await paying.database.query('select 1 from charge_payment where charge_id = $1', [chargeId])).toEqual([]);
});

test('the database itself lets no charge have two payments under way, and no payment give back more than it took', async () => {
  const { payment } = await paying.pay(await paying.charge());
  const copy = paying.database.query(`insert into payment (city, id, charge_id, provider, way, amount_fen, state, expires_at, created_at, created_by) select city, 'pay_00000000000000000000000000', charge_id, provider, way, amount_fen, state, expires_at, created_at, created_by from payment where id = $1`, [payment.id]);

  await expect(copy).rejects.toMatchObject({ code: '23505' });
  await expect(paying.database.query('update payment set refunded_fen = 1 where id = $1', [payment.id])).rejects.toMatchObject({ code: '23514' });
});

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { refundCharge } from '../../src/billing/index.js';
import { readConfiguration } from '../../src/platform/index.js';
import { offersPlayMoney } from '../../src/billing/payments/providers.js';
import { inUnit } from '../support/city.js';
import { READ, runPaymentJob, startPaying, type Paying } from './payment-city.js';

let paying: Paying;
beforeAll(async () => {
  paying = await startPaying();
}, 120_000);
afterEach(() => paying.local.behave());
afterAll(() => paying.close());

const stateOf = async (paymentId: string): Promise<string> => (await paying.row('payment', paymentId)).state as string;
const begun = async (amountFen = 1_000): Promise<string> => (await paying.pay(await paying.charge(amountFen))).payment.id;
const settledTimes = async (paymentId: string): Promise<number> => (await paying.database.query(`select 1 from ledger_transaction t join payment p on p.charge_id = t.charge_id where p.id = $1 and t.kind = 'PAYMENT'`, [paymentId])).length;

test('delayed: nothing is settled before the provider speaks', async () => {
  const id = await begun();
  paying.local.faults.delayMs = 10_000;
  await paying.wallet(id);
  expect(await stateOf(id)).toBe('PENDING');

  paying.server.services.clock.advance(10_000);
  await runPaymentJob(paying, 'deliver-local-notices');

  expect(await stateOf(id)).toBe('PAID');
});

test('duplicated: five copies of one notification settle once', async () => {
  const id = await begun();
  paying.local.faults.copies = 5;

  await paying.wallet(id);

  expect(await paying.database.query('select count(*)::int as count from local_notice where delivered_at is not null and body like $1', [`%${id}%`])).toEqual([{ count: 5 }]);
  expect(await paying.database.query('select verdict from payment_notification where subject_id = $1', [id])).toEqual([{ verdict: 'APPLIED' }]);
  expect(await settledTimes(id)).toBe(1);
});

test('wrongly signed: refused until the provider signs rightly, and the payment is found by asking meanwhile', async () => {
  const id = await begun();
  paying.local.faults.isForging = true;
  await paying.wallet(id);
  expect(await stateOf(id)).toBe('PENDING');
  expect(await paying.local.deliver()).toEqual([]);
  paying.server.services.clock.advance(15_000);
  expect(await paying.local.deliver()).toEqual([401]);

  await runPaymentJob(paying, 'ask-payments');

  expect(await stateOf(id)).toBe('PAID');
  expect(await settledTimes(id)).toBe(1);
});

test('out of order: the latest payment is told of first', async () => {
  const ids = [await begun(), await begun(), await begun()];
  Object.assign(paying.local.faults, { delayMs: 5_000, isReversed: true });
  for (const id of ids) await paying.wallet(id);
  paying.server.services.clock.advance(5_000);

  await paying.local.deliver();

  expect(await Promise.all(ids.map(stateOf))).toEqual(['PAID', 'PAID', 'PAID']);
});

test('a part is refunded through the provider’s own notification', async () => {
  const id = await begun();
  await paying.wallet(id);
  const { charge_id: chargeId } = await paying.row('payment', id);
  await inUnit(paying.city.scope, unit => refundCharge(unit, { chargeId: chargeId as string, amountFen: 250, reason: '提前驶离' }));

  await runPaymentJob(paying, 'send-refunds');
  await runPaymentJob(paying, 'deliver-local-notices');

  expect((await paying.ask(READ, { id })).data.payment).toMatchObject({ state: 'PAID', refundedFen: 250, refunds: [{ amountFen: 250, state: 'DONE' }] });
});

test('a wallet pays an order once, and none that is closed or unknown', async () => {
  const id = await begun();

  expect(await paying.wallet(id)).toBe(200);
  expect(await paying.wallet(id)).toBe(400);
  expect(await paying.wallet('pay_00000000000000000000000000')).toBe(400);
});

test('play money is offered in the embedded mode and to the demo city, never beside real money and never unasked on a real database', () => {
  const offered = (environment: Record<string, string>): boolean => offersPlayMoney(readConfiguration(environment));
  const real = { DATABASE_URL: 'postgres://db/city', SEALING_KEYS: `main:${Buffer.alloc(32, 1).toString('base64')}`, LOOKUP_KEY: Buffer.alloc(32, 2).toString('base64') };

  expect(offered({})).toBe(true);
  expect(offered({ LOCAL_PAYMENTS: 'false' })).toBe(false);
  expect(offered(real)).toBe(false);
  expect(offered({ ...real, DEMO_CITY: 'true' })).toBe(true);
  expect(offered({ ...real, LOCAL_PAYMENTS: 'true' })).toBe(true);
});

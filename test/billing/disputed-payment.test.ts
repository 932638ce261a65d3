import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { unpaidCharges } from '../../src/billing/index.js';
import { checkLedger } from '../../src/billing/ledger-check.js';
import { markUnpaidCharges } from '../../src/billing/mark-unpaid.js';
import { refund } from './ledger-city.js';
import { disputedPayment, runPaymentJob, startPaying, type Paying } from './payment-city.js';

let paying: Paying;

beforeAll(async () => {
  paying = await startPaying();
}, 120_000);
afterEach(() => paying.local.behave());
afterAll(() => paying.close());

const HOUR = 3_600_000;

const resolve = (findingId: string, resolution: string): Promise<any> => paying.resolve(findingId, { resolution });
const disputed = (toldFen: number, facility?: 'shop' | 'agency') => disputedPayment(paying, toldFen, facility);
const stateOf = async (chargeId: string): Promise<string> => (await paying.row('charge', chargeId)).state;
const restOf = async (chargeId: string): Promise<any> => (await paying.database.query('select c.id, c.amount_fen::int as fen, c.state, c.cause_id as cause, c.due_at > c.opened_at as later from charge_rest r join charge c on c.id = r.rest_id where r.charge_id = $1', [chargeId]))[0];
const takeOff = (chargeId: string, amountFen: number) => refund(paying.city, chargeId, amountFen);
const blockedBy = async (): Promise<readonly string[]> => (await unpaidCharges(paying.database, [paying.city.parties.driver])).map(({ id }) => id);

test('while money that came is in dispute its charge does not fall due; once that is answered its payer has a day', async () => {
  const { chargeId, findingId } = await disputed(999);
  const other = await paying.charge(1_000);
  paying.server.services.clock.advance(2 * HOUR);

  await markUnpaidCharges(paying.server.services);
  expect([await stateOf(chargeId), await stateOf(other)]).toEqual(['OPEN', 'UNPAID']);

  expect((await resolve(findingId, 'GIVEN_BACK')).userErrors).toEqual([]);
  await markUnpaidCharges(paying.server.services);
  expect(await stateOf(chargeId)).toBe('OPEN');
  paying.server.services.clock.advance(25 * HOUR);
  await markUnpaidCharges(paying.server.services);
  expect(await stateOf(chargeId)).toBe('UNPAID');
});

test('a charge that was past due before the money came blocks nobody while that is in dispute', async () => {
  const chargeId = await paying.charge(1_000);
  paying.server.services.clock.advance(2 * HOUR);
  await markUnpaidCharges(paying.server.services);
  expect(await blockedBy()).toContain(chargeId);
  const { payment } = await paying.pay(chargeId);
  paying.local.faults.tells = { amountFen: 1 };
  await paying.wallet(payment.id);
  await runPaymentJob(paying, 'deliver-local-notices');

  expect(await stateOf(chargeId)).toBe('UNPAID');
  expect(await blockedBy()).not.toContain(chargeId);
});

test.each(['shop', 'agency'] as const)('what came is taken as the payment of a %s’s charge, the rest is a charge of its own: in all as much is owed as before, and all that came is earned', async facility => {
  const before = await paying.balances();
  const { chargeId, paymentId, findingId } = await disputed(940, facility);

  expect((await resolve(findingId, 'TAKEN')).userErrors).toEqual([]);

  expect(await paying.row('charge', chargeId)).toMatchObject({ state: 'PAID', amount_fen: 940, paid_fen: 940 });
  expect(await paying.row('payment', paymentId)).toMatchObject({ state: 'PAID', amount_fen: 940, refunded_fen: 0 });
  const rest = await restOf(chargeId);
  expect(rest).toEqual({ id: expect.any(String), fen: 60, state: 'OPEN', cause: 'rsv_test', later: true });
  expect((await paying.ask('query($id: ID!) { charge(id: $id) { rest { id amountFen rest { id } } } }', { id: chargeId })).data.charge.rest).toEqual({ id: rest.id, amountFen: 60, rest: null });
  const payee = facility === 'agency' ? 'TREASURY' : 'PAYABLE';
  const after = await paying.balances();
  expect([(before[payee] ?? 0) - after[payee]!, after.RECEIVABLE! - (before.RECEIVABLE ?? 0)]).toEqual([940, 60]);

  const { payment } = await paying.pay(rest.id);
  expect(payment.amountFen).toBe(60);
  await paying.wallet(payment.id);
  await runPaymentJob(paying, 'deliver-local-notices');
  expect(await stateOf(rest.id)).toBe('PAID');
  expect(await checkLedger(paying.database)).toMatchObject({ isSound: true, differences: [] });
});

test('who opened a charge takes all of it off again, and its rest with it', async () => {
  const [unpaid, paid] = [await disputed(940), await disputed(940)];
  for (const { findingId } of [unpaid, paid]) await resolve(findingId, 'TAKEN');
  const rest = await restOf(paid.chargeId);
  const { payment } = await paying.pay(rest.id);
  await paying.wallet(payment.id);
  await runPaymentJob(paying, 'deliver-local-notices');

  expect(await takeOff(unpaid.chargeId, 1_001)).toMatchObject({ ok: false });
  expect(await takeOff(unpaid.chargeId, 1_000)).toMatchObject({ ok: true });
  expect([await stateOf(unpaid.chargeId), (await restOf(unpaid.chargeId)).state]).toEqual(['REFUNDED', 'VOID']);
  expect(await takeOff(paid.chargeId, 500)).toMatchObject({ ok: true });
  expect([await stateOf(paid.chargeId), (await restOf(paid.chargeId)).state]).toEqual(['PART_REFUNDED', 'PAID']);
  expect(await takeOff(paid.chargeId, 500)).toMatchObject({ ok: true });
  expect([await stateOf(paid.chargeId), (await restOf(paid.chargeId)).state]).toEqual(['REFUNDED', 'REFUNDED']);
  expect(await checkLedger(paying.database)).toMatchObject({ isSound: true, differences: [] });
});

test('what is taken off a charge is taken off its rest first, while nobody has paid that: no money goes back to whoever still owes it, and it is said how much goes back', async () => {
  const { chargeId, findingId } = await disputed(600);
  await resolve(findingId, 'TAKEN');

  expect(await takeOff(chargeId, 300)).toEqual({ ok: true, value: { refundId: null, givenBackFen: 0 } });
  expect([await stateOf(chargeId), await restOf(chargeId)]).toMatchObject(['PAID', { state: 'OPEN', fen: 100 }]);
  expect(await takeOff(chargeId, 701)).toMatchObject({ ok: false, problems: [{ code: 'REFUND_OUT_OF_RANGE', data: { mostFen: 700 } }] });
  expect(await takeOff(chargeId, 300)).toEqual({ ok: true, value: { refundId: expect.any(String), givenBackFen: 200 } });

  expect([await stateOf(chargeId), await restOf(chargeId)]).toMatchObject(['PART_REFUNDED', { state: 'VOID', fen: 0 }]);
  expect(await checkLedger(paying.database)).toMatchObject({ isSound: true, differences: [] });
});

test('more than was owed is taken, and what is too much goes back', async () => {
  const { chargeId, paymentId, findingId } = await disputed(1_250);

  expect((await resolve(findingId, 'TAKEN')).userErrors).toEqual([]);

  expect(await paying.row('charge', chargeId)).toMatchObject({ state: 'PAID', paid_fen: 1_000 });
  expect(await paying.row('payment', paymentId)).toMatchObject({ amount_fen: 1_250, refunded_fen: 250 });
  expect(await restOf(chargeId)).toBeUndefined();
});

test('said by eight people at once it is taken once; what was paid anew meanwhile, or is not owed any more, is not taken', async () => {
  const [one, paidAnew, voided] = [await disputed(999), await disputed(999), await disputed(999)];
  const answers = await Promise.all(Array.from({ length: 8 }, () => resolve(one.findingId, 'TAKEN')));
  expect(answers.filter(answer => answer.finding !== null)).toHaveLength(1);
  expect(await paying.database.query('select count(*)::int as count from charge_rest where charge_id = $1', [one.chargeId])).toEqual([{ count: 1 }]);

  const { payment } = await paying.pay(paidAnew.chargeId);
  await paying.wallet(payment.id);
  await runPaymentJob(paying, 'deliver-local-notices');
  await takeOff(voided.chargeId, 1_000);
  const before = await paying.counts();
  for (const { findingId } of [paidAnew, voided]) expect(await resolve(findingId, 'TAKEN')).toMatchObject({ finding: null, userErrors: [{ code: 'NOT_TAKEABLE' }] });
  expect(await paying.counts()).toEqual(before);
  expect((await resolve(paidAnew.findingId, 'GIVEN_BACK')).userErrors).toEqual([]);
});

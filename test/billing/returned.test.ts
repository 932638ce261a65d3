import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { refundCharge } from '../../src/billing/index.js';
import { checkLedger } from '../../src/billing/ledger-check.js';
import { openNotice } from '../../src/identity/tell-parties.js';
import { isRefusal } from '../../src/kernel/index.js';
import { inUnit } from '../support/city.js';
import { runPaymentJob, startPaying, type Paying } from './payment-city.js';

let paying: Paying;
beforeAll(async () => {
  paying = await startPaying();
}, 120_000);
afterEach(() => paying.local.behave());
afterAll(() => paying.close());

const CHARGE = 'query c($id: ID!) { charge(id: $id) { state amountFen paidFen refundedFen paidAt chargeRefunds { amountFen sentAt } lines { amountFen isVoid } receipt { id } } }';
const read = async (chargeId: string): Promise<any> => (await paying.ask(CHARGE, { id: chargeId })).data.charge;
const lessen = async (chargeId: string, amountFen: number): Promise<void> => {
  const outcome = await inUnit(paying.city.scope, unit => refundCharge(unit, { chargeId, amountFen, reason: '供给方收回泊位' }));
  if (isRefusal(outcome)) throw new Error(outcome.problems[0].en);
};
const noticesOf = async (chargeId: string): Promise<object[]> => {
  const rows = await paying.database.query<{ id: string; partyId: string; topic: string; sealedText: string }>(`select id, party_id as "partyId", topic, sealed_text as "sealedText" from notice where subject_kind = 'Charge' and subject_id = $1 order by id`, [chargeId]);
  return rows.map(({ partyId, topic, ...sealed }) => ({ partyId, topic, ...openNotice(paying.server.services.sealer, sealed) }));
};
/** What came in for a charge and what of it is owed back, or was sent, as the ledger has it. */
const booked = async (chargeId: string): Promise<unknown> =>
  (await paying.database.query(
    `select coalesce(sum(p.amount_fen) filter (where a.kind = 'CLEARING' and p.amount_fen > 0), 0)::int as "cameFen",
       coalesce(-sum(p.amount_fen) filter (where a.kind = 'CLEARING' and p.amount_fen < 0), 0)::int as "sentFen",
       coalesce(-sum(p.amount_fen) filter (where a.kind = 'PAYABLE'), 0)::int as "earnedFen"
     from ledger_transaction t join ledger_posting p on p.city = t.city and p.transaction_id = t.id join ledger_account a on a.city = p.city and a.id = p.account_id
     where t.charge_id = $1`,
    [chargeId],
  ))[0];
/** A provider takes a refund of one payment a minute. */
const sendBack = async (): Promise<void> => {
  paying.server.services.clock.advance(60_000);
  await runPaymentJob(paying, 'send-refunds');
  await runPaymentJob(paying, 'deliver-local-notices');
};

test('a charge that was voided while its payment was under way says what came and that all of it goes back, fen by fen as the ledger, and its payer is told', async () => {
  const chargeId = await paying.charge(1_000);
  const { payment } = await paying.pay(chargeId);
  await lessen(chargeId, 1_000);
  expect(await read(chargeId)).toMatchObject({ state: 'VOID', amountFen: 0, paidFen: 0, refundedFen: 0, chargeRefunds: [] });
  expect(await noticesOf(chargeId)).toEqual([]);

  expect(await paying.wallet(payment.id)).toBe(200);

  expect(await read(chargeId)).toEqual({ state: 'VOID', amountFen: 0, paidFen: 1_000, refundedFen: 1_000, paidAt: null, chargeRefunds: [{ amountFen: 1_000, sentAt: null }], lines: [{ amountFen: 1_000, isVoid: true }], receipt: null });
  expect(await booked(chargeId)).toEqual({ cameFen: 1_000, sentFen: 0, earnedFen: 0 });
  expect(await noticesOf(chargeId)).toEqual([{ partyId: paying.city.parties.driver, topic: 'charge.givenBack', zh: '费用已作废，收到的 10.00 元将全额退还', en: 'the charge is void: the 10.00 yuan that came in are given back whole' }]);

  await sendBack();
  expect(await read(chargeId)).toMatchObject({ paidFen: 1_000, refundedFen: 1_000, chargeRefunds: [{ amountFen: 1_000, sentAt: expect.any(String) }] });
  expect(await booked(chargeId)).toEqual({ cameFen: 1_000, sentFen: 1_000, earnedFen: 0 });
  expect(await noticesOf(chargeId)).toHaveLength(1);
  expect(await checkLedger(paying.database)).toMatchObject({ isSound: true, differences: [], sumFen: 0 });
});

test('of one that was lessened meanwhile what was owed is kept and the rest goes back; a refund later adds to it', async () => {
  const chargeId = await paying.charge(1_000);
  const { payment } = await paying.pay(chargeId);
  await lessen(chargeId, 350);

  await paying.wallet(payment.id);

  expect(await read(chargeId)).toMatchObject({ state: 'PAID', amountFen: 650, paidFen: 1_000, refundedFen: 350, chargeRefunds: [{ amountFen: 350 }] });
  expect(await booked(chargeId)).toEqual({ cameFen: 1_000, sentFen: 0, earnedFen: 650 });
  expect(await noticesOf(chargeId)).toMatchObject([{ en: '3.50 yuan more than was owed came in: they are given back whole' }]);

  paying.server.services.clock.advance(1_000);
  await lessen(chargeId, 200);
  await sendBack();
  await sendBack();
  expect(await read(chargeId)).toMatchObject({ state: 'PART_REFUNDED', amountFen: 650, paidFen: 1_000, refundedFen: 550, chargeRefunds: [{ amountFen: 350 }, { amountFen: 200 }] });
  expect(await booked(chargeId)).toEqual({ cameFen: 1_000, sentFen: 550, earnedFen: 450 });
  expect(await checkLedger(paying.database)).toMatchObject({ isSound: true, differences: [] });
});

test('one that is paid as it was asked for says what it always said, and nobody is told of a return', async () => {
  const chargeId = await paying.charge(1_000);
  const { payment } = await paying.pay(chargeId);
  await paying.wallet(payment.id);
  await lessen(chargeId, 400);

  expect(await read(chargeId)).toMatchObject({ state: 'PART_REFUNDED', amountFen: 1_000, paidFen: 1_000, refundedFen: 400, chargeRefunds: [{ amountFen: 400 }] });
  expect(await noticesOf(chargeId)).toEqual([]);
});

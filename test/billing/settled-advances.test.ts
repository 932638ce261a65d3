import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { identityRoom } from '../../src/identity/index.js';
import { openNotice } from '../../src/identity/tell-parties.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { refundSent } from '../../src/billing/index.js';
import { closeSettlementDays } from '../../src/billing/close-settlement-days.js';
import { checkLedger } from '../../src/billing/ledger-check.js';
import { postedElsewhere, refundSentAgain } from '../../src/billing/refund-sent.js';
import { linesOfBatch } from '../../src/billing/settlement.loaders.js';
import type { Database } from '../../src/platform/index.js';
import { inUnit } from '../support/city.js';
import { openTestDatabase } from '../support/database.js';
import { balances, foundLedgerCity, openCharge, pay, refund, valueOf, type LedgerCity } from './ledger-city.js';

let database: Database;
let city: LedgerCity;
let day = 0;
let reference = 0;

beforeAll(async () => {
  database = await openTestDatabase([...identityRoom.entities, ...facilitiesRoom.entities]);
  city = await foundLedgerCity(database);
});

// Each test has days of its own: at 09:00, a month apart, with everything before them settled.
beforeEach(async () => {
  city.services.clock.set(Date.UTC(2026, 1 + (day += 1), 1, 1));
  await closeSettlementDays(city.services);
});

afterAll(() => database.close());

type Site = keyof LedgerCity['facilities'];

async function paid(site: Site, amountFen = 1_000): Promise<string> {
  const chargeId = await openCharge(city, city.facilities[site], { amountFen });
  valueOf(await pay(city, chargeId, amountFen, `a-${(reference += 1)}`));
  return chargeId;
}

const owed = async (chargeId: string, amountFen = 400): Promise<string> => valueOf(await refund(city, chargeId, amountFen)).refundId!;
/** A party gave a refund back of its own money. */
const advance = (refundId: string, partyId: string) => inUnit(city.scope, unit => postedElsewhere(unit, { refundId, attempt: null, settledBy: { source: 'PARTY', partyId } }));
/** A refund of a shop's charge went twice, and a party has what came back. */
async function held(partyId: string, amountFen = 400): Promise<string> {
  const refundId = await owed(await paid('shop', amountFen), amountFen);
  await inUnit(city.scope, async unit => {
    await refundSent(unit, { refundId });
    await refundSentAgain(unit, { refundId, attempt: 1 });
    await postedElsewhere(unit, { refundId, attempt: 1, settledBy: { source: 'PARTY', partyId } });
  });
  return refundId;
}
const nextDay = (): Promise<readonly string[]> => {
  city.services.clock.advance(86_400_000);
  return closeSettlementDays(city.services);
};
const batches = (ids: readonly string[]) => database.query(`select kind, payee_id as payee, lines, receipts_fen::int as receipts, refunds_fen::int as refunds, amount_fen::int as amount from settlement_batch where id = any($1) order by kind, amount_fen`, [ids]);
const advancedOf = async (partyId: string): Promise<number> => (await database.query<{ fen: number }>(`select coalesce(-sum(p.amount_fen), 0)::int as fen from ledger_posting p join ledger_account a on a.city = p.city and a.id = p.account_id where a.kind = 'ADVANCED' and a.party_id = $1`, [partyId]))[0]!.fen;
const noticesOf = async (partyId: string): Promise<object[]> => {
  const rows = await database.query<{ id: string; subjectId: string; topic: string; sealedText: string }>(`select id, subject_id as "subjectId", topic, sealed_text as "sealedText" from notice where party_id = $1 order by id`, [partyId]);
  return rows.map(({ subjectId, topic, ...sealed }) => ({ subjectId, topic, ...openNotice(city.services.sealer, sealed) }));
};
const isSound = async (): Promise<void> => expect(await checkLedger(database)).toMatchObject({ isSound: true, differences: [] });

test('who gave a refund back of its own money is repaid by its next batch, though it earns nothing here, by a line that leads to the charge', async () => {
  const { operator, shop } = city.parties;
  const chargeId = await paid('shop');
  const refundId = await owed(chargeId);
  await advance(refundId, operator);
  const bookedAt = city.services.clock.now();

  const ids = await nextDay();

  expect(await batches(ids)).toEqual([
    { kind: 'SETTLEMENT', payee: operator, lines: 1, receipts: 400, refunds: 0, amount: 400 },
    { kind: 'SETTLEMENT', payee: shop, lines: 2, receipts: 1_000, refunds: 400, amount: 600 },
  ]);
  const [batch] = await database.query<{ id: string; city: string }>('select id, city from settlement_batch where id = any($1) and payee_id = $2', [ids, operator]);
  const { edges } = await linesOfBatch(city.scope, { ...batch, lineCount: 1 } as never, { first: 10, after: null });
  expect(edges.map(({ node }) => node)).toEqual([{ transactionId: expect.any(String), kind: 'ADVANCE', chargeId, facilityId: city.facilities.shop, amountFen: 400, bookedAt }]);
  expect(await advancedOf(operator)).toBe(0);
  expect(await database.query(`select details from audit_entry where action = 'settlement:advance' and object_id = $1`, [refundId])).toEqual([{ details: { partyId: operator, owedFen: 400, attempt: null } }]);
  expect(await noticesOf(operator)).toEqual([{ subjectId: chargeId, topic: 'charge.advanceSettled', zh: '登记为贵方以自有资金退付付款人的 4.00 元，将在下一次结算中归还', en: 'the 4.00 yuan that you are recorded to have given back to a payer of your own money are repaid by your next batch' }]);
  expect(await nextDay()).toEqual([]);
  await isSound();
});

test('what a party holds of money that came back is set off against what is due to it, at most all of that: the rest waits for its next income', async () => {
  const { shop } = city.parties;
  await held(shop, 700);
  await paid('shop', 500);

  expect(await nextDay()).toEqual([]);
  expect(await noticesOf(shop)).toMatchObject([{ topic: 'charge.advanceSettled', en: 'the 7.00 yuan that came back from a payer and you are recorded to hold are taken off what is paid out to you' }]);
  await isSound();
  await paid('shop', 350);

  expect(await batches(await nextDay())).toEqual([{ kind: 'SETTLEMENT', payee: shop, lines: 5, receipts: 1_550, refunds: 1_400, amount: 150 }]);
  expect(await advancedOf(shop)).toBe(0);
  await isSound();
});

test('what was remitted to the treasury is netted with nothing: who gave it back waits for the treasury, and the remittance is whole (3.5-6)', async () => {
  const { agency, operator } = city.parties;
  await advance(await owed(await paid('agency')), operator);

  expect(await batches(await nextDay())).toEqual([{ kind: 'REMITTANCE', payee: agency, lines: 1, receipts: 1_000, refunds: 0, amount: 1_000 }]);

  expect(await advancedOf(operator)).toBe(400);
  expect(await checkLedger(database)).toMatchObject({ isSound: true, advancedFen: 400 });
});

test('what a party holds to which nothing is paid out stays in sight until something is', async () => {
  const { platform } = city.parties;
  await held(platform);
  await paid('shop', 100);

  await nextDay();
  expect(await advancedOf(platform)).toBe(-400);

  await advance(await owed(await paid('shop', 600), 600), platform);
  expect(await batches(await nextDay())).toMatchObject([{ payee: platform, receipts: 600, refunds: 0, amount: 600 }]);
  await nextDay();
  expect(await advancedOf(platform)).toBe(0);
  await isSound();
});

test('at once: four servers repay each advance once', async () => {
  const { operator } = city.parties;
  const charges = await Promise.all(Array.from({ length: 5 }, () => paid('shop')));
  for (const chargeId of charges) await advance(await owed(chargeId), operator);
  city.services.clock.advance(86_400_000);

  const ids = (await Promise.all(Array.from({ length: 4 }, () => closeSettlementDays(city.services)))).flat();

  expect(await batches(ids)).toMatchObject([{ payee: operator, lines: 5, amount: 2_000 }, { payee: city.parties.shop, amount: 3_000 }]);
  await isSound();
});

test('the database itself lets no entry repay what nobody advanced, in part, to another, twice, or of the treasury’s', async () => {
  const { operator, shop } = city.parties;
  const [ordinary, ofTreasury, unpaid] = [await owed(await paid('shop')), await owed(await paid('agency')), await owed(await paid('shop'))];
  for (const refundId of [ordinary, ofTreasury]) await advance(refundId, operator);
  const before = await balances(database);
  const post = (refundId: string, fen: number, payee = operator): Promise<unknown> => database.transactional(async (_em, sql) => {
    const id = `ltx_${String((reference += 1)).padStart(26, '0')}`;
    await sql.query(`insert into ledger_transaction (city, id, kind, amount_fen, refund_id, at) select city, $2, 'ADVANCE_SETTLED', $3, id, now() from charge_refund where id = $1`, [refundId, id, fen]);
    await sql.query(
      `insert into ledger_posting (city, transaction_id, nth, account_id, amount_fen)
       select a.city, $1, n.nth, a.id, n.fen from unnest($2::int[], $3::text[], $4::text[], $5::bigint[]) as n (nth, kind, party, fen) join ledger_account a on a.kind = n.kind and a.party_id = n.party`,
      [id, [0, 1], ['ADVANCED', 'PAYABLE'], [operator, payee], [fen, -fen]],
    );
  });

  for (const [refundId, fen, payee] of [[unpaid, 400], [ofTreasury, 400], [ordinary, 399], [ordinary, 400, shop]] as const) {
    await expect(post(refundId, fen, payee)).rejects.toMatchObject({ constraint: 'ledger_advance_whole' });
  }
  expect(await balances(database)).toEqual(before);
  await nextDay();
  await expect(post(ordinary, 400)).rejects.toMatchObject({ constraint: 'ledger_transaction_refund_once' });
  await isSound();
});

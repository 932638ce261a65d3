import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { identityRoom } from '../../src/identity/index.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { openCharges, unpaidCharges } from '../../src/billing/index.js';
import { markUnpaidCharges } from '../../src/billing/mark-unpaid.js';
import type { Database } from '../../src/platform/index.js';
import { inUnit } from '../support/city.js';
import { openTestDatabase } from '../support/database.js';
import { balances, foundLedgerCity, openCharge, pay, refund, stayDraft, valueOf, type LedgerCity } from './ledger-city.js';

let database: Database;
let city: LedgerCity;

beforeAll(async () => {
  database = await openTestDatabase([...identityRoom.entities, ...facilitiesRoom.entities]);
  city = await foundLedgerCity(database);
});

afterAll(() => database.close());

const stateOf = async (id: string) => (await database.query(`select state, amount_fen::int as amount, paid_fen::int as paid, refunded_fen::int as refunded from charge where id = $1`, [id]))[0];
const before = new Map<string, Record<string, number>>();
async function moved<T>(work: () => Promise<T>): Promise<Record<string, number>> {
  const old = await balances(database);
  await work();
  const now = await balances(database);
  before.set('last', now);
  const kinds = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
  return Object.fromEntries(kinds.map(kind => [kind, (now[kind] ?? 0) - (old[kind] ?? 0)] as const).filter(([, fen]) => fen !== 0));
}

test('a charge is owed, then paid: the shop earns it whole', async () => {
  let id = '';
  expect(await moved(async () => { id = await openCharge(city, city.facilities.shop); })).toEqual({ AWAITED: -1_000, RECEIVABLE: 1_000 });

  expect(await moved(async () => valueOf(await pay(city, id, 1_000, 'c-1')))).toEqual({ AWAITED: 1_000, CLEARING: 1_000, PAYABLE: -1_000, RECEIVABLE: -1_000 });
  expect(await stateOf(id)).toEqual({ state: 'PAID', amount: 1_000, paid: 1_000, refunded: 0 });
});

test('the same payment again changes nothing; its number for another amount is refused', async () => {
  const id = await openCharge(city, city.facilities.shop);
  valueOf(await pay(city, id, 1_000, 'c-2'));

  expect(await moved(async () => valueOf(await pay(city, id, 1_000, 'c-2')))).toEqual({});
  expect(await pay(city, id, 900, 'c-2')).toMatchObject({ ok: false, problems: [{ code: 'PAYMENT_REFERENCE_REUSED' }] });
});

test('a second payment of a charge is owed back whole, and nobody earns it', async () => {
  const id = await openCharge(city, city.facilities.agency);
  valueOf(await pay(city, id, 1_000, 'c-3'));

  expect(await moved(async () => valueOf(await pay(city, id, 1_000, 'c-4')))).toEqual({ CLEARING: 1_000, REFUND_OWED: -1_000 });
});

test('a charge that was lessened after its payment began gives the surplus back', async () => {
  const id = await openCharge(city, city.facilities.shop);
  expect(await moved(async () => valueOf(await refund(city, id, 400)))).toEqual({ AWAITED: 400, RECEIVABLE: -400 });

  expect(await moved(async () => valueOf(await pay(city, id, 1_000, 'c-5')))).toEqual({ AWAITED: 600, CLEARING: 1_000, PAYABLE: -600, RECEIVABLE: -600, REFUND_OWED: -400 });
});

test('less than what is owed settles nothing', async () => {
  const id = await openCharge(city, city.facilities.shop);

  expect(await moved(async () => expect(await pay(city, id, 999, 'c-6')).toMatchObject({ problems: [{ code: 'PAID_TOO_LITTLE' }] }))).toEqual({});
  expect(await stateOf(id)).toMatchObject({ state: 'OPEN' });
});

test('taking all off before payment voids; a void charge can be neither lessened nor refunded', async () => {
  const id = await openCharge(city, city.facilities.shop);
  valueOf(await refund(city, id, 1_000));

  expect(await stateOf(id)).toEqual({ state: 'VOID', amount: 0, paid: 0, refunded: 0 });
  expect(await refund(city, id, 1)).toMatchObject({ ok: false, problems: [{ code: 'ILLEGAL_TRANSITION' }] });
});

test('a part refund, then the rest: the payee gives back what it got, never more', async () => {
  const id = await openCharge(city, city.facilities.shop);
  valueOf(await pay(city, id, 1_000, 'c-7'));

  expect(await moved(async () => valueOf(await refund(city, id, 333)))).toEqual({ PAYABLE: 333, REFUND_OWED: -333 });
  expect(await refund(city, id, 668)).toMatchObject({ problems: [{ code: 'REFUND_OUT_OF_RANGE', data: { mostFen: 667 } }] });
  valueOf(await refund(city, id, 667));
  expect(await stateOf(id)).toEqual({ state: 'REFUNDED', amount: 1_000, paid: 1_000, refunded: 1_000 });
});

test('a charge is unpaid once it is past due, and is said to be, once; paying it ends that', async () => {
  const id = await openCharge(city, city.facilities.shop, { dueAt: city.services.clock.now() + 1_000, payerId: city.parties.shop });
  city.services.clock.advance(1_001);

  expect(await markUnpaidCharges(city.services)).toBe(1);
  expect(await markUnpaidCharges(city.services)).toBe(0);
  expect((await unpaidCharges(database, [city.parties.shop])).map(charge => charge.id)).toEqual([id]);
  expect(await database.query(`select payload ->> 'chargeId' as id from outbox_event where topic = 'billing.chargeUnpaid'`)).toEqual([{ id }]);
  valueOf(await pay(city, id, 1_000, 'c-8'));
  expect(await unpaidCharges(database, [city.parties.shop])).toEqual([]);
});

test('hundreds of charges take as many statements as one', async () => {
  const counted = async (drafts: number): Promise<number> => {
    let statements = 0;
    await inUnit(city.scope, unit => openCharges(new Proxy(unit, { get: (target, name) => {
      const value = Reflect.get(target, name, target) as unknown;
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (name === 'query') statements += 1;
        return (value as (...args: unknown[]) => unknown).apply(target, args);
      };
    } }), Array.from({ length: drafts }, () => stayDraft(city, city.facilities.shop))));
    return statements;
  };

  expect(await counted(300)).toBe(await counted(1));
});

test('a total that is not the sum of its lines is a defect, and writes nothing', async () => {
  const drafts = [stayDraft(city, city.facilities.shop, { lines: [{ zh: '停车费', en: 'stay', amountFen: 999 }] })];

  expect(await moved(() => expect(inUnit(city.scope, unit => openCharges(unit, drafts))).rejects.toThrow(/sum of its lines/))).toEqual({});
});

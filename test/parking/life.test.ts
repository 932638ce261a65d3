import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Viewer } from '../../src/platform/index.js';
import { quotaOf } from '../../src/sharing/index.js';
import { openBookingCity, type BookingCity } from './booking-city.js';
import { Book, Cancel, Change, Model, Pass, Pay, QUOTA, VEHICLES } from './life-model.js';


let city: BookingCity;
let driver: Viewer;
let tariffs: { free: null; priced: string };

beforeAll(async () => {
  city = await openBookingCity();
  driver = await city.driver();
  tariffs = { free: null, priced: await city.tariff(600) };
});

afterAll(() => city.database.close());

const LEDGER = `select (select coalesce(sum(amount_fen), 0)::int from ledger_posting) as ledger`;

async function compare(model: Model): Promise<void> {
  const ids = model.known.map(each => each.id);
  const rows = await city.database.query<{ id: string; state: string }>('select id, state from reservation where id = any($1::text[])', [ids]);
  const states = Object.fromEntries(rows.map(row => [row.id, row.state]));
  expect(states).toEqual(Object.fromEntries(model.known.map(each => [each.id, each.state])));
  const charges = await city.database.query<{ id: string; amount: number; paid: number; back: number }>('select id, amount_fen::int as amount, paid_fen::int as paid, refunded_fen::int as back from charge where cause_id = any($1::text[])', [ids]);
  expect(Object.fromEntries(charges.map(({ id, amount, paid, back }) => [id, { amount, paid, back }]))).toEqual(Object.fromEntries(model.known.flatMap(each => each.charges.map(({ id, owed, paid, back }) => [id, { amount: paid > 0 ? paid : owed, paid, back }]))));
  const [{ ledger }] = (await city.database.query<{ ledger: number }>(LEDGER)) as [{ ledger: number }];
  expect(ledger).toBe(0);
}

test('the life of reservations agrees with a simple model, whatever is done in whatever order, and the money with it', async () => {
  const nth = fc.nat(20);
  const commands = fc.commands([
    fc.record({ hour: fc.nat(6), hours: fc.integer({ min: 1, max: 5 }), spaces: fc.integer({ min: 1, max: 3 }), vehicle: fc.nat(VEHICLES.length - 1) }).map(stay => new Book(stay)),
    nth.map(n => new Cancel(n)),
    fc.tuple(nth, fc.record({ earlier: fc.nat(2), later: fc.nat(3) })).map(([n, by]) => new Change(n, by)),
    nth.map(n => new Pay(n)),
    fc.constantFrom(5, 14, 16, 45, 120).map(minutes => new Pass(minutes)),
  ], { maxCommands: 24, size: 'max' });

  await fc.assert(fc.asyncProperty(commands, fc.boolean(), async (plan, isPriced) => {
    const model = new Model();
    city.services.clock.set(model.now);
    const facilityId = await city.lot({ quota: quotaOf({ STANDARD: QUOTA }), tariffId: isPriced ? tariffs.priced : tariffs.free });
    await fc.asyncModelRun(() => ({ model, real: { city, driver, facilityId, fenPerHour: isPriced ? 600 : 0 } }), plan);
    await compare(model);
    // What one run leaves standing must not end in the next.
    await city.database.query(`update reservation set state = 'CANCELLED', held_until = null where state in ('CONFIRMED', 'HELD')`);
  }), { numRuns: 25 });
}, 240_000);

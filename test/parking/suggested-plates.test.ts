import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { askedOf } from '../../src/parking/gate/suggest-plates.js';
import { expectedVehicles, vehiclesIn } from '../../src/parking/gate/suggest.sql.js';
import { newId } from '../../src/platform/index.js';
import { quotaOf } from '../../src/sharing/index.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

let city: GateCity;

beforeAll(async () => {
  city = await openGateCity();
});

beforeEach(() => city.clock(at('09:00')));

afterAll(() => city.database.close());

/** A place that lets nobody in but by a reservation, with one that is made for the plate. */
async function awaiting(number: string, span = '09:00–12:00'): Promise<string> {
  const lot = await city.lot({ quota: quotaOf({ STANDARD: 3 }) });
  await city.book(await city.driver(), { facilityId: lot, during: during(span), plates: [{ number }] });
  return lot;
}

const suggested = async (lot: string, read: string): Promise<string[]> => (await city.decide(lot, read)).decision.suggestedPlates;

test('I2: a reading that has one character wrong, one too few or one too many, anywhere, the province too, leads to the booking; never by itself', async () => {
  const lot = await awaiting('闽C12345');

  const read = ['鄂C12345', '闽D12345', '闽C72345', '闽C1X345', '闽C12344', '闽C1234', 'C12345', '闽C1345', '闽C112345', '闽CZ12345', '闽C12345F'];
  for (const each of read) {
    const { decision } = await city.decide(lot, each);
    expect([each, decision.suggestedPlates, decision.basis, decision.reservation]).toEqual([each, ['闽C12345'], 'WALK_IN', null]);
  }
  expect(await Promise.all(['闽C12355A', '鄂D12345', '闽C21345', '闽C12'].map(each => suggested(lot, each)))).toEqual([[], [], [], []]);
});

test('a plate that has a reservation is not suggested another; a booking that does not open the gate, or is elsewhere, is none', async () => {
  const lot = await awaiting('闽C22345');
  await city.book(await city.driver(), { facilityId: lot, during: during('09:00–12:00'), plates: [{ number: '闽C22346' }] });
  const [later, elsewhere] = [await awaiting('闽C32345', '15:00–16:00'), await city.lot()];

  expect([await suggested(lot, '闽C22345'), await suggested(later, '闽C32346'), await suggested(elsewhere, '闽C22347')]).toEqual([[], [], []]);
  expect(await suggested(lot, '闽C22347')).toEqual(['闽C22345', '闽C22346']);
  city.clock(at('14:50'));
  expect(await suggested(later, '闽C32346')).toEqual(['闽C32345']);
});

test('a plate that does not open any more keeps no other vehicle at the gate; a reading of any characters is asked about', async () => {
  const lot = await awaiting('闽C72345');
  await city.database.query(`update reservation_vehicle v set sealed_plate = overlay(sealed_plate placing 'AAAA' from length(sealed_plate) - 8) from reservation r where r.id = v.reservation_id and r.facility_id = $1`, [lot]);

  expect([await suggested(lot, '闽C72346'), await suggested(lot, 'AB\\'), await suggested(lot, '%_\\%')]).toEqual([[], [], []]);
});

test('look-alikes come first, and no more than five are shown', async () => {
  const lot = await city.lot({ quota: quotaOf({ STANDARD: 9 }) }, { zones: [{ code: 'MAIN', capacity: [{ spaceClass: 'STANDARD', total: 9, shareable: 9 }] }] });
  const firm = await city.firm();
  for (const number of ['闽C40001', '闽C40002', '闽C40003', '闽C40004', '闽C40005', '闽C4000B']) await city.book(firm, { facilityId: lot, during: during('09:00–12:00'), plates: [{ number }] });

  expect(await suggested(lot, '闽C40008')).toEqual(['闽C4000B', '闽C40001', '闽C40002', '闽C40003', '闽C40004']);
});

test('an exit that nobody entered for leads to the vehicles that are in, one character away; a ticket is no plate', async () => {
  const lot = await city.lot();
  for (const number of ['闽C52345', '闽CD12345']) await city.enter(lot, number);
  await city.enter(lot, '', { vehicle: { ticket: '闽C52349' } });
  city.clock(at('09:30'));
  const leaves = async (plate: string): Promise<string[]> => (await city.leave(lot, plate)).receipt.suggestedPlates;

  expect([await leaves('赣C52345'), await leaves('C52345'), await leaves('闽CD1234'), await leaves('闽C52340')]).toEqual([['闽C52345'], ['闽C52345'], ['闽CD12345'], ['闽C52345']]);
});

test('however many are in, an exit that nobody entered for looks up the numbers that it may have been, and no others', async () => {
  const lot = await city.lot();
  const { receipt } = await city.enter(lot, '闽C82345');
  const ids = Array.from({ length: 4_000 }, () => newId('session', at('09:00')));
  await city.database.query(`insert into session select s.* from session o cross join unnest($2::text[]) as n (id) cross join lateral jsonb_populate_record(o, jsonb_build_object('id', n.id, 'plate_key', n.id || '/BLUE', 'entry_event_id', n.id)) s where o.id = $1`, [receipt.sessionId, ids]);
  await city.database.query('analyze session');
  city.clock(at('09:30'));
  const plans: string[] = [];
  const explaining = { query: async (text: string, parameters: readonly unknown[]) => (plans.push(JSON.stringify(await city.database.query(`explain (format json) ${text}`, parameters))), []) } as never;

  await vehiclesIn(explaining, Array.from({ length: 1_000 }, (_, nth) => ({ facilityId: lot, plateHash: `h${nth}` })));

  expect(plans[0]).toMatch(/"Index Name":"session_(open_once|plate)"/);
  expect(plans[0]).not.toContain('Seq Scan');
  expect((await city.leave(lot, '闽C82346')).receipt.suggestedPlates).toEqual(['闽C82345']);
});

test('who came in again since is no reading of itself; of another colour it is', async () => {
  const lot = await city.lot();
  for (const colour of ['BLUE', 'YELLOW']) await city.enter(lot, '', { vehicle: { plate: '闽C92345', colour } });
  city.clock(at('09:30'));

  const { receipt } = await city.leave(lot, '', { vehicle: { plate: '闽C92345', colour: 'BLUE' }, occurredAt: new Date(at('08:30')).toISOString() });

  expect([receipt.verdict, receipt.suggestedPlates]).toEqual(['EXIT_WITHOUT_ENTRY', ['闽C92345']]);
});

test('however many a facility has for other days, and the city elsewhere, the readings of one instant look at few', async () => {
  const lot = await awaiting('闽C62345');
  await city.enter(lot, '闽C62345');
  const [{ id }] = (await city.database.query<{ id: string }>('select id from reservation where facility_id = $1', [lot])) as [{ id: string }];
  const ids = Array.from({ length: 4_000 }, () => newId('reservation', at('09:00')));
  await city.database.query(
    `insert into reservation select r.* from reservation o cross join lateral (select n.id, ord from unnest($2::text[]) with ordinality as n (id, ord)) n
     cross join lateral jsonb_populate_record(o, jsonb_build_object('id', n.id, 'quote_id', n.id, 'claim_id', n.id, 'starts_at', o.starts_at + n.ord * interval '1 hour', 'ends_at', o.ends_at + n.ord * interval '1 hour',
       'no_show_at', o.no_show_at + n.ord * interval '1 hour', 'state', 'CONFIRMED')) r where o.id = $1`,
    [id, ids],
  );
  await city.database.query(`insert into reservation_vehicle (city, reservation_id, position, plate_hash, colour, kind, sealed_plate, masked_plate) select v.city, n.id, v.position, n.id, v.colour, v.kind, v.sealed_plate, v.masked_plate from reservation_vehicle v, unnest($2::text[]) as n (id) where v.reservation_id = $1`, [id, ids]);
  await city.database.query('analyze reservation, reservation_vehicle, session');
  const plans: string[] = [];
  const explaining = { query: async (text: string, parameters: readonly unknown[]) => (plans.push(JSON.stringify(await city.database.query(`explain (format json) ${text}`, parameters))), []) } as never;

  await expectedVehicles(explaining, askedOf([{ facilityId: lot, number: '闽C62346', at: at('09:00') }]));

  expect(['reservation_facility', 'reservation_vehicle_reservation'].map(index => plans[0]!.includes(index))).toEqual([true, true]);
});

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { endNoShows } from '../../src/parking/jobs.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

// What a camera misread befalls somebody who is not there. A person puts it right, and then nothing of it is left (I2).

let city: GateCity;
beforeAll(async () => {
  city = await openGateCity();
});
beforeEach(() => city.clock(at('08:00')));
afterAll(() => city.database.close());

/** Whether a reservation's spaces are awaited, as the public counts see them. */
const isAwaited = async (id: string) => (await city.database.query<{ awaited: boolean }>(`select c.taken_up_at is null as awaited from claim c join reservation r on r.claim_id = c.id where r.id = $1`, [id]))[0]!.awaited;
const stateOf = async (id: string) => (await city.database.query<{ state: string }>('select state from reservation where id = $1', [id]))[0]!.state;

test('whose plate was read of another vehicle is not in once that is put right: it comes, cancels or is missed as if nobody had been there', async () => {
  const driver = await city.driver();
  const book = async (number: string): Promise<{ id: string; lot: string; number: string }> => {
    const lot = await city.lot();
    const { id } = await city.book(driver, { facilityId: lot, during: during('10:00–12:00'), plates: [{ number }] });
    return { id, lot, number };
  };
  const [comes, cancels, missed] = [await book('闽C12345'), await book('闽C22345'), await book('闽C32345')];
  city.clock(at('09:50'));
  for (const { lot, number, id } of [comes, cancels, missed]) {
    const { receipt } = await city.enter(lot, number);
    expect([await stateOf(id), await isAwaited(id)]).toEqual(['CHECKED_IN', false]);
    expect((await city.correct(receipt.gateEventId, number.replace(/5$/, '6'))).session).toMatchObject({ state: 'OPEN', basis: 'WALK_IN', reservation: null });
    expect([await stateOf(id), await isAwaited(id)]).toEqual(['CONFIRMED', true]);
  }

  await city.enter(comes.lot, comes.number);
  expect(await isAwaited(comes.id)).toBe(false);
  expect((await city.cancel(driver, cancels.id)).reservation).toMatchObject({ state: 'CANCELLED' });
  city.clock(at('11:00'));
  await endNoShows(city.services);

  expect([await stateOf(comes.id), await stateOf(cancels.id), await stateOf(missed.id)]).toEqual(['CHECKED_IN', 'CANCELLED', 'NO_SHOW']);
});

test('with another vehicle of it in, or one that has left, a reservation stays as it is', async () => {
  const driver = await city.driver();
  const lot = await city.lot();
  const { id } = await city.book(driver, { facilityId: lot, during: during('10:00–12:00'), plates: [{ number: '闽C42345' }, { number: '闽C52345' }], spaces: 2 });
  city.clock(at('10:00'));
  await city.enter(lot, '闽C42345');
  const { receipt } = await city.enter(lot, '闽C52345');
  city.clock(at('10:10'));
  await city.leave(lot, '闽C42345');

  await city.correct(receipt.gateEventId, '闽C52346');

  expect(await stateOf(id)).toBe('CHECKED_IN');
});

test('an exit that was read in another colour is led to the vehicle of that number that is in, and never matched by itself', async () => {
  const lot = await city.lot();
  await city.enter(lot, '闽C62345', { vehicle: { plate: '闽C62345', colour: 'YELLOW' } });
  city.clock(at('09:00'));

  const { receipt } = await city.leave(lot, '闽C62345');

  expect(receipt).toMatchObject({ verdict: 'EXIT_WITHOUT_ENTRY', suggestedPlates: ['闽C62345'] });
  const query = 'mutation c($input: CorrectPlateInput!) { correctPlate(input: $input) { session { state plate } userErrors { code } } }';
  const { correctPlate } = await city.ask(city.operator, query, { input: { gateEventId: receipt.gateEventId, vehicle: { plate: '闽C62345', colour: 'YELLOW' }, reason: '颜色误读', idempotencyKey: 'colour' } });
  expect(correctPlate).toEqual({ session: { state: 'ENDED', plate: '闽C6***5' }, userErrors: [] });
  expect(await city.findings(lot)).toEqual([]);
  // One that is in again by its own plate is not what an exit without an entry was of.
  city.clock(at('10:00'));
  const { receipt: other } = await city.leave(lot, '闽C72345');
  await city.enter(lot, '闽C72345', { occurredAt: new Date(at('10:00') + 120_000).toISOString() });
  const { receipt: again } = await city.leave(lot, '闽C72345', { eventId: 'unmatched', occurredAt: new Date(at('09:30')).toISOString() });
  expect([other.suggestedPlates, again.verdict, again.suggestedPlates]).toEqual([[], 'EXIT_WITHOUT_ENTRY', []]);
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isRefusal } from '../../src/kernel/index.js';
import { keepQuotes, priceStays, publishTariff, quotesForUse, type QuoteDraft } from '../../src/billing/index.js';
import { reviseTariff } from '../../src/billing/change-tariff.js';
import type { Lot } from '../sharing/city.js';
import { inUnit } from '../support/city.js';
import { always, beijing, terms } from './price-cases.js';
import { openTariffCity } from './tariff-city.js';

let city: Awaited<ReturnType<typeof openTariffCity>>;
let lot: Lot;

beforeAll(async () => {
  city = await openTariffCity();
  lot = await city.lot();
});

afterAll(() => city.database.close());

async function draft(tariffId: string): Promise<QuoteDraft> {
  const during = { startsAt: beijing('2026-03-04 18:00'), endsAt: beijing('2026-03-05 07:30') };
  const at = city.services.clock.now();
  const [price] = await priceStays(city.system, [{ facilityId: lot.facilityId, parts: [{ windowId: 'win_a', tariffId, during }], spaceClass: 'STANDARD', spaces: 2, at }]);
  if (!price || isRefusal(price)) throw new Error('no price');
  return { facilityId: lot.facilityId, zoneId: lot.zoneId, windowIds: ['win_a'], spaceClass: 'STANDARD', spaces: 2, during, holderId: lot.ownerId, price: price.value, expiresAt: at + 900_000, details: { plates: 2 } };
}

test('a quote keeps its lines word for word, whatever its tariff does afterwards (I9)', async () => {
  const published = await publishTariff(city.system, { owner: { facilityId: lot.facilityId, partyId: null }, name: '夜间', terms: terms([always({ kind: 'PER_HOUR', fenPerHour: 200 })]), idempotencyKey: 'quote-1' });
  const tariffId = published.ok ? published.value.tariffId : '';
  const told = await draft(tariffId);

  const [id] = await inUnit(city.system, unit => keepQuotes(unit, [told]));
  await reviseTariff(city.system, { tariffId, terms: terms([always({ kind: 'PER_HOUR', fenPerHour: 900 })]), reason: '调整', idempotencyKey: 'quote-2' });

  expect(id).toMatch(/^quo_/);
  const [kept, none] = await inUnit(city.system, unit => quotesForUse(unit, [id!, 'quo_01j00000000000000000000000']));
  expect(kept).toEqual({ ...told, id, madeAt: city.services.clock.now() });
  expect(kept!.price).toMatchObject({ amountFen: 13.5 * 200 * 2, tariffVersionIds: [`${tariffId}@1`] });
  expect(none).toBeNull();
  await expect(city.database.query('update quote set amount_fen = 0 where id = $1', [id])).rejects.toThrow('never changed');
});

test('a hundred quotes are kept and read in one statement each, in the order told', async () => {
  const published = await publishTariff(city.system, { owner: { facilityId: lot.facilityId, partyId: null }, name: '免费', terms: terms([always({ kind: 'FREE' })]), idempotencyKey: 'quote-3' });
  const told = await draft(published.ok ? published.value.tariffId : '');
  const drafts = Array.from({ length: 100 }, (_, index) => ({ ...told, details: { index } }));

  const ids = await inUnit(city.system, unit => keepQuotes(unit, drafts));
  const read = await quotesForUse(city.database, [...ids].reverse());

  expect(new Set(ids).size).toBe(100);
  expect(read.map(quote => quote!.details.index)).toEqual(drafts.map(each => each.details.index).reverse());
});

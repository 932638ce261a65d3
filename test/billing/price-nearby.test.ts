import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { lenderOf } from '../sharing/city.js';
import { anonymous } from '../support/scope.js';
import { NIGHTS, openTariffCity, PUBLISH, PUBLISH_WINDOW } from './tariff-city.js';

let city: Awaited<ReturnType<typeof openTariffCity>>;
let keys = 0;

beforeAll(async () => {
  city = await openTariffCity();
});

afterAll(() => city.database.close());

const SEARCH = `query ($facilityId: ID!, $during: IntervalInput, $spaces: Int) { nearbyFacilities(near: { facilityId: $facilityId }, radiusMetres: 5000, during: $during, spaces: $spaces) { edges { node { id } price { amountFen currency } } } }`;
const evening = { startsAt: '2026-03-04T20:00:00+08:00', endsAt: '2026-03-04T22:30:00+08:00' };

async function lot(price: object | null): Promise<string> {
  const made = await city.lot();
  const owner = lenderOf(made.ownerId, ['tariff:publish', 'window:publish']);
  const key = () => ({ idempotencyKey: `nearby-${(keys += 1)}` });
  const published = price && (await city.asked(owner, PUBLISH, { input: { owner: { facilityId: made.facilityId }, name: '夜间', terms: { bands: [{ name: '全天', price }] }, ...key() } })).publishTariff.tariff.id;
  const { userErrors } = (await city.asked(owner, PUBLISH_WINDOW, { input: { facilityId: made.facilityId, terms: { ...NIGHTS, tariffId: published }, ...key() } })).publishWindow;
  expect(userErrors).toEqual([]);
  return made.facilityId;
}

test('each edge says what the interval costs by its window’s tariff, for all spaces asked for; a search for now has no price', async () => {
  const [perEntry, hourly, free] = [await lot({ perEntry: { fen: 500 } }), await lot({ perHour: { fenPerHour: 300 } }), await lot(null)];
  const prices = async (variables: object) => {
    const { nearbyFacilities } = await city.asked(anonymous, SEARCH, { facilityId: free, ...variables });
    return new Map(nearbyFacilities.edges.map((edge: any) => [edge.node.id, edge.price]));
  };

  const asked = await prices({ during: evening, spaces: 2 });
  city.services.clock.set('2026-03-04T20:00:00+08:00');
  const now = await prices({});

  expect([perEntry, hourly, free].map(id => asked.get(id))).toEqual([1_000, 1_500, 0].map(amountFen => ({ amountFen, currency: 'CNY' })));
  expect([perEntry, hourly, free].map(id => now.get(id))).toEqual([null, null, null]);
});

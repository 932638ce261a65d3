import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { NOW, count, openReportingCity, reasonsOf, type ReportingCity } from './reporting.js';

let city: ReportingCity;

beforeAll(async () => {
  city = await openReportingCity();
});

afterAll(() => city.database.close());

test('a count is kept as a sample, comes into force and changes the figure', async () => {
  const lot = await city.lot();

  const answer = await city.counts({ told: [count(lot.id, { occupied: 8 })] });

  expect(reasonsOf(answer, 1)).toEqual([null]);
  const [feed] = await city.database.query<{ id: string }>('select id from occupancy_feed');
  expect(await city.inForce(lot.id)).toEqual([{ zoneId: null, scope: 'ALL', feedId: feed!.id, occupied: 8, free: null, observedAt: NOW, sequence: 0, receivedAt: NOW, staleAfter: NOW + 180_000, moved: 0 }]);
  expect(await city.figure(lot.id)).toEqual({ state: 'OPEN', free: 12, occupied: 8 });
});

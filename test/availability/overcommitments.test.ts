import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ANY_DRIVER, overcommitments } from '../../src/availability/index.js';
import { turnBoundaries } from '../../src/availability/boundary-clock.js';
import { SPACE_LEDGER } from '../../src/availability/space-ledger.loaders.js';
import { quotaOf } from '../../src/sharing/index.js';
import { inUnit } from '../support/city.js';
import { anonymous, scopeOf } from '../support/scope.js';
import { ask, at, during, made, openClaimingCity, type ClaimingCity } from './claiming.js';

let city: ClaimingCity;

beforeAll(async () => {
  city = await openClaimingCity();
});

afterAll(() => city.database.close());

const outOfService = (id: string, spaces: number): Promise<unknown> => inUnit(scopeOf(city.services), unit => unit.query(
  `update facility_search set lending = jsonb_set(lending, '{capacities,0,outOfService}', to_jsonb($2::int)), version = nextval('facility_search_version') where facility_id = $1`, [id, spaces],
));
const overcommitted = (id: string, from = at('09:00')) => inUnit(scopeOf(city.services), unit => overcommitments(unit, [id], from));

test('where less is left than was promised, it says when, how much, and who could give way, newest first', async () => {
  const id = await city.lot([{ quota: quotaOf({ STANDARD: 7 }) }], { zones: [{ code: 'MAIN', capacity: [{ spaceClass: 'STANDARD', total: 7, shareable: 7 }] }] });
  const claims = (await city.claim([ask(id, { spaces: 3 }), ask(id, { during: during('19:00–21:00'), spaces: 2 }), ask(id, { during: during('06:00–07:00', 1) })])).map(made);
  expect(await overcommitted(id)).toEqual([]);

  await outOfService(id, 3);

  expect(await overcommitted(id)).toMatchObject([{ facilityId: id, spaceClass: 'STANDARD', during: during('19:00–20:00'), missing: 1, claims: [{ claimId: claims[1]!.claimId, spaces: 2 }, { claimId: claims[0]!.claimId, spaces: 3 }] }]);
  expect(await overcommitted(id, at('20:00'))).toEqual([]);
});

test('who has no window any more stands alone: no driver could help by giving way', async () => {
  const id = await city.lot([{ name: '公众', quota: quotaOf({ STANDARD: 2 }) }, { name: '协议', quota: quotaOf({ STANDARD: 2 }), audience: { kind: 'AGREEMENT_HOLDERS' } }], { zones: [{ code: 'MAIN', capacity: [{ spaceClass: 'STANDARD', total: 4, shareable: 4 }] }] });
  const [holder] = (await city.claim([ask(id, { spaces: 2, asker: { ...ANY_DRIVER, hasAgreement: true } }), ask(id, { spaces: 2 })])).map(made);

  await inUnit(scopeOf(city.services), unit => unit.query(
    `update facility_search set version = nextval('facility_search_version'), windows = (select jsonb_agg(jsonb_set(w, '{suspensions}', jsonb_build_array(jsonb_build_object('id', 'sus_test', 'startsAt', $2::float8, 'endsAt', null, 'reason', '消防')))) from jsonb_array_elements(windows) w) where facility_id = $1`,
    [id, at('19:30')],
  ));

  const found = await overcommitted(id);
  expect(found).toMatchObject([{ during: { startsAt: at('19:30'), endsAt: at('20:00') }, missing: 4 }]);
  expect(found[0]!.claims.map(claim => claim.claimId)).toContain(holder!.claimId);
});

test('the ledger of a car park adds up: total = protected + shared + walk-in + out of service + held + booked', async () => {
  const id = await city.lot([{ quota: quotaOf({ STANDARD: 10 }) }], { zones: [{ code: 'MAIN', capacity: [{ spaceClass: 'STANDARD', total: 20, shareable: 15 }] }] });
  await city.claim([ask(id, { spaces: 4 }), ask(id, { spaces: 3, heldUntil: at('09:10') })]);
  await outOfService(id, 2);
  await turnBoundaries(city.services);
  const ledger = (time: string) => scopeOf(city.services, anonymous).load(SPACE_LEDGER, { facilityId: id, at: at(time), spaceClass: 'STANDARD' as const });

  expect(await ledger('18:30')).toEqual({ total: 20, protected: 5, shared: 3, walkIn: 3, outOfService: 2, held: 3, booked: 4, missing: 0 });
  expect(await ledger('20:00')).toEqual({ total: 20, protected: 5, shared: 10, walkIn: 3, outOfService: 2, held: 0, booked: 0, missing: 0 });
});

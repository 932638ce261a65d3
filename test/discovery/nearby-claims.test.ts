import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { refuse, type Outcome } from '../../src/kernel/index.js';
import { ANY_DRIVER, claimSpaces, decideStay, releaseSpaces, type ClaimAsk, type MadeClaim } from '../../src/availability/index.js';
import { nearbyFacilities } from '../../src/discovery/nearby-facilities.js';
import type { NearbyArgs } from '../../src/discovery/nearby.type.js';
import { transaction } from '../../src/platform/index.js';
import { quotaOf, type TermsDraft } from '../../src/sharing/index.js';
import { inUnit } from '../support/city.js';
import { seeded } from '../support/random.js';
import { scopeOf } from '../support/scope.js';
import { ask, at, openClaimingCity, type ClaimingCity } from '../availability/claiming.js';

let city: ClaimingCity;
const lots: string[] = [];
const random = seeded(2026);

beforeAll(async () => {
  city = await openClaimingCity();
  const audiences: ReadonlyArray<TermsDraft['audience']> = [{ kind: 'PUBLIC' }, { kind: 'PUBLIC' }, { kind: 'RESIDENTS' }, { kind: 'NEIGHBOURS', withinMetres: 400 }];
  for (let n = 0; n < 30; n++) {
    const zones = ['A', 'B'].slice(0, random.int(1, 2));
    const windows = Array.from({ length: random.int(1, 3) }, (_, i) => ({
      name: `w${i}`, zone: random.pick(zones), quota: quotaOf({ STANDARD: random.int(1, 3) }), audience: random.pick(audiences),
      rules: [{ days: { weekdays: [1, 2, 3, 4, 5, 6, 7] }, from: { minute: random.int(0, 12) * 60 + 7 }, until: { durationMinutes: random.int(4, 23) * 60 } }] as never,
    }));
    lots.push(await city.lot(windows, { zones: zones.map(code => ({ code, capacity: [{ spaceClass: 'STANDARD' as const, total: 9, shareable: 9 }] })) }));
  }
});

afterAll(() => city.database.close());

/** Any stay within two days, by five minutes or not. */
function anyStay(): { startsAt: number; endsAt: number } {
  const startsAt = at('09:00') + random.int(0, 36 * 60) * 60_000;
  return { startsAt, endsAt: startsAt + random.int(1, 10 * 60) * 60_000 };
}

async function search(during: { startsAt: number; endsAt: number }, spaces: number): Promise<Map<string, { free: number; quota: number; state: string; until: number | null; firstBookableAt: number | null }>> {
  const args = { near: { coordinate: { longitude: 118.6015, latitude: 24.9, crs: 'WGS84' } }, radiusMetres: 3_000, maxWalkingMetres: null, during, spaces, spaceClass: 'STANDARD', where: null, orderBy: 'DISTANCE', explain: true, crs: 'WGS84', first: 100, after: null };
  const answers = await Promise.all([true, false].map(explain => nearbyFacilities(scopeOf(city.services), { ...args, explain } as unknown as NearbyArgs)));
  const [explained, plain] = answers.map(({ edges }) => new Map(edges.map(edge => [edge.hit.facility.id, { ...edge.availability, free: edge.availability.free!, quota: edge.availability.quota!, until: edge.until, firstBookableAt: edge.firstBookableAt }])));
  // What is kept of earlier searches says the same as what is read anew.
  expect(plain).toEqual(explained);
  return plain!;
}

/** Claims without leaving a trace. */
async function tried(asks: readonly ClaimAsk[]): Promise<ReadonlyArray<Outcome<MadeClaim>>> {
  let outcomes: ReadonlyArray<Outcome<MadeClaim>> = [];
  await transaction(scopeOf(city.services), async unit => {
    outcomes = await claimSpaces(unit, asks);
    return refuse({ code: 'HOLD_EXPIRED', zh: '', en: '' });
  });
  return outcomes;
}

test('whatever is offered can be booked in the same snapshot, and nothing that is withheld can (P2)', async () => {
  const claimed: string[] = [];
  for (let turn = 0; turn < 24; turn++) {
    const asker = random.pick([ANY_DRIVER, ANY_DRIVER, { ...ANY_DRIVER, isResident: true }, { ...ANY_DRIVER, homeMetres: 300 }]);
    const outcomes = await city.claim(Array.from({ length: 12 }, () => ask(random.pick(lots), { during: anyStay(), spaces: random.int(1, 2), asker, heldUntil: random.chance(0.3) ? city.services.clock.now() + random.int(1, 5) * 60_000 : null })));
    claimed.push(...outcomes.flatMap(outcome => (outcome.ok ? [outcome.value.claimId] : [])));
    if (claimed.length > 5) await inUnit(scopeOf(city.services), unit => releaseSpaces(unit, [0, 1].map(() => ({ claimId: random.pick(claimed), from: random.chance(0.5) ? anyStay().startsAt : null, reason: 'CANCELLED' }))));
    city.services.clock.advance(60_000);
    const during = anyStay();
    const spaces = random.int(1, 2);

    const offered = await search(during, spaces);
    const asks = lots.map(id => ask(id, { during, spaces }));
    const booked = await tried(asks);
    const decided = await decideStay(scopeOf(city.services), asks);

    expect(lots.filter((_, i) => booked[i]!.ok)).toEqual(lots.filter(id => offered.has(id)));
    decided.forEach(({ decision }, i) => {
      const edge = offered.get(lots[i]!);
      expect(decision.allowed).toBe(edge !== undefined);
      if (edge) expect(edge).toMatchObject({ free: decision.free, quota: decision.lent, state: 'OPEN' });
    });
  }
});

test('a car park that is booked out is FULL where it is explained, with what it lends', async () => {
  const id = await city.lot([{ quota: quotaOf({ STANDARD: 2 }) }]);
  const stay = { startsAt: at('12:00', 3), endsAt: at('14:00', 3) };
  await city.claim([ask(id, { during: stay, spaces: 2 })]);
  const args = { near: { facilityId: id }, radiusMetres: 100, maxWalkingMetres: null, during: stay, spaces: 1, spaceClass: 'STANDARD', where: null, orderBy: 'DISTANCE', explain: true, crs: 'WGS84', first: 20, after: null };

  const { edges, leftOut } = await nearbyFacilities(scopeOf(city.services), args as unknown as NearbyArgs);

  expect(edges.map(edge => edge.hit.facility.id)).not.toContain(id);
  const edge = leftOut!.find(each => each.hit.facility.id === id)!;
  expect(edge.availability).toMatchObject({ state: 'FULL', free: 0, quota: 2, bottleneckAt: at('12:00', 3) });
  expect(edge.firstBookableAt).toBe(at('14:00', 3));
  expect(edge.eligibility.reasons.map(reason => reason.code)).toContain('NOT_ENOUGH_SPACES');
});

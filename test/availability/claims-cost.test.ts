import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { done } from '../../src/kernel/index.js';
import { claimSpaces, confirmClaims, decideStay, releaseSpaces } from '../../src/availability/index.js';
import { RequestScope, transaction, type Unit } from '../../src/platform/index.js';
import { scopeOf, system } from '../support/scope.js';
import { ask, at, during, made, openClaimingCity, type ClaimingCity } from './claiming.js';

let city: ClaimingCity;

beforeAll(async () => {
  city = await openClaimingCity();
});

afterAll(() => city.database.close());

/** How many statements some work sends, besides the transaction's own. */
async function statementsOf(work: (unit: Unit) => Promise<unknown>): Promise<number> {
  let statements = 0;
  await transaction(new RequestScope(city.services, system, 'en', 'counted'), async unit => {
    const counted = Object.create(unit, { query: { value: (text: string, params?: readonly unknown[]) => (statements++, unit.query(text, params)) } }) as Unit;
    await work(counted);
    return done(null);
  });
  return statements;
}

test('one ask, three hundred on one facility and three hundred on thirty cost the same statements', async () => {
  const quota = { STANDARD: 20, CHARGING: 0, ACCESSIBLE: 0, LARGE: 0, MECHANICAL: 0 };
  const lots: string[] = [];
  for (let n = 0; n < 30; n++) lots.push(await city.lot([{ quota }]));
  const asks = (count: number, facilities: readonly string[]) => Array.from({ length: count }, (_, i) => ask(facilities[i % facilities.length]!, { during: { startsAt: at('10:00') + i * 300_000, endsAt: at('10:30') + i * 300_000 } }));
  const claiming = (count: number, facilities: readonly string[]) => statementsOf(unit => claimSpaces(unit, asks(count, facilities)));
  // The first claims make the heads.
  await claiming(30, lots);

  const one = await claiming(1, lots);
  const many = [await claiming(300, lots.slice(0, 1)), await claiming(300, lots)];

  expect(one).toBeLessThanOrEqual(10);
  for (const count of many) expect(count).toBeLessThanOrEqual(one + 1);
});

test('giving back, confirming and looking cost no more statements for a hundred than for one', async () => {
  const id = await city.lot([{ quota: { STANDARD: 20, CHARGING: 0, ACCESSIBLE: 0, LARGE: 0, MECHANICAL: 0 } }]);
  const asks = Array.from({ length: 101 }, (_, i) => ask(id, { heldUntil: at('09:10'), during: { startsAt: at('10:00') + i * 900_000, endsAt: at('10:30') + i * 900_000 } }));
  const ids = (await city.claim(asks)).map(outcome => made(outcome).claimId);

  for (const work of [
    (unit: Unit, some: readonly string[]) => confirmClaims(unit, some),
    (unit: Unit, some: readonly string[]) => releaseSpaces(unit, some.map(claimId => ({ claimId, reason: 'CANCELLED' }))),
    (unit: Unit, some: readonly string[]) => decideStay(unit, some.map((_, i) => asks[i]!)),
  ]) {
    const one = await statementsOf(unit => work(unit, ids.slice(0, 1)));
    const hundred = await statementsOf(unit => work(unit, ids.slice(1)));
    expect(hundred).toBeLessThanOrEqual(one);
  }
});

test('a batch of several hundred asks on one hot quota is decided in memory in some milliseconds', async () => {
  const id = await city.lot([{ quota: { STANDARD: 20, CHARGING: 0, ACCESSIBLE: 0, LARGE: 0, MECHANICAL: 0 } }]);
  const batch = Array.from({ length: 500 }, () => ask(id, { during: during('10:00–18:00') }));
  const scope = scopeOf(city.services);
  await decideStay(scope, batch.slice(0, 1));
  let best = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < 5; turn++) {
    const before = process.cpuUsage();
    await city.claim(batch);
    const { user, system: kernel } = process.cpuUsage(before);
    best = Math.min(best, (user + kernel) / 1_000);
  }

  expect(best).toBeLessThan(100);
});

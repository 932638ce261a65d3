import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { takeUpClaim } from '../../src/availability/index.js';
import { turnBoundaries } from '../../src/availability/boundary-clock.js';
import { endExpiredHolds } from '../../src/availability/end-holds.js';
import { listChangesAfter } from '../../src/availability/change-log.sql.js';
import { lockLive, storeCounts } from '../../src/availability/live-rows.js';
import type { CountInForce } from '../../src/availability/rules/live-state.js';
import { inUnit } from '../support/city.js';
import { scopeOf } from '../support/scope.js';
import { ask, at, during, made, openClaimingCity, type ClaimingCity } from './claiming.js';

let city: ClaimingCity;
const ended: object[] = [];

beforeAll(async () => {
  city = await openClaimingCity({ reactions: [{ topic: 'claim.holdEnded', react: async (_unit, payloads) => { ended.push(...payloads); return null; } }] });
});

beforeEach(() => city.services.clock.set('2026-02-11T09:00:00+08:00'));

afterAll(() => city.database.close());

async function heard(facilityId: string): Promise<string[]> {
  const changes = await listChangesAfter(city.database, 0, 10_000);
  return changes.filter(each => each.facilityId === facilityId).map(({ classes: [first], at: instant }) => `${Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO('Asia/Shanghai').toPlainTime().toString({ smallestUnit: 'minute' })} ${first!.state} ${first!.free}/${first!.quota}`);
}

async function turnAt(...times: string[]): Promise<void> {
  for (const time of times) {
    city.services.clock.set(`2026-02-11T${time}:00+08:00`);
    await turnBoundaries(city.services);
  }
}

test('a claim is heard when it begins, and its end when it ends, though nobody wrote anything then (P8)', async () => {
  const id = await city.lot();
  await turnAt('09:00');
  await city.claim([ask(id, { spaces: 2 })]);

  await turnAt('09:01', '17:59', '18:00', '19:59', '20:00');

  expect(await heard(id)).toEqual(['09:00 OPEN 5/5', '18:00 OPEN 3/5', '20:00 OPEN 5/5']);
});

test('a claim for now is heard at once, and so is that it was given back', async () => {
  const id = await city.lot();
  await turnAt('09:00');
  const [outcome] = await city.claim([ask(id, { during: during('09:00–12:00'), spaces: 5 })]);
  await turnAt('09:00');
  city.services.clock.set('2026-02-11T10:02:00+08:00');
  await city.release(made(outcome).claimId, at('10:02'));

  await turnAt('10:02', '10:05');

  expect(await heard(id)).toEqual(['09:00 OPEN 5/5', '09:00 FULL 0/5', '10:05 OPEN 5/5']);
});

test('a hold that ends by its time is heard at that instant, before anybody tidied it', async () => {
  const id = await city.lot();
  await turnAt('09:00');
  await city.claim([ask(id, { during: during('09:00–12:00'), heldUntil: at('09:10') })]);

  await turnAt('09:00', '09:09', '09:10');

  expect(await heard(id)).toEqual(['09:00 OPEN 5/5', '09:00 OPEN 4/5', '09:10 OPEN 5/5']);
});

test('holds are tidied once, and whoever claimed hears of it in the same transaction', async () => {
  const id = await city.lot();
  const [hold, kept] = await city.claim([ask(id, { heldUntil: at('09:10') }), ask(id, { heldUntil: at('09:10') })]);
  await city.confirm(made(kept).claimId);
  city.services.clock.set('2026-02-11T09:10:00+08:00');
  ended.length = 0;

  while ((await endExpiredHolds(city.services)) > 0);

  expect(ended.flatMap(payload => (payload as { claims: Array<{ claimId: string }> }).claims.map(claim => claim.claimId)).filter(claimId => [made(hold).claimId, made(kept).claimId].includes(claimId))).toEqual([made(hold).claimId]);
});

test('who was promised a space and has not come is taken off what is physically free; once in, the count tells of him (C1)', async () => {
  const id = await city.lot();
  const [outcome] = await city.claim([ask(id, { during: during('09:00–12:00'), spaces: 2 })]);
  await turnAt('09:00');
  const observedAt = city.services.clock.now();
  const report = (occupied: number): Promise<unknown> => inUnit(scopeOf(city.services), async unit => {
    const rows = await lockLive(unit, [id]);
    const count: CountInForce = { zoneId: null, scope: 'ALL', feedId: 'fed_test', occupied, free: null, observedAt, sequence: occupied, receivedAt: observedAt, staleAfter: observedAt + 86_400_000, moved: 0 };
    return storeCounts(unit, rows, new Map([[rows[0]!, [count]]]));
  });

  await report(17);
  await report(19);
  await inUnit(scopeOf(city.services), unit => takeUpClaim(unit, { claimId: made(outcome).claimId, at: unit.now }));
  await turnAt('09:05');

  expect(await heard(id)).toEqual(['09:00 OPEN 3/5', '09:00 OPEN 1/5', '09:00 FULL 0/5', '09:05 OPEN 1/5']);
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ANY_DRIVER, claimSpaces, confirmClaims, decideStay } from '../../src/availability/index.js';
import { inUnit } from '../support/city.js';
import { scopeOf } from '../support/scope.js';
import { ask, at, countedRuns, during, made, openClaimingCity, problemsOf, type ClaimingCity } from './claiming.js';

let city: ClaimingCity;

beforeAll(async () => {
  city = await openClaimingCity();
});

afterAll(() => city.database.close());

const NIGHT = { rules: [{ days: { weekdays: [1, 2, 3, 4, 5, 6, 7] as const }, from: { minute: 18 * 60 }, until: { durationMinutes: 720 } }] as never };

test('five spaces are promised five times, and the sixth is told how many are left and from when on none is', async () => {
  const id = await city.lot();
  const [first] = await city.claim([ask(id, { during: during('19:00–21:00') })]);
  expect(made(first).windowIds).toHaveLength(1);

  const outcomes = await city.claim(Array.from({ length: 5 }, () => ask(id)));

  expect(outcomes.map(outcome => outcome.ok)).toEqual([true, true, true, true, false]);
  expect(problemsOf(outcomes[4])).toEqual([{ code: 'NOT_ENOUGH_SPACES', data: { freeSpaces: 0, at: at('19:00'), firstConflict: at('19:00'), zoneId: made(first).zoneId } }]);
  expect(await countedRuns(city.database, id)).toEqual(['--:: 2026-02-11T18:00–2026-02-11T19:00 4', '--:: 2026-02-11T19:00–2026-02-11T20:00 5', '--:: 2026-02-11T20:00–2026-02-11T21:00 1']);
});

test('a refusal writes nothing', async () => {
  const id = await city.lot([NIGHT]);
  const before = await city.written();

  const outcomes = await city.claim([ask(id, { during: during('15:00–16:00') }), ask(id, { spaces: 6 }), ask(id, { during: { startsAt: at('19:00'), endsAt: at('19:00') } }), ask('fac_00000000000000000000000000')]);

  expect(outcomes.map(outcome => problemsOf(outcome)[0]!.code)).toEqual(['NOT_LENT', 'NOT_ENOUGH_SPACES', 'INTERVAL_EMPTY', 'FACILITY_UNKNOWN']);
  expect(await city.written()).toEqual(before);
});

test('what a transaction that came to nothing claimed twice is nobody\'s, and the next claims as if it had never been', async () => {
  const id = await city.lot();
  const before = await city.written();

  await expect(inUnit(scopeOf(city.services), async unit => {
    for (const during of [at('10:00'), at('12:00')].map(startsAt => ({ startsAt, endsAt: startsAt + 3_600_000 }))) made((await claimSpaces(unit, [ask(id, { during })]))[0]);
    throw new Error('the power failed');
  })).rejects.toThrow('the power failed');

  expect(await city.written()).toEqual(before);
  const outcomes = await city.claim(Array.from({ length: 6 }, () => ask(id, { during: during('10:00–13:00') })));
  expect(outcomes.map(outcome => outcome.ok)).toEqual([true, true, true, true, true, false]);
});

test('intervals are half-open, and rounded outwards to five minutes', async () => {
  const id = await city.lot([{ quota: { STANDARD: 1, CHARGING: 0, ACCESSIBLE: 0, LARGE: 0, MECHANICAL: 0 } }]);

  const outcomes = await city.claim([
    ask(id, { during: during('10:02–11:00') }),
    ask(id, { during: during('11:00–11:58') }),
    ask(id, { during: during('11:59–12:30') }),
    ask(id, { during: during('12:00–12:30') }),
  ]);

  expect(outcomes.map(outcome => outcome.ok)).toEqual([true, true, false, true]);
  expect(await countedRuns(city.database, id)).toEqual(['--:: 2026-02-11T10:00–2026-02-11T12:30 1']);
});

test('a claim over midnight in UTC is counted on both days, and given back whole', async () => {
  const id = await city.lot();
  const [outcome] = await city.claim([ask(id, { during: { startsAt: at('06:00', 1), endsAt: at('09:00', 1) }, spaces: 3 })]);
  expect(await countedRuns(city.database, id)).toEqual(['--:: 2026-02-12T06:00–2026-02-12T09:00 3']);

  await city.release(made(outcome).claimId);
  await city.release(made(outcome).claimId);

  expect(await countedRuns(city.database, id)).toEqual([]);
});

test('who leaves early gives back what lies after, from the next five minutes on', async () => {
  const id = await city.lot();
  const [outcome] = await city.claim([ask(id)]);
  const { claimId } = made(outcome);

  await city.release(claimId, at('18:42'));
  await city.release(claimId, at('19:30'));

  expect(await countedRuns(city.database, id)).toEqual(['--:: 2026-02-11T18:00–2026-02-11T18:45 1']);
  await city.release(claimId);
  expect(await countedRuns(city.database, id)).toEqual([]);
});

test('a hold takes spaces until its instant and no longer, though nobody wrote anything; confirmed, it is for good', async () => {
  const id = await city.lot([{ quota: { STANDARD: 2, CHARGING: 0, ACCESSIBLE: 0, LARGE: 0, MECHANICAL: 0 } }]);
  city.services.clock.set('2026-02-11T09:00:00+08:00');
  const held = await city.claim([ask(id, { heldUntil: at('09:10') }), ask(id, { heldUntil: at('09:10') }), ask(id)]);
  expect(held.map(outcome => outcome.ok)).toEqual([true, true, false]);
  expect(await countedRuns(city.database, id)).toEqual([]);

  const [first, second] = held.map(outcome => (outcome.ok ? outcome.value.claimId : ''));
  expect((await city.confirm(first!)).map(outcome => outcome.ok)).toEqual([true]);
  city.services.clock.set('2026-02-11T09:10:00+08:00');
  const late = await city.confirm(first!, second!, 'clm_00000000000000000000000000');

  expect(late.map(outcome => (outcome.ok ? 'OK' : outcome.problems[0].code))).toEqual(['OK', 'HOLD_EXPIRED', 'CLAIM_UNKNOWN']);
  expect((await city.claim([ask(id), ask(id)])).map(outcome => outcome.ok)).toEqual([true, false]);
  expect(await countedRuns(city.database, id)).toEqual(['--:: 2026-02-11T18:00–2026-02-11T20:00 2']);
  city.services.clock.set('2026-02-11T09:00:00+08:00');
});

test('P1: a hold that ended while its confirmation waited is over, though the confirmation began before: its spaces may be promised again by then', async () => {
  const id = await city.lot([{ quota: { STANDARD: 1, CHARGING: 0, ACCESSIBLE: 0, LARGE: 0, MECHANICAL: 0 } }]);
  city.services.clock.set('2026-02-11T09:09:59+08:00');
  const [held] = await city.claim([ask(id, { heldUntil: at('09:10') })]);

  const confirmed = await inUnit(scopeOf(city.services), async unit => {
    city.services.clock.set('2026-02-11T09:10:00+08:00');
    return confirmClaims(unit, [made(held).claimId]);
  });

  expect(confirmed.map(problemsOf)).toMatchObject([[{ code: 'HOLD_EXPIRED', data: { heldUntil: at('09:10') } }]]);
  expect((await city.claim([ask(id)])).map(outcome => outcome.ok)).toEqual([true]);
  expect(await countedRuns(city.database, id)).toEqual(['--:: 2026-02-11T18:00–2026-02-11T20:00 1']);
  city.services.clock.set('2026-02-11T09:00:00+08:00');
});

test('a claim takes the place of another in one step: refused, the other stays', async () => {
  const id = await city.lot([{ quota: { STANDARD: 2, CHARGING: 0, ACCESSIBLE: 0, LARGE: 0, MECHANICAL: 0 } }]);
  const [one, two] = await city.claim([ask(id), ask(id)]);

  const [moved, tooMany, gone] = await city.claim([
    ask(id, { during: during('18:30–20:30'), replaces: made(one).claimId }),
    ask(id, { spaces: 2, replaces: made(two).claimId }),
    ask(id, { replaces: made(one).claimId }),
  ]);

  expect(moved!.ok).toBe(true);
  expect(problemsOf(tooMany)[0]!.code).toBe('NOT_ENOUGH_SPACES');
  expect(problemsOf(gone)).toEqual([{ code: 'CLAIM_ENDED' }]);
  expect(await countedRuns(city.database, id)).toEqual(['--:: 2026-02-11T18:00–2026-02-11T18:30 1', '--:: 2026-02-11T18:30–2026-02-11T20:00 2', '--:: 2026-02-11T20:00–2026-02-11T20:30 1']);
});

test('the decision without a claim is the decision of the claim (P2)', async () => {
  const id = await city.lot();
  await city.claim(Array.from({ length: 4 }, () => ask(id, { during: during('19:00–20:00') })));
  const asks = [ask(id), ask(id, { spaces: 2 }), ask(id, { spaces: 5, during: during('20:00–21:00') })];

  const decisions = await decideStay(scopeOf(city.services), asks);

  expect(decisions.map(({ decision: { allowed, free, lent, bottleneckAt, firstBookableAt } }) => ({ allowed, free, lent, bottleneckAt, firstBookableAt }))).toEqual([
    { allowed: true, free: 1, lent: 5, bottleneckAt: at('19:00'), firstBookableAt: at('18:00') },
    { allowed: false, free: 1, lent: 5, bottleneckAt: at('19:00'), firstBookableAt: at('20:00') },
    { allowed: true, free: 5, lent: 5, bottleneckAt: at('20:00'), firstBookableAt: at('20:00') },
  ]);
  expect(decisions[0]!.windows).toMatchObject([{ tariffId: null, startsAt: at('18:00'), endsAt: at('20:00') }]);
  expect((await city.claim(asks)).map(outcome => outcome.ok)).toEqual([true, false, true]);
});

test('a check refuses in its turn, with its own words', async () => {
  const id = await city.lot();
  const refusing = ask(id, { checks: [() => null, stay => ({ code: 'RESIDENTS_ONLY', zh: '无权', en: `no right to ${stay.spaces}` }), () => ({ code: 'NEIGHBOURS_ONLY', zh: '', en: '' })] });

  const [refusal, claimed] = await city.claim([refusing, ask(id, { checks: [() => null] })]);

  expect(problemsOf(refusal)).toEqual([{ code: 'RESIDENTS_ONLY' }]);
  expect(claimed!.ok).toBe(true);
});

test('residents and drivers share a pool: each is promised what the other leaves', async () => {
  const quota = (STANDARD: number) => ({ STANDARD, CHARGING: 0, ACCESSIBLE: 0, LARGE: 0, MECHANICAL: 0 });
  const id = await city.lot([{ name: '公众', quota: quota(3) }, { name: '住户', quota: quota(2), audience: { kind: 'RESIDENTS' } }], { zones: [{ code: 'MAIN', capacity: [{ spaceClass: 'STANDARD', total: 5, shareable: 5 }] }] });
  const resident = { ...ANY_DRIVER, isResident: true };

  const outcomes = await city.claim([
    ...Array.from({ length: 3 }, () => ask(id, { asker: resident })),
    ...Array.from({ length: 3 }, () => ask(id)),
    ask(id, { asker: resident }),
  ]);

  expect(outcomes.map(outcome => outcome.ok)).toEqual([true, true, true, true, true, false, false]);
  expect(await countedRuns(city.database, id)).toEqual(['--:: 2026-02-11T18:00–2026-02-11T20:00 2', 'R-:: 2026-02-11T18:00–2026-02-11T20:00 3']);
});

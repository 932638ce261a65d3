import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eraseDriver } from '../../src/identity/erase-driver.js';
import { openNotice } from '../../src/identity/tell-parties.js';
import { signOffDriver, signUpDriver, type SignUpDriver } from '../../src/identity/sign-up-driver.js';
import type { Viewer } from '../../src/platform/index.js';
import { erasureReactions } from '../../src/identity/erase-driver.js';
import { codesOf, officer, openCity, valueOf, type City } from './city.js';

let city: City;
let app: Viewer;
let appId: string;
let made = 0;

const keyed = (overrides: Partial<SignUpDriver>): SignUpDriver => ({ name: '张晓明', phone: '13805951234', consentedTo: '隐私告知 2026-03', idempotencyKey: `sign up ${++made}`, ...overrides });
const signUp = (overrides: Partial<SignUpDriver>, viewer = app) => signUpDriver(city.as(viewer), keyed(overrides));
const leave = async (membershipId: string | null): Promise<void> => void valueOf(await signOffDriver(city.as(app), { membershipId: membershipId!, idempotencyKey: `leave ${++made}` }));
const anotherApp = async (): Promise<Viewer> => officer('PARTNER_APP', { partyId: await city.party({ kind: 'OPERATOR', name: '另一应用', jurisdictionCode: '350500' }) });
const difference = (before: object, after: object): object =>
  Object.fromEntries(Object.entries(after).flatMap(([table, count]) => (count === (before as Record<string, number>)[table] ? [] : [[table, count - (before as Record<string, number>)[table]!]])));
const namesOf = async (partyId: string): Promise<string[]> => {
  const rows = await city.database.query<{ sealed: string }>(`select sealed_name as sealed from party_version where id = $1 order by lower(recorded_during), lower(valid_during)`, [partyId]);
  return [...new Set(rows.map(({ sealed }) => city.services.sealer.open(sealed, { table: 'party', rowId: partyId, column: 'sealed_name' })))];
};
const lastNotice = async (partyId: string): Promise<string> => {
  const [row] = await city.database.query<{ id: string; sealedText: string }>('select id, sealed_text as "sealedText" from notice where party_id = $1 order by id desc limit 1', [partyId]);
  return openNotice(city.services.sealer, row!).en;
};

beforeAll(async () => {
  city = await openCity({ reactions: erasureReactions });
  appId = await city.party({ kind: 'ENTERPRISE', name: '泊车小程序', jurisdictionCode: '350500' });
  app = officer('PARTNER_APP', { partyId: appId });
});

afterAll(() => city.database.close());

test('a driver that comes back to its app is the same party with a new membership: nothing else is written, and audit and notice say so', async () => {
  const first = valueOf(await signUp({}));
  await leave(first.membershipId);
  city.services.clock.advance(60_000);
  const before = await city.counts();

  const second = valueOf(await signUp({ phone: '138 0595 1234' }));

  expect(second).toEqual({ partyId: first.partyId, membershipId: expect.any(String) });
  expect(second.membershipId).not.toBe(first.membershipId);
  expect(difference(before, await city.counts())).toEqual({ membership: 1, membership_version: 1, audit_entry: 1, outbox_event: 1, idempotency_record: 1 });
  expect(await city.database.query('select id, ends_at is null as holds from membership where party_id = $1 order by id', [first.partyId])).toEqual([{ id: first.membershipId, holds: false }, { id: second.membershipId, holds: true }]);
  expect(await city.database.query(`select details from audit_entry where object_id = $1 and action = 'driver:sign-up' order by id`, [first.partyId])).toEqual([
    { details: { appId, membershipId: first.membershipId, consentedTo: '隐私告知 2026-03' } },
    { details: { appId, membershipId: second.membershipId, consentedTo: '隐私告知 2026-03', isBack: true, isRenamed: false } },
  ]);
  expect(await lastNotice(first.partyId)).toBe('泊车小程序 has signed you up again and may book and pay for you, until you end it; earlier bookings and debts are yours as before');
  expect(codesOf(await signUp({}))).toEqual(['DRIVER_SIGNED_UP']);
});

test('a name that is given anew replaces the old one, which its versions keep; one that is refused replaces nothing', async () => {
  const phone = '13805950002';
  const { partyId, membershipId } = valueOf(await signUp({ phone }));
  expect(codesOf(await signUp({ phone, name: '王五' }))).toEqual(['DRIVER_SIGNED_UP']);
  expect(await namesOf(partyId)).toEqual(['张晓明']);
  await leave(membershipId);
  city.services.clock.advance(60_000);
  const before = await city.counts();

  expect(valueOf(await signUp({ phone, name: ' 张小明 ', jurisdictionCode: '350502' })).partyId).toBe(partyId);

  expect(difference(before, await city.counts())).toEqual({ party_version: 2, membership: 1, membership_version: 1, audit_entry: 1, outbox_event: 1, idempotency_record: 1 });
  expect(await namesOf(partyId)).toEqual(['张晓明', '张小明']);
  expect(await city.database.query('select jurisdiction_code as code from party where id = $1', [partyId])).toEqual([{ code: '350500' }]);
  expect(await city.database.query(`select details -> 'isRenamed' as renamed, details::text like '%小明%' as clear from audit_entry where object_id = $1 order by id desc limit 1`, [partyId])).toEqual([{ renamed: true, clear: false }]);
  expect(await lastNotice(partyId)).toMatch(/; your registered name was replaced$/);
});

test('another app is told nothing by what it gets: a phone that others know, or knew, is answered as one that nobody knows', async () => {
  const [known, left] = ['13805950003', '13805950004'];
  const first = valueOf(await signUp({ phone: known }));
  await leave(valueOf(await signUp({ phone: left })).membershipId);
  const other = await anotherApp();
  const written: object[] = [];

  for (const phone of [known, left, '13805950005']) {
    const before = await city.counts();
    const { partyId } = valueOf(await signUp({ phone }, other));
    written.push(difference(before, await city.counts()));
    expect(partyId).not.toBe(first.partyId);
    expect(await lastNotice(partyId)).toBe('另一应用 has signed you up and may book and pay for you, until you end it');
    expect(await city.database.query(`select details ? 'isBack' as told from audit_entry where object_id = $1`, [partyId])).toEqual([{ told: false }]);
  }

  expect(new Set(written.map(each => JSON.stringify(each)))).toEqual(new Set([JSON.stringify({ party: 1, party_version: 1, membership: 1, membership_version: 1, audit_entry: 1, outbox_event: 1, idempotency_record: 1 })]));
});

test.each(['before it left', 'after it left'])('a driver that was erased %s is never found again: its phone gives a new party', async when => {
  const phone = `138059510${10 + ++made}`;
  const { partyId, membershipId } = valueOf(await signUp({ phone }));
  if (when === 'after it left') await leave(membershipId);
  valueOf(await eraseDriver(city.system, { partyId, reason: '本人注销', idempotencyKey: `erase ${++made}` }));

  const next = valueOf(await signUp({ phone, name: '新机主' }));

  expect(next.partyId).not.toBe(partyId);
  expect(await city.database.query(`select details ? 'isBack' as told from audit_entry where object_id = $1`, [next.partyId])).toEqual([{ told: false }]);
});

test('of ten calls at once for a driver that comes back one gives the membership, and the others are told that there is one', async () => {
  const phone = '13805950006';
  const { partyId, membershipId } = valueOf(await signUp({ phone }));
  await leave(membershipId);
  const before = await city.counts();

  const outcomes = await Promise.all(Array.from({ length: 10 }, (_, nth) => signUp({ phone, name: `张${nth}明` })));

  const refused = outcomes.filter(outcome => !outcome.ok);
  expect([refused.length, new Set(refused.flatMap(codesOf))]).toEqual([9, new Set(['DRIVER_SIGNED_UP'])]);
  expect(refused[0]).toMatchObject({ problems: [{ data: { partyId } }] });
  expect(outcomes.flatMap(outcome => (outcome.ok ? [outcome.value.partyId] : []))).toEqual([partyId]);
  expect(await city.database.query('select count(*)::int as count from membership where party_id = $1 and ends_at is null', [partyId])).toEqual([{ count: 1 }]);
  expect(difference(before, await city.counts())).toMatchObject({ membership: 1, audit_entry: 1, idempotency_record: 1 });
  expect(await namesOf(partyId)).toHaveLength(2);
});

test('a sign-up beside an erasure gives the driver back, erased with all else, or a new party: never a membership in nobody', async () => {
  for (let round = 0; round < 6; round += 1) {
    const phone = `1380595200${round}`;
    const { partyId, membershipId } = valueOf(await signUp({ phone }));
    await leave(membershipId);

    const [, back] = await Promise.all([eraseDriver(city.system, { partyId, reason: '本人注销', idempotencyKey: `erase ${++made}` }), signUp({ phone })]);

    valueOf(back);
    expect(await city.database.query(`select count(*)::int as count from membership m join party p on p.id = m.party_id where p.erased_at is not null and (m.ends_at is null or m.ends_at > p.erased_at)`)).toEqual([{ count: 0 }]);
  }
});

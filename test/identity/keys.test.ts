import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { authenticate, changeKeyLimits, issueApiKey, may, revokeApiKey, rotateApiKey } from '../../src/identity/index.js';
import { KEY_MARK, isWellFormedKey, writeKey } from '../../src/identity/rules/key-text.js';
import { codesOf, officer, openCity, valueOf, type City } from './city.js';

const DAY = 86_400_000;
let city: City;
let shop: string;

beforeAll(async () => {
  city = await openCity();
  shop = await city.party({ kind: 'ENTERPRISE', jurisdictionCode: '350502' });
});

afterAll(() => city.database.close());

const issue = async (extra: object = {}) => valueOf(await issueApiKey(city.system, { partyId: shop, name: '停车系统', scopes: ['window:publish', 'key:read'], expiresAt: city.services.clock.now() + 90 * DAY, ...extra }));

test('a key shown once lets its party in, with its scopes and no others, within its party', async () => {
  const { secret, keyId } = await issue();

  const viewer = await authenticate(city.services, `Bearer ${secret}`);

  expect(viewer).toMatchObject({ kind: 'API_KEY', keyId, actorId: shop, partyIds: [shop], limitClass: 'KEY' });
  expect(may(viewer, 'window:publish', { partyId: shop })).toBe(true);
  expect(may(viewer, 'window:publish', { partyId: 'pty_other' })).toBe(false);
  expect(may(viewer, 'facility:write')).toBe(false);
});

test('G25: the secret is nowhere in the database, only its SHA-256', async () => {
  const { secret } = await issue();
  const rows = await city.database.query<{ text: string }>(`select row_to_json(k)::text as text from api_key k union all select row_to_json(a)::text from audit_entry a union all select row_to_json(i)::text from idempotency_record i`);

  expect(rows.filter(row => row.text.includes(secret!.slice(KEY_MARK.length + 8)))).toEqual([]);
});

test('a retry of issuing names the same key and shows no secret', async () => {
  const first = await issue({ idempotencyKey: 'once', expiresAt: city.services.clock.now() + DAY });
  const again = await issue({ idempotencyKey: 'once', expiresAt: city.services.clock.now() + DAY });

  expect(first.secret).not.toBeNull();
  expect(again).toEqual({ keyId: first.keyId, secret: null });
});

test('the last use is written, and at most once a minute', async () => {
  const { secret, keyId } = await issue();
  const lastUse = async () => (await city.database.query<{ at: number }>('select epoch_ms(last_used_at) as at from api_key where id = $1', [keyId]))[0]!.at;
  const start = city.services.clock.now();

  await authenticate(city.services, secret);
  expect(await lastUse()).toBe(start);
  city.services.clock.advance(30_000);
  await authenticate(city.services, secret);
  expect(await lastUse()).toBe(start);
  city.services.clock.advance(30_000);
  await authenticate(city.services, secret);
  expect(await lastUse()).toBe(start + 60_000);
});

test('rotation: both keys live for the overlap, then only the new one; a second rotation of the old one is refused', async () => {
  const old = await issue();
  const self = city.as(await authenticate(city.services, old.secret));

  const fresh = valueOf(await rotateApiKey(self, { keyId: old.keyId, overlapHours: 1 }));
  expect((await authenticate(city.services, fresh.secret)).keyId).toBe(fresh.keyId);
  city.services.clock.advance(3_599_000);
  expect((await authenticate(city.services, old.secret)).keyId).toBe(old.keyId);
  expect(codesOf(await rotateApiKey(city.system, { keyId: old.keyId }))).toEqual(['KEY_ALREADY_ROTATED']);

  city.services.clock.advance(1_000);
  await expect(authenticate(city.services, old.secret)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect((await authenticate(city.services, fresh.secret)).keyId).toBe(fresh.keyId);
});

test('a key rotates itself, not its sister, though both are of one party', async () => {
  const own = await issue();
  const sister = await issue();
  const viewer = await authenticate(city.services, own.secret);
  const before = await city.counts();

  await expect(rotateApiKey(city.as(viewer), { keyId: sister.keyId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await city.counts()).toEqual(before);
});

test('G14: a revoked key is refused within 5 s, and with it every key rotated out of it', async () => {
  const old = await issue();
  const fresh = valueOf(await rotateApiKey(city.system, { keyId: old.keyId }));
  await authenticate(city.services, fresh.secret);

  expect(codesOf(await revokeApiKey(city.system, { keyId: old.keyId, reason: ' ' }))).toEqual(['REASON_INVALID']);
  valueOf(await revokeApiKey(city.system, { keyId: old.keyId, reason: '密钥泄露' }));
  city.services.clock.advance(2_000);

  await expect(authenticate(city.services, old.secret)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  await expect(authenticate(city.services, fresh.secret)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(codesOf(await revokeApiKey(city.system, { keyId: old.keyId, reason: '再次' }))).toEqual(['KEY_REVOKED']);
});

test('a key ends at its end, to the millisecond', async () => {
  const { secret } = await issue({ expiresAt: city.services.clock.now() + 10_000 });
  city.services.clock.advance(9_999);
  expect((await authenticate(city.services, secret)).kind).toBe('API_KEY');
  city.services.clock.advance(1);
  await expect(authenticate(city.services, secret)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('an operator gives its key no right, reach or class that it has not itself, and nothing is written', async () => {
  const operatorId = await city.party({ kind: 'OPERATOR' });
  const operator = city.as(officer('FACILITY_OPERATOR', { partyId: operatorId }));
  const input = { partyId: operatorId, name: '接入', expiresAt: city.services.clock.now() + DAY };
  const before = await city.counts();

  await expect(issueApiKey(operator, { ...input, scopes: ['personal:read-clear'] })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(issueApiKey(operator, { ...input, scopes: ['facility:write'], reach: 'PLATFORM' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(issueApiKey(operator, { ...input, scopes: ['facility:write'], reach: 'JURISDICTION', jurisdictionCode: '350502' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(issueApiKey(operator, { ...input, scopes: ['facility:write'], limitClass: 'BENCH' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(issueApiKey(operator, { ...input, partyId: shop, scopes: ['facility:write'] })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await city.counts()).toEqual(before);
  expect(valueOf(await issueApiKey(operator, { ...input, scopes: ['facility:write'] })).secret).toMatch(/^chw_live_/);
});

test('every problem of a key is told at once', async () => {
  const outcome = await issueApiKey(city.as(officer('SECURITY_ADMINISTRATOR')), { partyId: shop, name: ' ', scopes: ['facility:write', 'no:such'], reach: 'PLATFORM' });

  expect(codesOf(outcome)).toEqual(['NAME_INVALID', 'SCOPE_UNKNOWN', 'REACH_NOT_ALLOWED', 'EXPIRY_MISSING']);
});

test('only the platform’s operator puts a key into another class of limits', async () => {
  const { keyId, secret } = await issue();
  await expect(changeKeyLimits(city.as(officer('FACILITY_OPERATOR', { partyId: shop })), { keyId, limitClass: 'BENCH' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect((await authenticate(city.services, secret)).limitClass).toBe('KEY');

  valueOf(await changeKeyLimits(city.system, { keyId, limitClass: 'OPERATOR' }));
  city.services.clock.advance(2_000);
  expect((await authenticate(city.services, secret)).limitClass).toBe('OPERATOR');
});

describe('G25: a key that is not exactly one of ours is UNAUTHENTICATED, and nobody is told why', () => {
  const good = writeKey(Buffer.alloc(32, 5));
  const flipped = good.slice(0, 20) + (good[20] === 'A' ? 'B' : 'A') + good.slice(21);
  const hostile: Record<string, string> = {
    'never issued': good,
    'one character changed': flipped,
    'one character short': good.slice(0, -1),
    'one character long': `${good}A`,
    'checksum of another key': good.slice(0, -6) + writeKey(Buffer.alloc(32, 6)).slice(-6),
    'only the mark': KEY_MARK,
    'another mark': good.replace('live', 'test'),
    'upper-case mark': good.replace('chw_live_', 'CHW_LIVE_'),
    'leading space': ` ${good}`,
    'trailing newline': `${good}\n`,
    'NUL inside': `${good.slice(0, 30)}\0${good.slice(31)}`,
    'SQL inside': `${KEY_MARK}' or 1=1 --`,
    'percent signs': KEY_MARK + '%'.repeat(49),
    'full-width letters': good.replace(/a/g, 'ａ').replace(/[0-9]$/, '０'),
    'huge': KEY_MARK + 'a'.repeat(100_000),
    'empty': '',
    'only Bearer': 'Bearer ',
    'Basic scheme': `Basic ${Buffer.from(`user:${good}`).toString('base64')}`,
    'two keys': `${good},${good}`,
    'Bearer twice': `Bearer Bearer ${good}`,
  };

  test.each(Object.entries(hostile))('%s', async (_name, credential) => {
    const error = await authenticate(city.services, credential).catch((caught: unknown) => caught);

    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', message: 'no valid credential was given', extensions: { code: 'UNAUTHENTICATED' } });
    expect(Object.keys((error as { extensions: object }).extensions)).toEqual(['code']);
  });

  test('a mistyped key costs no statement', async () => {
    const database = { ...city.database, query: () => Promise.reject(new Error('asked the database')) };
    await expect(authenticate({ ...city.services, database }, flipped)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(isWellFormedKey(flipped)).toBe(false);
    expect(isWellFormedKey(good)).toBe(true);
  });

  test('a key with the shown prefix of another and a right checksum is refused', async () => {
    const { secret } = await issue();
    const random = writeKey(Buffer.alloc(32, 77));
    await city.database.query('update api_key set shown_prefix = $1 where shown_prefix = $2', [random.slice(0, 17), secret!.slice(0, 17)]);

    await expect(authenticate(city.services, random)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('no credential at all is nobody, and may do what everybody may', async () => {
    const viewer = await authenticate(city.services, null);

    expect(viewer.kind).toBe('ANONYMOUS');
    expect(may(viewer, 'search:nearby')).toBe(true);
    expect(may(viewer, 'facility:write')).toBe(false);
  });
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { graphql } from 'graphql';
import { authenticate, issueApiKey, partyLoader, revokeApiKey } from '../../src/identity/index.js';
import { endMembership } from '../../src/identity/add-membership.js';
import { ROLES } from '../../src/identity/rules/roles.js';
import { signOffDriver, signUpDriver, type SignUpDriver } from '../../src/identity/sign-up-driver.js';
import type { Viewer } from '../../src/platform/index.js';
import { codesOf, identitySchema, officer, openCity, valueOf, type City } from './city.js';

let city: City;
let appId: string;
let keyId: string;
let secret: string;
let app: Viewer;
let made = 0;

const ZHANG = { name: '张晓明', phone: '138 0595 1234', consentedTo: '隐私告知 2026-03' };
const keyed = (overrides: Partial<SignUpDriver> = {}): SignUpDriver => ({ ...ZHANG, idempotencyKey: `sign up ${++made}`, ...overrides });
/** An answer of `authenticate` is believed for two seconds. */
const later = (): void => city.services.clock.advance(3_000);

beforeAll(async () => {
  city = await openCity();
  appId = await city.party({ kind: 'ENTERPRISE', name: '泊车小程序', jurisdictionCode: '350500' });
  const issued = valueOf(await issueApiKey(city.system, { partyId: appId, name: '接口', scopes: [...ROLES.PARTNER_APP.actions] }));
  keyId = issued.keyId;
  secret = issued.secret!;
  app = await authenticate(city.services, secret);
});

afterAll(() => city.database.close());

test('3.2-8: an app signs a driver up, and acts for that driver alone with its key and the driver’s id', async () => {
  const { partyId, membershipId } = valueOf(await signUpDriver(city.as(app), keyed()));
  const other = valueOf(await signUpDriver(city.as(app), keyed({ phone: '13905951234' })));

  const acting = await authenticate(city.services, `Bearer ${secret}.${partyId}`);

  expect(acting).toMatchObject({ kind: 'API_KEY', actorId: appId, keyId, partyIds: [partyId], limitClass: 'KEY' });
  expect(new Set(acting.grants.map(grant => grant.partyId))).toEqual(new Set([partyId]));
  expect(acting.grants.map(grant => grant.action)).toEqual(ROLES.DRIVER.actions.filter(action => (ROLES.PARTNER_APP.actions as readonly string[]).includes(action)));
  expect(await city.as(acting).load(partyLoader, partyId)).toMatchObject({ name: '张**', phone: '138****1234', jurisdictionCode: '350500' });
  expect(await city.as(acting).load(partyLoader, other.partyId)).toBeNull();
  expect(await city.as(app).load(partyLoader, partyId)).toBeNull();
  expect(await city.database.query(`select member_party_id, role, ends_at from membership where id = $1`, [membershipId])).toEqual([{ member_party_id: appId, role: 'DRIVER', ends_at: null }]);
});

test('a key acts for nobody else’s driver, and a narrow key no further than its scopes', async () => {
  const stranger = await city.party({ kind: 'ENTERPRISE', name: '另一应用' });
  const others = valueOf(await issueApiKey(city.system, { partyId: stranger, name: '接口', scopes: ['reservation:write'] })).secret!;
  const narrow = valueOf(await issueApiKey(city.system, { partyId: appId, name: '只读', scopes: ['reservation:read', 'driver:sign-up'] })).secret!;
  const person = await city.party({ kind: 'PERSON', name: '李四' });
  const { partyId } = valueOf(await signUpDriver(city.as(app), keyed({ phone: '13700000001' })));

  for (const credential of [`${others}.${partyId}`, `${secret}.${person}`, `${secret}.${stranger}`, `${secret}.${appId}`, `${secret}.`, `${secret}.${partyId}.`, `.${partyId}`]) {
    await expect(authenticate(city.services, credential)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  }
  expect((await authenticate(city.services, `${narrow}.${partyId}`)).grants).toEqual([{ action: 'reservation:read', partyId, jurisdictionCode: null }]);
});

test('4.5-5: what the driver agreed to is in the audit, the driver is told, and name and phone are nowhere in clear', async () => {
  const { partyId, membershipId } = valueOf(await signUpDriver(city.as(app), keyed({ name: '欧阳自强', phone: '13612345678' })));

  expect(await city.database.query(`select actor_id, action, details from audit_entry where object_id = $1`, [partyId])).toEqual([{ actor_id: appId, action: 'driver:sign-up', details: { appId, membershipId, consentedTo: ZHANG.consentedTo } }]);
  expect(await city.database.query(`select topic, subject_kind from notice where party_id = $1`, [partyId])).toEqual([{ topic: 'driver.signedUp', subject_kind: 'Party' }]);
  const rows = await city.database.query<{ text: string }>(['party', 'party_version', 'audit_entry', 'outbox_event', 'notice', 'idempotency_record'].map(table => `select row_to_json(r)::text as text from ${table} r`).join(' union all '));
  expect(rows.filter(row => row.text.includes('欧阳') || row.text.includes('13612345678'))).toEqual([]);
});

test('one app has a phone once, also when ten calls come at once; two apps have a party each', async () => {
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => signUpDriver(city.as(app), keyed({ phone: '13500000000' }))));
  const [first] = outcomes.filter(outcome => outcome.ok);
  const refused = outcomes.filter(outcome => !outcome.ok);

  expect([outcomes.filter(outcome => outcome.ok).length, new Set(refused.flatMap(codesOf))]).toEqual([1, new Set(['DRIVER_SIGNED_UP'])]);
  expect(refused[0]).toMatchObject({ problems: [{ field: 'phone', data: { partyId: valueOf(first!).partyId } }] });
  const second = await city.party({ kind: 'OPERATOR', name: '运营应用' });
  expect(valueOf(await signUpDriver(city.as(officer('PARTNER_APP', { partyId: second })), keyed({ phone: '13500000000' }))).partyId).not.toBe(valueOf(first!).partyId);
});

test('I17: a repeated call answers the first party, and the same key with another phone is a conflict', async () => {
  const input = keyed({ phone: '13400000000' });
  const first = valueOf(await signUpDriver(city.as(app), input));

  expect(valueOf(await signUpDriver(city.as(app), input))).toEqual(first);
  await expect(signUpDriver(city.as(app), { ...input, phone: '13400000009' })).rejects.toMatchObject({ code: 'CONFLICT' });
});

test('everything wrong is told at once, and nothing is written', async () => {
  const agency = await city.party({ kind: 'AGENCY', name: '某局' });
  const before = await city.counts();

  expect(codesOf(await signUpDriver(city.as(app), keyed({ name: ' ', phone: '123', consentedTo: '' })))).toEqual(['NAME_INVALID', 'PHONE_INVALID', 'CONSENT_MISSING']);
  expect(codesOf(await signUpDriver(city.as(app), keyed({ phone: '0595-22160000', consentedTo: '字'.repeat(201) })))).toEqual(['PHONE_NOT_MOBILE', 'CONSENT_TOO_LONG']);
  expect(codesOf(await signUpDriver(city.as(app), keyed({ consentedTo: '隐私告知\u202E 1.0' })))).toEqual(['TEXT_CHARACTERS']);
  expect(codesOf(await signUpDriver(city.as(officer('PARTNER_APP', { partyId: agency })), keyed({ phone: '13300000000' })))).toEqual(['ROLE_NOT_OF_KIND']);
  expect(await city.counts()).toEqual(before);
});

test('a department registers a driver within its jurisdiction, and acts for nobody', async () => {
  const authority = city.as(officer('AUTHORITY_OFFICER', { jurisdictionCode: '350502' }));

  expect(valueOf(await signUpDriver(authority, keyed({ phone: '13200000000', jurisdictionCode: '350502001' })))).toEqual({ partyId: expect.any(String), membershipId: null });
  await expect(signUpDriver(authority, keyed({ jurisdictionCode: '350503' }))).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(signUpDriver(authority, keyed())).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(signUpDriver(city.as(officer('DRIVER', { partyId: appId })), keyed())).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test.each(['the driver', 'the app', 'the app in the driver’s name', 'a security administrator'])('%s ends it: the app acts for the driver no more, until the driver is signed up again', async who => {
  const phone = `131000000${10 + ++made}`;
  const { partyId, membershipId } = valueOf(await signUpDriver(city.as(app), keyed({ phone })));
  const callers: Record<string, () => Promise<Viewer>> = { 'the driver': async () => officer('DRIVER', { partyId }), 'the app': async () => app, 'the app in the driver’s name': () => authenticate(city.services, `${secret}.${partyId}`) };
  await authenticate(city.services, `${secret}.${partyId}`);

  const leave = async () => {
    const caller = callers[who];
    return caller ? signOffDriver(city.as(await caller()), { membershipId: membershipId!, reason: '注销', idempotencyKey: `leave ${++made}` }) : endMembership(city.system, { membershipId: membershipId! });
  };
  await expect(signOffDriver(city.as(officer('DRIVER', { partyId: 'pty_00000000000000000000000009' })), { membershipId: membershipId!, idempotencyKey: `leave ${++made}` })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  valueOf(await leave());

  if (who !== 'the app in the driver’s name') expect(codesOf(await leave())).toEqual(['MEMBERSHIP_ENDED']);
  later();
  await expect(authenticate(city.services, `${secret}.${partyId}`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(valueOf(await signUpDriver(city.as(app), keyed({ phone }))).partyId).toBe(partyId);
  expect((await authenticate(city.services, `${secret}.${partyId}`)).partyIds).toEqual([partyId]);
});

test('through the schema: the masked party and the membership are told to the app, and a refusal by its code', async () => {
  const schema = await identitySchema();
  const call = (source: string, viewer: Viewer, input: object) => graphql({ schema, source, contextValue: city.as(viewer), variableValues: { input } });
  const signUp = 'mutation s($input: SignUpDriverInput!) { signUpDriver(input: $input) { party { id kind name phone } membership { id role endsAt } userErrors { code field } } }';

  const told = await call(signUp, app, keyed({ phone: '13000000000' }));
  const { party, membership } = (told.data as any).signUpDriver;
  const refused = await call(signUp, app, keyed({ phone: '13000000000' }));
  const left = await call('mutation e($input: SignOffDriverInput!) { signOffDriver(input: $input) { membership { id endsAt } userErrors { code } } }', app, { membershipId: membership.id, idempotencyKey: 'leave by schema' });

  expect(party).toEqual({ id: expect.stringMatching(/^pty_/), kind: 'PERSON', name: '张**', phone: '130****0000' });
  expect(membership).toEqual({ id: expect.any(String), role: 'DRIVER', endsAt: null });
  expect((refused.data as any).signUpDriver).toEqual({ party: null, membership: null, userErrors: [{ code: 'DRIVER_SIGNED_UP', field: 'phone' }] });
  expect((left.data as any).signOffDriver).toMatchObject({ membership: { id: membership.id, endsAt: expect.any(String) }, userErrors: [] });
});

test('a revoked key acts for nobody', async () => {
  const { keyId: id, secret: gone } = valueOf(await issueApiKey(city.system, { partyId: appId, name: '将吊销', scopes: ['reservation:write', 'driver:sign-up'] }));
  const { partyId } = valueOf(await signUpDriver(city.as(app), keyed({ phone: '13100000001' })));
  await authenticate(city.services, `${gone!}.${partyId}`);
  valueOf(await revokeApiKey(city.system, { keyId: id, reason: '停用' }));
  later();

  await expect(authenticate(city.services, `${gone!}.${partyId}`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

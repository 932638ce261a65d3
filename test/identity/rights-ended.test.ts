import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { endMembership } from '../../src/identity/add-membership.js';
import { authenticate, changeKeyLimits, issueApiKey, revokeApiKey, rotateApiKey, type Role } from '../../src/identity/index.js';
import { signOffDriver, signUpDriver } from '../../src/identity/sign-up-driver.js';
import type { Live, Services } from '../../src/platform/index.js';
import { scopeOf } from '../support/scope.js';
import { openCity, valueOf, type City } from './city.js';

let city: City;
let appId: string;

beforeAll(async () => {
  city = await openCity();
  appId = await city.party({ kind: 'ENTERPRISE', name: '泊车小程序', jurisdictionCode: '350500' });
});

afterAll(() => city.database.close());

/** Another server of the same city: its own memory, and the bus of the first unless told. */
function anotherServer(live: Live = city.services.live): { readonly services: Services; asked(): number } {
  let asked = 0;
  const query: Services['database']['query'] = (...args) => {
    asked += 1;
    return city.database.query(...args);
  };
  return { services: { ...city.services, live, database: { ...city.database, query } }, asked: () => asked };
}

const issue = async (scopes: readonly string[] = ['driver:sign-up', 'reservation:write']) => {
  const { keyId, secret } = valueOf(await issueApiKey(city.system, { partyId: appId, name: '接口', scopes }));
  return { keyId, secret: secret! };
};

test('G14: a key that is revoked is refused at once, here and on another server; who was not revoked is not asked for again', async () => {
  const [gone, kept] = [await issue(), await issue()];
  const other = anotherServer();
  for (const { secret } of [gone, kept]) for (const services of [city.services, other.services]) await authenticate(services, secret);
  const asked = other.asked();

  valueOf(await revokeApiKey(city.system, { keyId: gone.keyId, reason: '泄露' }));
  await expect(authenticate(city.services, gone.secret)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  await turn();

  expect((await authenticate(other.services, kept.secret)).keyId).toBe(kept.keyId);
  expect(other.asked()).toBe(asked);
  await expect(authenticate(other.services, gone.secret)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('G12: a server that the bus does not reach believes for 2 s and no longer; the one that revoked needs no bus', async () => {
  const deaf: Live = { ...city.services.live, isConnected: () => false, publish: () => undefined, subscribe: () => () => undefined };
  const [here, other] = [anotherServer(deaf), anotherServer(deaf)];
  const { keyId, secret } = await issue();
  for (const { services } of [here, other]) await authenticate(services, secret);

  valueOf(await revokeApiKey(scopeOf(here.services), { keyId, reason: '泄露' }));
  await turn();
  await expect(authenticate(here.services, secret)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  city.services.clock.advance(1_999);
  expect((await authenticate(other.services, secret)).keyId).toBe(keyId);
  city.services.clock.advance(1);

  await expect(authenticate(other.services, secret)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('an answer that was asked for before the right ended is not believed after it', async () => {
  const { keyId, secret } = await issue();
  const other = anotherServer();
  const query = other.services.database.query;
  // The row is read, and the key revoked before the answer is there.
  let hasRevoked = false;
  const late = { ...other.services.database, query: async (...args: Parameters<typeof query>) => {
    const rows = await query(...args);
    if (args[0].includes('shown_prefix = $1') && !hasRevoked) {
      hasRevoked = true;
      valueOf(await revokeApiKey(city.system, { keyId, reason: '泄露' }));
      await turn();
    }
    return rows;
  } } as Services['database'];
  const services = { ...other.services, database: late };

  expect((await authenticate(services, secret)).keyId).toBe(keyId);
  await expect(authenticate(services, secret)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('whatever else takes a right away is believed at once: signing off, an end of membership, another class of limits, a rotation without overlap', async () => {
  const { keyId, secret } = await issue();
  const other = anotherServer();
  const { partyId, membershipId } = valueOf(await signUpDriver(city.as(await authenticate(other.services, secret)), { name: '张晓明', phone: '13805951234', consentedTo: '隐私告知', idempotencyKey: 'one' }));
  await authenticate(other.services, `${secret}.${partyId}`);
  valueOf(await signOffDriver(city.system, { membershipId: membershipId!, idempotencyKey: 'off' }));
  await turn();
  await expect(authenticate(other.services, `${secret}.${partyId}`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });

  const ended = await city.join(appId, await city.party({ kind: 'OPERATOR' }), 'FACILITY_OPERATOR' satisfies Role);
  valueOf(await endMembership(city.system, { membershipId: ended }));
  valueOf(await changeKeyLimits(city.system, { keyId, limitClass: 'OPERATOR' }));
  await turn();
  expect((await authenticate(other.services, secret)).limitClass).toBe('OPERATOR');

  valueOf(await rotateApiKey(city.system, { keyId, overlapHours: 0 }));
  await turn();
  await expect(authenticate(other.services, secret)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SignJWT, UnsecuredJWT, base64url, exportJWK, exportSPKI, generateKeyPair, type CryptoKey, type JWK } from 'jose';
import { authenticate, may } from '../../src/identity/index.js';
import { readConfiguration, type Configuration } from '../../src/platform/index.js';
import { TEST_NOW } from '../support/scope.js';
import { openCity, type City } from './city.js';

const ISSUER = 'https://id.quanzhou.example';
const AUDIENCE = 'chaowei';
const SECRET = 'a shared secret of more than thirty-two characters';
const NOW = Math.floor(Temporal.Instant.from(TEST_NOW).epochMilliseconds / 1_000);
const encoded = new TextEncoder().encode(SECRET);

let city: City;
let officerId: string;
let rsa: { publicKey: CryptoKey; privateKey: CryptoKey };
let elliptic: { publicKey: CryptoKey; privateKey: CryptoKey };
let edwards: { publicKey: CryptoKey; privateKey: CryptoKey };
let foreign: { publicKey: CryptoKey; privateKey: CryptoKey };
let published: JWK[] = [];
let issuerServer: Server;
let bySecret: Configuration;
let byKeySet: Configuration;

beforeAll(async () => {
  rsa = await generateKeyPair('RS256', { extractable: true });
  foreign = await generateKeyPair('RS256', { extractable: true });
  elliptic = await generateKeyPair('ES256', { extractable: true });
  edwards = await generateKeyPair('EdDSA', { extractable: true });
  published = [
    { ...(await exportJWK(rsa.publicKey)), kid: 'rsa-1', use: 'sig' },
    { ...(await exportJWK(elliptic.publicKey)), kid: 'ec-1', alg: 'ES256' },
    { ...(await exportJWK(edwards.publicKey)), kid: 'ed-1' },
    { kty: 'oct', k: base64url.encode(encoded), kid: 'oct-1' },
  ];
  issuerServer = createServer((_request, response) => void response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: published })));
  issuerServer.listen(0, '127.0.0.1');
  await once(issuerServer, 'listening');
  const url = `http://127.0.0.1:${(issuerServer.address() as AddressInfo).port}/jwks.json`;
  bySecret = readConfiguration({ JWT_SECRET: SECRET, JWT_ISSUER: ISSUER });
  byKeySet = readConfiguration({ JWT_JWKS_URL: url, JWT_ISSUER: ISSUER });

  city = await openCity();
  const bureau = await city.party({ kind: 'AUTHORITY', jurisdictionCode: '350502' });
  officerId = await city.party({ kind: 'PERSON', name: '林志明', source: ISSUER, code: 'user-7' });
  await city.join(officerId, bureau, 'AUTHORITY_OFFICER', '350502');
});

afterAll(async () => {
  issuerServer.closeAllConnections();
  issuerServer.close();
  await city.database.close();
});

const withSecret = (token: string) => authenticate({ ...city.services, configuration: bySecret }, token);
const withKeySet = (token: string) => authenticate({ ...city.services, configuration: byKeySet }, token);

const CLAIMS = { iss: ISSUER, aud: AUDIENCE, sub: 'user-7', iat: NOW, exp: NOW + 600 };

function sign(claims: Record<string, unknown>, header: { alg: string; [name: string]: unknown } = { alg: 'HS256' }, key: CryptoKey | Uint8Array = encoded): Promise<string> {
  return new SignJWT(claims).setProtectedHeader(header).sign(key);
}

const without = (name: string): Record<string, unknown> => Object.fromEntries(Object.entries(CLAIMS).filter(([claim]) => claim !== name));

describe('a good token lets its subject in, with what its memberships give', () => {
  test('HS256 with the shared secret', async () => {
    const viewer = await withSecret(await sign(CLAIMS));

    expect(viewer).toMatchObject({ kind: 'TOKEN', actorId: officerId, limitClass: 'AUTHORITY', expiresAt: (NOW + 600) * 1_000, keyId: null });
    expect(may(viewer, 'facility:write', { jurisdictionCode: '350502001' })).toBe(true);
    expect(may(viewer, 'facility:write', { jurisdictionCode: '350503' })).toBe(false);
  });

  test.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('%s with a key of the issuer', async alg => {
    const [kid, key] = alg === 'ES256' ? ['ec-1', elliptic.privateKey] : alg === 'EdDSA' ? ['ed-1', edwards.privateKey] : ['rsa-1', rsa.privateKey];
    const privateKey = alg === 'PS256' ? await crypto.subtle.importKey('pkcs8', await crypto.subtle.exportKey('pkcs8', key!), { name: 'RSA-PSS', hash: 'SHA-256' }, false, ['sign']) : key!;

    expect((await withKeySet(await sign(CLAIMS, { alg, kid }, privateKey))).actorId).toBe(officerId);
  });

  test('an audience among several, a typ of at+jwt, and 29 s of skew are accepted', async () => {
    expect((await withSecret(await sign({ ...CLAIMS, aud: ['other', AUDIENCE] }, { alg: 'HS256', typ: 'at+jwt' }))).kind).toBe('TOKEN');
    expect((await withSecret(await sign({ ...CLAIMS, iat: NOW - 300, exp: NOW - 29 }))).kind).toBe('TOKEN');
    expect((await withSecret(await sign({ ...CLAIMS, nbf: NOW + 29 }))).kind).toBe('TOKEN');
  });

  test('a subject we do not know may do what everybody may, and its name is nowhere', async () => {
    const viewer = await withSecret(await sign({ ...CLAIMS, sub: '13805951234' }));

    expect(viewer).toMatchObject({ kind: 'TOKEN', partyIds: [], grants: [] });
    expect(viewer.actorId).toMatch(/^sub_[\w-]{26}$/);
  });

  test('a key that the issuer adds is known without a restart', async () => {
    const added = await generateKeyPair('RS256');
    const configuration = readConfiguration({ JWT_JWKS_URL: byKeySet.JWT_JWKS_URL!, JWT_ISSUER: ISSUER });
    published = [...published, { ...(await exportJWK(added.publicKey)), kid: 'rsa-2' }];

    const viewer = await authenticate({ ...city.services, configuration }, await sign(CLAIMS, { alg: 'RS256', kid: 'rsa-2' }, added.privateKey));

    expect(viewer.actorId).toBe(officerId);
  });

  test('an issuer that cannot be reached is SERVICE_UNAVAILABLE, not a bad token', async () => {
    const configuration = readConfiguration({ JWT_JWKS_URL: 'http://127.0.0.1:9/jwks.json', JWT_ISSUER: ISSUER });

    await expect(authenticate({ ...city.services, configuration }, await sign(CLAIMS, { alg: 'RS256', kid: 'rsa-1' }, rsa.privateKey))).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});

const parts = async (): Promise<[string, string, string]> => (await sign(CLAIMS)).split('.') as [string, string, string];
const encode = (value: unknown): string => base64url.encode(JSON.stringify(value));

/** Each is refused by a server that takes the shared secret. */
const HOSTILE_TO_SECRET: Record<string, () => Promise<string> | string> = {
  'alg none': () => new UnsecuredJWT(CLAIMS).encode(),
  'alg None, signed with nothing': async () => `${encode({ alg: 'None' })}.${(await parts())[1]}.`,
  'alg none with the good signature': async () => `${encode({ alg: 'none' })}.${(await parts())[1]}.${(await parts())[2]}`,
  'alg HS512': () => sign(CLAIMS, { alg: 'HS512' }),
  'alg HS384': () => sign(CLAIMS, { alg: 'HS384' }),
  'alg RS256 with a foreign key': () => sign(CLAIMS, { alg: 'RS256' }, foreign.privateKey),
  'alg missing': async () => `${encode({ typ: 'JWT' })}.${(await parts())[1]}.${(await parts())[2]}`,
  'alg an object': async () => `${encode({ alg: { name: 'HS256' } })}.${(await parts())[1]}.${(await parts())[2]}`,
  'another secret': () => sign(CLAIMS, { alg: 'HS256' }, new TextEncoder().encode(SECRET.replace('a', 'b'))),
  'an empty secret': () => sign(CLAIMS, { alg: 'HS256' }, new Uint8Array(32)),
  'expired beyond the tolerance': () => sign({ ...CLAIMS, iat: NOW - 300, exp: NOW - 31 }),
  'expired long ago': () => sign({ ...CLAIMS, iat: NOW - 86_400, exp: NOW - 86_000 }),
  'not yet valid': () => sign({ ...CLAIMS, nbf: NOW + 31 }),
  'issued in the future': () => sign({ ...CLAIMS, iat: NOW + 60, exp: NOW + 600 }),
  'valid for 901 s': () => sign({ ...CLAIMS, exp: NOW + 901 }),
  'valid for a year': () => sign({ ...CLAIMS, exp: NOW + 31_536_000 }),
  'exp before iat': () => sign({ ...CLAIMS, iat: NOW + 10, exp: NOW + 5 }),
  'no exp': () => sign(without('exp')),
  'no iat': () => sign(without('iat')),
  'no sub': () => sign(without('sub')),
  'no iss': () => sign(without('iss')),
  'no aud': () => sign(without('aud')),
  'exp a text': () => sign({ ...CLAIMS, exp: String(NOW + 600) }),
  'exp null': () => sign({ ...CLAIMS, exp: null }),
  'exp not finite': () => signRaw(`{"iss":"${ISSUER}","aud":"${AUDIENCE}","sub":"user-7","iat":${NOW},"exp":1e999}`),
  'nbf a text': () => sign({ ...CLAIMS, nbf: 'soon' }),
  'sub empty': () => sign({ ...CLAIMS, sub: '' }),
  'sub a number': () => sign({ ...CLAIMS, sub: 7 }),
  'sub a list': () => sign({ ...CLAIMS, sub: ['user-7'] }),
  'sub of 256 characters': () => sign({ ...CLAIMS, sub: 'u'.repeat(256) }),
  'another issuer': () => sign({ ...CLAIMS, iss: 'https://evil.example' }),
  'an issuer with a slash more': () => sign({ ...CLAIMS, iss: `${ISSUER}/` }),
  'another audience': () => sign({ ...CLAIMS, aud: 'another' }),
  'audiences without ours': () => sign({ ...CLAIMS, aud: ['a', 'b'] }),
  'an audience that only begins like ours': () => sign({ ...CLAIMS, aud: `${AUDIENCE}-admin` }),
  'payload changed': async () => { const [head, , tail] = await parts(); return `${head}.${encode({ ...CLAIMS, sub: 'admin' })}.${tail}`; },
  'signature of another token': async () => { const [head, body] = await parts(); return `${head}.${body}.${(await sign({ ...CLAIMS, sub: 'x' })).split('.')[2]}`; },
  'signature cut': async () => (await sign(CLAIMS)).slice(0, -4),
  'signature missing': async () => `${(await parts()).slice(0, 2).join('.')}.`,
  'two parts': async () => (await parts()).slice(0, 2).join('.'),
  'four parts': async () => `${(await parts()).join('.')}.${(await parts())[2]}`,
  'five parts, as an encrypted token': async () => `${(await parts()).join('.')}.a.b`,
  'header twice': async () => { const [head, , tail] = await parts(); return `${head}.${head}.${tail}`; },
  'whole token twice': async () => `${await sign(CLAIMS)}.${await sign(CLAIMS)}`,
  'header no JSON': async () => `${base64url.encode('{')}.${(await parts())[1]}.${(await parts())[2]}`,
  'payload a list': () => signRaw('[1,2]'),
  'payload no JSON': () => signRaw('hello'),
  'critical header unknown': () => signRaw(JSON.stringify(CLAIMS), { alg: 'HS256', crit: ['x'], x: 1 }),
  'payload not encoded (b64 false)': () => signRaw(JSON.stringify(CLAIMS), { alg: 'HS256', crit: ['b64'], b64: false }),
  'typ of a proof': () => sign(CLAIMS, { alg: 'HS256', typ: 'dpop+jwt' }),
  'huge': () => sign({ ...CLAIMS, padding: 'x'.repeat(20_000) }),
  'spaces inside': async () => (await sign(CLAIMS)).replace('.', ' . '),
  'newline at the end': async () => `${await sign(CLAIMS)}\n`,
  'dots only': () => '..',
  'a word': () => 'token',
};

/** Signs any text by HS256 with any header, past the checks of the library. */
async function signRaw(payload: string, header: object = { alg: 'HS256' }): Promise<string> {
  const text = `${encode(header)}.${base64url.encode(payload)}`;
  const key = await crypto.subtle.importKey('raw', encoded, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return `${text}.${base64url.encode(new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))))}`;
}

/** Each is refused by a server that takes the issuer's published keys. */
const HOSTILE_TO_KEY_SET: Record<string, () => Promise<string> | string> = {
  'HS256 with the public key as the secret (HS/RS confusion)': async () => sign(CLAIMS, { alg: 'HS256', kid: 'rsa-1' }, new TextEncoder().encode(await exportSPKI(rsa.publicKey))),
  'HS256 with the modulus as the secret': async () => sign(CLAIMS, { alg: 'HS256', kid: 'rsa-1' }, base64url.decode((await exportJWK(rsa.publicKey)).n!)),
  'HS256 with a symmetric key that the set publishes': () => sign(CLAIMS, { alg: 'HS256', kid: 'oct-1' }),
  'HS256 with a secret': () => sign(CLAIMS),
  'alg none': () => new UnsecuredJWT(CLAIMS).encode(),
  'a foreign kid': () => sign(CLAIMS, { alg: 'RS256', kid: 'not-ours' }, rsa.privateKey),
  'a known kid with a foreign key': () => sign(CLAIMS, { alg: 'RS256', kid: 'rsa-1' }, foreign.privateKey),
  'a kid of another kind of key': () => sign(CLAIMS, { alg: 'RS256', kid: 'ec-1' }, rsa.privateKey),
  'a kid that is a path': () => sign(CLAIMS, { alg: 'RS256', kid: '../../etc/passwd' }, foreign.privateKey),
  'a kid that is SQL': () => sign(CLAIMS, { alg: 'RS256', kid: "' or '1'='1" }, foreign.privateKey),
  'its own key in the header (jwk)': async () => sign(CLAIMS, { alg: 'RS256', jwk: await exportJWK(foreign.publicKey) }, foreign.privateKey),
  'its own key set in the header (jku)': () => sign(CLAIMS, { alg: 'RS256', kid: 'x', jku: 'http://127.0.0.1:9/keys' }, foreign.privateKey),
  'RS512, not on the list': () => sign(CLAIMS, { alg: 'RS512', kid: 'rsa-1' }, foreign.privateKey).catch(() => 'x.y.z'),
  'expired': () => sign({ ...CLAIMS, iat: NOW - 300, exp: NOW - 31 }, { alg: 'RS256', kid: 'rsa-1' }, rsa.privateKey),
  'another audience': () => sign({ ...CLAIMS, aud: 'another' }, { alg: 'RS256', kid: 'rsa-1' }, rsa.privateKey),
};

const refusal = async (answer: Promise<unknown>): Promise<unknown> => {
  const error = await answer.then(() => 'was let in', (caught: unknown) => caught);
  return error instanceof Error ? { code: (error as { code?: string }).code, message: error.message } : error;
};
const UNTOLD = { code: 'UNAUTHENTICATED', message: 'no valid credential was given' };

describe('G25: a bad token is UNAUTHENTICATED, and the answer does not say which part was wrong', () => {
  test.each(Object.entries(HOSTILE_TO_SECRET))('shared secret: %s', async (_name, make) => {
    expect(await refusal(withSecret(await make()))).toEqual(UNTOLD);
  });

  test.each(Object.entries(HOSTILE_TO_KEY_SET))('published keys: %s', async (_name, make) => {
    expect(await refusal(withKeySet(await make()))).toEqual(UNTOLD);
  });

  test('where no issuer is configured, no token is good', async () => {
    expect(await refusal(authenticate({ ...city.services, configuration: readConfiguration({}) }, await sign({ ...CLAIMS, jti: 'unconfigured' })))).toEqual(UNTOLD);
  });

  test('a token that was good is refused once it has ended', async () => {
    const token = await sign({ ...CLAIMS, exp: NOW + 60, jti: 'short' });
    expect((await withSecret(token)).kind).toBe('TOKEN');
    city.services.clock.advance(91_000);
    expect(await refusal(withSecret(token))).toEqual(UNTOLD);
    city.services.clock.set(TEST_NOW);
  });
});

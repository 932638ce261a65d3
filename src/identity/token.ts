import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import type { Configuration } from '../platform/index.js';
import { unavailable } from '../platform/graphql/index.js';

/** What a verified token says: whose it is, from whom, until when (epoch ms). */
export interface TokenClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly expiresAt: number;
}

/** A token that is not good. It has no further reason: none may be told to a caller. */
export class TokenRefused extends Error {
  constructor() {
    super('token refused');
    this.name = 'TokenRefused';
  }
}

const LIFE_SECONDS = 15 * 60;
const TOLERANCE_SECONDS = 30;
const LENGTH_MAXIMUM = 8_192;
/** Stricter than the library, which forgives white space: one token has one spelling. */
const SHAPE = /^[\w-]+\.[\w-]+\.[\w-]+$/;
/** The list depends on the kind of key, so that a public key can never be taken for a shared secret. */
const PUBLIC_KEY_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const SECRET_ALGORITHMS = ['HS256'];

interface KeySource {
  readonly key: Uint8Array | JWTVerifyGetKey;
  readonly algorithms: string[];
}

const sources = new WeakMap<Configuration, KeySource | null>();

/** Verifies a JWT: signature, issuer, audience, at most 15 minutes between iat and exp, 30 s of tolerance (G25). Throws TokenRefused, or SERVICE_UNAVAILABLE where the issuer's keys cannot be fetched. */
export async function verifyToken(configuration: Configuration, token: string, now: number): Promise<TokenClaims> {
  const source = sourceOf(configuration);
  if (source === null || configuration.JWT_ISSUER === null || token.length > LENGTH_MAXIMUM || !SHAPE.test(token)) throw new TokenRefused();
  const { payload, protectedHeader } = await verify(source, token, {
    algorithms: source.algorithms,
    issuer: configuration.JWT_ISSUER,
    audience: configuration.JWT_AUDIENCE ?? 'chaowei',
    requiredClaims: ['iss', 'aud', 'exp', 'iat', 'sub'],
    clockTolerance: TOLERANCE_SECONDS,
    currentDate: new Date(now),
  });
  if (protectedHeader.typ !== undefined && !/^(application\/)?(at\+)?jwt$/i.test(protectedHeader.typ)) throw new TokenRefused();
  return claimsOf(payload, now);
}

async function verify(source: KeySource, token: string, options: object): ReturnType<typeof jwtVerify> {
  try {
    return typeof source.key === 'function' ? await jwtVerify(token, source.key, options) : await jwtVerify(token, source.key, options);
  } catch (error) {
    if (error instanceof IssuerUnreachable) throw unavailable(1_000);
    throw new TokenRefused();
  }
}

function claimsOf(payload: JWTPayload, now: number): TokenClaims {
  const { iss, sub, exp, iat } = payload;
  if (typeof sub !== 'string' || sub.length < 1 || sub.length > 255 || iss === undefined || exp === undefined || iat === undefined) throw new TokenRefused();
  if (exp - iat > LIFE_SECONDS || exp <= iat || iat * 1_000 > now + TOLERANCE_SECONDS * 1_000) throw new TokenRefused();
  return { issuer: iss, subject: sub, expiresAt: exp * 1_000 };
}

class IssuerUnreachable extends Error {}

function sourceOf(configuration: Configuration): KeySource | null {
  const known = sources.get(configuration);
  if (known !== undefined) return known;
  const made = makeSource(configuration);
  sources.set(configuration, made);
  return made;
}

function makeSource(configuration: Configuration): KeySource | null {
  if (configuration.JWT_JWKS_URL !== null) {
    // An unknown kid asks the issuer again, so that its rotation needs no restart; the pause keeps a flood of foreign kids from becoming a flood of requests.
    const keys = createRemoteJWKSet(new URL(configuration.JWT_JWKS_URL), { timeoutDuration: 2_000, cooldownDuration: 10_000 });
    return { key: (header, token) => keyOf(keys, header, token), algorithms: PUBLIC_KEY_ALGORITHMS };
  }
  if (configuration.JWT_SECRET !== null) return { key: new TextEncoder().encode(configuration.JWT_SECRET), algorithms: SECRET_ALGORITHMS };
  return null;
}

async function keyOf(keys: ReturnType<typeof createRemoteJWKSet>, ...[header, token]: Parameters<JWTVerifyGetKey>): Promise<CryptoKey> {
  try {
    return await keys(header, token);
  } catch (error) {
    const isAboutTheToken = error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys || error instanceof errors.JOSENotSupported;
    if (isAboutTheToken) throw error;
    throw new IssuerUnreachable();
  }
}

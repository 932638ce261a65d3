import { hash, timingSafeEqual } from 'node:crypto';
import type { Services, Viewer } from '../platform/index.js';
import { unauthenticated } from '../platform/graphql/index.js';
import { beliefsOf } from './beliefs.js';
import { actsForDriver, findKeyByPrefix, listSubjectMemberships, noteKeyUse } from './credential.sql.js';
import { keyHolds } from './rules/api-key.js';
import { KEY_MARK, isWellFormedKey, partsOfCredential, shownPrefixOf } from './rules/key-text.js';
import { grantsForDriver, grantsOfKey, grantsOfMembership, limitClassOf } from './rules/reach.js';
import { isRole, type Role } from './rules/roles.js';
import { TokenRefused, verifyToken, type TokenClaims } from './token.js';
import { anonymousViewer } from './viewers.js';

const USE_NOTED_EVERY_MS = 60_000;

/**
 * Who is asking. No credential is nobody; a bad one is UNAUTHENTICATED and never silently nobody, and the answer does
 * not say which part was wrong. Takes a key or a token, with or without the word Bearer before it. An app names after its
 * key the driver that it acts for, `chw_live_….pty_…`: whoever signed up a million of them carries the rights of one.
 */
export async function authenticate(services: Services, credential: string | null): Promise<Viewer> {
  if (credential === null) return anonymousViewer;
  const text = credential.replace(/^Bearer +/i, '');
  const now = services.clock.now();
  const beliefs = beliefsOf(services);
  const known = beliefs.find(services, text, now);
  if (known) return known;

  const askedAfter = beliefs.endings;
  const viewer = text.startsWith(KEY_MARK) ? await viewerOfKey(services, text, now) : await viewerOfToken(services, text, now);
  beliefs.keep(services, { credential: text, viewer, now, askedAfter });
  return viewer;
}

async function viewerOfKey(services: Services, text: string, now: number): Promise<Viewer> {
  const { key: secret, driverId } = partsOfCredential(text);
  if (!isWellFormedKey(secret)) throw unauthenticated();
  const key = await findKeyByPrefix(services.database, shownPrefixOf(secret));
  if (!key || !timingSafeEqual(Buffer.from(key.secretHash, 'hex'), hashOfKey(secret)) || !keyHolds(key, now)) throw unauthenticated();
  if (driverId !== null && !(await actsForDriver(services.database, { appId: key.partyId, driverId, at: now }))) throw unauthenticated();
  // Asked of the row just read, so that a busy key costs one write a minute and no more.
  if (key.lastUsedAt === null || now - key.lastUsedAt >= USE_NOTED_EVERY_MS) await noteKeyUse(services.database, key.id, now);
  const grants = driverId === null ? grantsOfKey(key) : grantsForDriver(key, driverId);
  // The audit names the app, whomever it acts for.
  return { kind: 'API_KEY', actorId: key.partyId, partyIds: [driverId ?? key.partyId], grants, limitClass: key.limitClass, expiresAt: key.expiresAt, keyId: key.id };
}

/** What is stored of a key. 256 random bits need no salt and no slow hash. */
export function hashOfKey(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}

async function viewerOfToken(services: Services, text: string, now: number): Promise<Viewer> {
  const claims = await claimsOrRefusal(services, text, now);
  const rows = await listSubjectMemberships(services.database, { issuer: claims.issuer, subject: claims.subject, at: now });
  const actor = rows[0];
  if (!actor) return strangerOf(claims);
  const memberships = rows.flatMap(({ partyId, role, jurisdictionCode }) => (partyId !== null && role !== null && isRole(role) ? [{ partyId, role, jurisdictionCode }] : []));
  const own: readonly { partyId: string; role: Role; jurisdictionCode: null }[] = actor.actorKind === 'PERSON' ? [{ partyId: actor.actorId, role: 'DRIVER', jurisdictionCode: null }] : [];
  return {
    kind: 'TOKEN',
    actorId: actor.actorId,
    partyIds: [...new Set([actor.actorId, ...memberships.map(membership => membership.partyId)])],
    grants: [...own, ...memberships].flatMap(grantsOfMembership),
    limitClass: limitClassOf(memberships.map(membership => membership.role)),
    expiresAt: claims.expiresAt,
    keyId: null,
  };
}

async function claimsOrRefusal(services: Services, text: string, now: number): Promise<TokenClaims> {
  try {
    return await verifyToken(services.configuration, text, now);
  } catch (error) {
    if (error instanceof TokenRefused) throw unauthenticated();
    throw error;
  }
}

/** Somebody the issuer knows and we do not: may do what everybody may. The subject may be a phone number, so that only its hash becomes an actor id. */
function strangerOf({ issuer, subject, expiresAt }: TokenClaims): Viewer {
  const actorId = `sub_${hash('sha256', `${issuer}\0${subject}`, 'base64url').slice(0, 26)}`;
  return { kind: 'TOKEN', actorId, partyIds: [], grants: [], limitClass: 'KEY', expiresAt, keyId: null };
}

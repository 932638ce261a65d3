import { randomBytes } from 'node:crypto';
import { done, isRefusal, problem, reasonProblem, refuse, type Outcome } from '../kernel/index.js';
import { newId, transaction, type RequestScope, type Viewer } from '../platform/index.js';
import { forbidden, notFound } from '../platform/graphql/index.js';
import { ensureMay } from './allow.js';
import { endingRights } from './beliefs.js';
import { findKeyForUpdate, insertKey, revokeKeyFamily, shortenKey, updateLimitClass, type NewKey, type StoredKey } from './api-key.sql.js';
import { hashOfKey } from './authenticate.js';
import { getParties } from './party-head.js';
import { OVERLAP_MAXIMUM_HOURS, checkKey, keyHolds, type KeyLimitClass, type Reach } from './rules/api-key.js';
import type { Action } from './rules/actions.js';
import { isAction } from './rules/actions.js';
import { shownPrefixOf, writeKey } from './rules/key-text.js';
import { may, type Subject } from './rules/may.js';

export interface IssueApiKey {
  readonly partyId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly reach?: Reach | null;
  readonly jurisdictionCode?: string | null;
  readonly limitClass?: KeyLimitClass | null;
  /** Epoch ms. */
  readonly expiresAt?: number | null;
  readonly idempotencyKey?: string | null;
}

/** A key with its secret, which is shown this once; null where a retry finds the key issued already. */
export interface IssuedKey {
  readonly keyId: string;
  readonly secret: string | null;
}

/** Issues a key to a party. Whoever issues within one party can give no right, reach or class that it has not itself (G25). */
export async function issueApiKey(scope: RequestScope, input: IssueApiKey): Promise<Outcome<IssuedKey>> {
  const fresh = drawKey();
  const outcome = await transaction(scope, async unit => {
    ensureMay(scope.viewer, 'key:issue');
    const [party] = await getParties(unit, [input.partyId]);
    const reach = input.reach ?? 'PARTY';
    const jurisdictionCode = input.jurisdictionCode ?? null;
    const limitClass = input.limitClass ?? 'KEY';
    const isSystem = scope.viewer.kind === 'SYSTEM';
    const subject = subjectOf({ reach, partyId: party!.id, partyJurisdictionCode: party!.jurisdictionCode, jurisdictionCode });
    const isOwn = may(scope.viewer, 'key:issue', { partyId: party!.id, jurisdictionCode: party!.jurisdictionCode });
    ensureMay(scope.viewer, 'key:issue', subject, isOwn ? undefined : { what: 'party', id: party!.id });
    ensureGivesOnlyItsOwn(scope.viewer, { scopes: input.scopes, limitClass, subject });
    const problems = checkKey({ name: input.name, partyKind: party!.kind, scopes: input.scopes, reach, jurisdictionCode, expiresAt: input.expiresAt ?? null, issuedBySystem: isSystem }, unit.now);
    if (problems.length > 0) return refuse(problems);

    const id = newId('apiKey', unit.now);
    const key: NewKey = { id, partyId: party!.id, name: input.name.trim(), scopes: [...new Set(input.scopes)], reach, jurisdictionCode, limitClass, expiresAt: input.expiresAt ?? null, rotatedFromId: null, shownPrefix: fresh.shownPrefix, secretHash: fresh.secretHash };
    await insertKey(unit, key, unit.now);
    unit.record({ action: 'key:issue', objectType: 'apiKey', objectId: id, details: { act: 'issue', partyId: key.partyId, scopes: key.scopes, reach, jurisdictionCode, limitClass } });
    return done({ keyId: id, shownPrefix: fresh.shownPrefix });
  }, { operation: 'issueApiKey', key: input.idempotencyKey ?? null, input });
  return withSecret(outcome, fresh);
}

/** Replaces a key by one with the same rights; the old one lives on for the overlap, so that no caller is cut off (G25). A key may always rotate itself. */
export async function rotateApiKey(scope: RequestScope, input: { readonly keyId: string; readonly overlapHours?: number | null; readonly idempotencyKey?: string | null }): Promise<Outcome<IssuedKey>> {
  const fresh = drawKey();
  const outcome = await endingRights(scope, async (unit, ended) => {
    ensureMay(scope.viewer, 'key:rotate');
    const old = await findKeyForUpdate(unit, input.keyId);
    if (!old) throw notFound('apiKey', input.keyId);
    ensureMayRotate(scope.viewer, old);
    const overlapHours = input.overlapHours ?? 24;
    if (!Number.isInteger(overlapHours) || overlapHours < 0 || overlapHours > OVERLAP_MAXIMUM_HOURS) {
      return refuse(problem('OVERLAP_OUT_OF_RANGE', { zh: `新旧密钥并存须为 0–${OVERLAP_MAXIMUM_HOURS} 小时，收到 ${overlapHours}`, en: `the overlap is 0 to ${OVERLAP_MAXIMUM_HOURS} hours; got ${overlapHours}`, field: 'overlapHours' }));
    }
    if (!keyHolds(old, unit.now)) return refuse(problem('KEY_NOT_IN_FORCE', { zh: '该密钥已到期或已吊销，不能轮换', en: 'this key has expired or was revoked and cannot be rotated', field: 'keyId' }));

    const id = newId('apiKey', unit.now);
    const expiresAt = old.expiresAt === null ? null : unit.now + (old.expiresAt - old.issuedAt);
    const successor: NewKey = { id, partyId: old.partyId, name: old.name, scopes: old.scopes, reach: old.reach, jurisdictionCode: old.jurisdictionCode, limitClass: old.limitClass, expiresAt, rotatedFromId: old.id, shownPrefix: fresh.shownPrefix, secretHash: fresh.secretHash };
    if (!(await insertKey(unit, successor, unit.now))) return refuse(problem('KEY_ALREADY_ROTATED', { zh: '该密钥已轮换过，请轮换其新密钥', en: 'this key was rotated already: rotate its successor', field: 'keyId' }));
    await shortenKey(unit, old.id, unit.now + overlapHours * 3_600_000);
    ended.push(old.id);
    unit.record({ action: 'key:rotate', objectType: 'apiKey', objectId: old.id, details: { successorId: id, overlapHours } });
    return done({ keyId: id, shownPrefix: fresh.shownPrefix });
  }, { operation: 'rotateApiKey', key: input.idempotencyKey ?? null, input });
  return withSecret(outcome, fresh);
}

/** Revokes a key, and with it every key that was rotated out of it: refused at once, and within 5 s by a server that the bus does not reach (G14). */
export function revokeApiKey(scope: RequestScope, input: { readonly keyId: string; readonly reason: string; readonly idempotencyKey?: string | null }): Promise<Outcome<{ readonly keyId: string }>> {
  return endingRights(scope, async (unit, ended) => {
    ensureMay(scope.viewer, 'key:issue');
    const key = await findKeyForUpdate(unit, input.keyId);
    if (!key) throw notFound('apiKey', input.keyId);
    ensureMay(scope.viewer, 'key:issue', subjectOf(key), { what: 'apiKey', id: key.id });
    const unexplained = reasonProblem(input.reason);
    if (unexplained) return refuse(unexplained);
    const revoked = await revokeKeyFamily(unit, key.id, unit.now);
    if (revoked.length === 0) return refuse(problem('KEY_REVOKED', { zh: '该密钥已经吊销', en: 'this key was revoked already', field: 'keyId' }));

    unit.record({ action: 'key:issue', objectType: 'apiKey', objectId: key.id, reason: input.reason, details: { act: 'revoke', revoked } });
    ended.push(...revoked);
    unit.announce('key.revoked', { keyIds: revoked });
    return done({ keyId: key.id });
  }, { operation: 'revokeApiKey', key: input.idempotencyKey ?? null, input });
}

/** Puts a key into another class of limits. */
export function changeKeyLimits(scope: RequestScope, input: { readonly keyId: string; readonly limitClass: KeyLimitClass }): Promise<Outcome<{ readonly keyId: string }>> {
  return endingRights(scope, async (unit, ended) => {
    ensureMay(scope.viewer, 'platform:operate', {});
    if (!(await updateLimitClass(unit, input.keyId, input.limitClass))) throw notFound('apiKey', input.keyId);
    unit.record({ action: 'platform:operate', objectType: 'apiKey', objectId: input.keyId, details: { act: 'limits', limitClass: input.limitClass } });
    ended.push(input.keyId);
    return done({ keyId: input.keyId });
  });
}

interface FreshKey {
  readonly secret: string;
  readonly shownPrefix: string;
  readonly secretHash: Buffer;
}

function drawKey(): FreshKey {
  const secret = writeKey(randomBytes(32));
  return { secret, shownPrefix: shownPrefixOf(secret), secretHash: hashOfKey(secret) };
}

/** The kept answer of a retry holds no secret, so that none ever lies in the database: only the call that made the key can show it. */
function withSecret(outcome: Outcome<{ keyId: string; shownPrefix: string }>, fresh: FreshKey): Outcome<IssuedKey> {
  if (isRefusal(outcome)) return outcome;
  const { keyId, shownPrefix } = outcome.value;
  return done({ keyId, secret: shownPrefix === fresh.shownPrefix ? fresh.secret : null });
}

/** What a key is about, for permission: a key that reaches beyond its party is nothing that the party's own officer could give. */
function subjectOf(key: Pick<StoredKey, 'reach' | 'partyId' | 'partyJurisdictionCode' | 'jurisdictionCode'>): Subject {
  if (key.reach === 'PARTY') return { partyId: key.partyId, jurisdictionCode: key.partyJurisdictionCode };
  return key.reach === 'JURISDICTION' ? { jurisdictionCode: key.jurisdictionCode } : {};
}

function ensureMayRotate(viewer: Viewer, key: StoredKey): void {
  if (viewer.keyId !== key.id) ensureMay(viewer, 'key:rotate', subjectOf(key), { what: 'apiKey', id: key.id });
}

function ensureGivesOnlyItsOwn(viewer: Viewer, given: { readonly scopes: readonly string[]; readonly limitClass: KeyLimitClass; readonly subject: Subject }): void {
  // A security administrator hands out rights that are not its own: that is its office, and its right has no limit.
  if (may(viewer, 'key:issue', {})) return;
  if (given.limitClass !== 'KEY' && given.limitClass !== viewer.limitClass) throw forbidden('platform:operate');
  const missing = given.scopes.filter(isAction).find((action: Action) => !may(viewer, action, given.subject));
  if (missing) throw forbidden(missing);
}

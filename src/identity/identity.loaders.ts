import { defineLoader, type RequestScope } from '../platform/index.js';
import { ApiKeyEntity } from './api-key.entity.js';
import { ApiKey } from './api-key.type.js';
import { DelegationEntity } from './delegation.entity.js';
import { Delegation, Membership } from './membership.type.js';
import { MembershipEntity } from './membership.entity.js';
import { PartyEntity } from './party.entity.js';
import { maySeeParty, maySeePersonalFields } from './party.policy.js';
import { Party } from './party.type.js';
import { may } from './rules/may.js';
import { maskName, maskPhone } from './rules/personal-fields.js';

/** Every batch reads afresh: an entity manager kept for the request would answer a second mutation with what the first one saw. */
const freshOf = (scope: RequestScope) => scope.database.orm.em.fork();

function inOrder<T extends { id: string }>(keys: readonly string[], found: readonly T[]): Array<T | null> {
  const byId = new Map(found.map(item => [item.id, item]));
  return keys.map(key => byId.get(key) ?? null);
}

/** A party as this viewer may see it; null where it may not, or where there is none. */
export const partyLoader = defineLoader<string, Party | null>('party', async (scope, ids) => {
  const rows = await freshOf(scope).find(PartyEntity, { id: { $in: [...ids] } });
  return inOrder(ids, rows.filter(row => maySeeParty(scope.viewer, row)).map(row => partyOf(scope, row)));
});

/** What stands where the name of a person stood. */
const ERASED_NAME = '已删除';

function partyOf(scope: RequestScope, row: PartyEntity): Party {
  const { sealer } = scope.services;
  const isReached = maySeePersonalFields(scope.viewer, row);
  const open = (sealed: string, column: string): string => sealer.open(sealed, { table: 'party', rowId: row.id, column });
  return Object.assign(new Party(), {
    id: row.id,
    kind: row.kind,
    department: row.department ?? null,
    name: row.sealedName == null ? (row.name ?? ERASED_NAME) : maskName(open(row.sealedName, 'sealed_name')),
    phone: row.sealedPhone == null || !isReached ? null : maskPhone(open(row.sealedPhone, 'sealed_phone')),
    creditCode: row.creditCode ?? null,
    creditCodeVerdict: row.creditCodeVerdict ?? null,
    jurisdictionCode: row.jurisdictionCode ?? null,
    erasedAt: row.erasedAt?.getTime() ?? null,
  });
}

/** A membership, to whoever reaches the party that it is in, or holds it. */
export const membershipLoader = defineLoader<string, Membership | null>('membership', async (scope, ids) => {
  const rows = await freshOf(scope).find(MembershipEntity, { id: { $in: [...ids] } });
  return inOrder(ids, rows.filter(row => may(scope.viewer, 'party:read', { partyId: [row.partyId, row.memberPartyId], jurisdictionCode: row.jurisdictionCode })).map(membershipOf));
});

function membershipOf(row: MembershipEntity): Membership {
  return Object.assign(new Membership(), {
    id: row.id,
    memberPartyId: row.memberPartyId,
    partyId: row.partyId,
    role: row.role,
    jurisdictionCode: row.jurisdictionCode ?? null,
    startsAt: row.startsAt,
    endsAt: row.endsAt ?? null,
  });
}

/** The memberships in force in a party, at most 100. */
export const membershipsOfPartyLoader = defineLoader<string, readonly Membership[]>('membershipsOfParty', async (scope, partyIds) => {
  const now = new Date(scope.clock.now());
  const rows = await freshOf(scope).find(
    MembershipEntity,
    { partyId: { $in: [...partyIds] }, startsAt: { $lte: now }, $or: [{ endsAt: null }, { endsAt: { $gt: now } }] },
    { orderBy: { id: 'asc' }, limit: 5_000 },
  );
  const byParty = Map.groupBy(rows, row => row.partyId);
  return partyIds.map(partyId => (byParty.get(partyId) ?? []).slice(0, 100).map(membershipOf));
});

/** A delegation, to whoever reaches its principal or its agent. */
export const delegationLoader = defineLoader<string, Delegation | null>('delegation', async (scope, ids) => {
  const rows = await freshOf(scope).find(DelegationEntity, { id: { $in: [...ids] } });
  const principals = await freshOf(scope).find(PartyEntity, { id: { $in: rows.map(row => row.principalPartyId) } }, { fields: ['id', 'jurisdictionCode'] });
  const placeOf = new Map(principals.map(party => [party.id, party.jurisdictionCode]));
  return inOrder(ids, rows.filter(row => may(scope.viewer, 'party:read', { partyId: [row.principalPartyId, row.agentPartyId], jurisdictionCode: placeOf.get(row.principalPartyId) })).map(delegationOf));
});

function delegationOf(row: DelegationEntity): Delegation {
  return Object.assign(new Delegation(), {
    id: row.id,
    principalPartyId: row.principalPartyId,
    agentPartyId: row.agentPartyId,
    powers: row.powers,
    startsAt: row.startsAt,
    endsAt: row.endsAt,
    procurementReference: row.procurementReference ?? null,
  });
}

/** The delegations that a party has given and that hold now, at most 100. */
export const delegationsOfPrincipalLoader = defineLoader<string, readonly Delegation[]>('delegationsOfPrincipal', async (scope, partyIds) => {
  const now = new Date(scope.clock.now());
  const rows = await freshOf(scope).find(
    DelegationEntity,
    { principalPartyId: { $in: [...partyIds] }, startsAt: { $lte: now }, endsAt: { $gt: now } },
    { orderBy: { id: 'asc' }, limit: 5_000 },
  );
  const byPrincipal = Map.groupBy(rows, row => row.principalPartyId);
  return partyIds.map(partyId => (byPrincipal.get(partyId) ?? []).slice(0, 100).map(delegationOf));
});

/** A key without its secret, to whoever may list the keys of its party, and to itself. */
export const apiKeyLoader = defineLoader<string, ApiKey | null>('apiKey', async (scope, ids) => {
  const rows = await freshOf(scope).find(ApiKeyEntity, { id: { $in: [...ids] } });
  const parties = await freshOf(scope).find(PartyEntity, { id: { $in: rows.map(row => row.partyId) } }, { fields: ['id', 'jurisdictionCode'] });
  const placeOf = new Map(parties.map(party => [party.id, party.jurisdictionCode]));
  const seen = rows.filter(row => row.id === scope.viewer.keyId || ownedBy(scope, row) || may(scope.viewer, 'key:read', { partyId: row.partyId, jurisdictionCode: placeOf.get(row.partyId) }));
  return inOrder(ids, seen.map(apiKeyOf));
});

/** A key that has just rotated itself may see its successor. */
const ownedBy = (scope: RequestScope, row: ApiKeyEntity): boolean => scope.viewer.keyId !== null && row.rotatedFromId === scope.viewer.keyId;

function apiKeyOf(row: ApiKeyEntity): ApiKey {
  return Object.assign(new ApiKey(), {
    id: row.id,
    partyId: row.partyId,
    name: row.name,
    shownPrefix: row.shownPrefix,
    scopes: row.scopes,
    reach: row.reach,
    jurisdictionCode: row.jurisdictionCode ?? null,
    limitClass: row.limitClass,
    issuedAt: row.issuedAt,
    expiresAt: row.expiresAt ?? null,
    revokedAt: row.revokedAt ?? null,
    lastUsedAt: row.lastUsedAt ?? null,
  });
}

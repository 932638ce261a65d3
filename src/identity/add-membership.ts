import { done, problem, refuse, type Outcome } from '../kernel/index.js';
import { newId, transaction, type RequestScope, type Unit } from '../platform/index.js';
import { notFound } from '../platform/graphql/index.js';
import { ensureMay } from './allow.js';
import { endingRights } from './beliefs.js';
import { endMembershipAt, findMembershipForUpdate, insertMembership, type MembershipRow } from './membership.sql.js';
import { getParties } from './party-head.js';
import type { Action } from './rules/actions.js';
import { checkMembership } from './rules/membership.js';
import { ROLES, isRole, type Role } from './rules/roles.js';
import type { Subject } from './rules/may.js';

export interface AddMembership {
  readonly memberId: string;
  readonly partyId: string;
  readonly role: Role;
  readonly jurisdictionCode?: string | null;
  /** Epoch ms; null: now. */
  readonly startsAt?: number | null;
  /** Epoch ms; null: without an end. */
  readonly endsAt?: number | null;
  readonly idempotencyKey?: string | null;
}

type MembershipId = { readonly membershipId: string };

/** Lets a party act in another in a role (1-4). Whoever may only speak for one party can hand out no role that reaches beyond it. */
export function addMembership(scope: RequestScope, input: AddMembership): Promise<Outcome<MembershipId>> {
  return transaction(scope, async unit => {
    ensureMay(scope.viewer, 'membership:write', subjectOf(input.role, input.partyId, input.jurisdictionCode ?? null));
    const [member, party] = await getParties(unit, [input.memberId, input.partyId]);
    const membership = {
      id: newId('membership', unit.now),
      memberPartyId: member!.id,
      partyId: party!.id,
      role: input.role,
      jurisdictionCode: input.jurisdictionCode ?? null,
      startsAt: input.startsAt ?? unit.now,
      endsAt: input.endsAt ?? null,
    };
    const problems = checkMembership({ ...membership, memberId: member!.id, party: party! });
    if (problems.length > 0) return refuse(problems);
    if (!(await insertMembership(unit, membership))) {
      return refuse(problem('MEMBERSHIP_EXISTS', { zh: `该成员在此期间已担任“${ROLES[input.role].zh}”`, en: `the member holds the role ${input.role} there already within this term`, field: 'role' }));
    }

    unit.record({ action: 'membership:write', objectType: 'membership', objectId: membership.id, details: { act: 'add', memberId: member!.id, partyId: party!.id, role: input.role, jurisdictionCode: membership.jurisdictionCode } });
    unit.announce('membership.added', { membershipId: membership.id, memberPartyId: member!.id });
    return done({ membershipId: membership.id });
  }, { operation: 'addMembership', key: input.idempotencyKey ?? null, input });
}

/** Ends a membership now; what it gave ends with it at once, and within 5 s on a server that the bus does not reach (G14). */
export function endMembership(scope: RequestScope, input: { readonly membershipId: string; readonly idempotencyKey?: string | null }): Promise<Outcome<MembershipId>> {
  return endingRights(scope, async (unit, ended) => {
    ensureMay(scope.viewer, 'membership:write');
    const membership = await findMembershipForUpdate(unit, input.membershipId);
    if (!membership || !isRole(membership.role)) throw notFound('membership', input.membershipId);
    ensureMay(scope.viewer, 'membership:write', subjectOf(membership.role, membership.partyId, membership.jurisdictionCode), { what: 'membership', id: membership.id });
    ended.push(membership.partyId);
    return endWithin(unit, membership, 'membership:write');
  }, { operation: 'endMembership', key: input.idempotencyKey ?? null, input });
}

/** Ends a locked membership for whoever may. */
export async function endWithin(unit: Unit, membership: MembershipRow, action: Action, reason: string | null = null): Promise<Outcome<MembershipId>> {
  if (membership.endsAt !== null && membership.endsAt <= unit.now) {
    return refuse(problem('MEMBERSHIP_ENDED', { zh: '该成员关系已经终止', en: 'this membership has ended already', field: 'membershipId' }));
  }
  await endMembershipAt(unit, membership.id, unit.now);
  unit.record({ action, objectType: 'membership', objectId: membership.id, reason, details: { act: 'end' } });
  unit.announce('membership.ended', { membershipId: membership.id, memberPartyId: membership.memberPartyId });
  return done({ membershipId: membership.id });
}

/** A role that reaches beyond its party is nothing that the party could give: the subject then leaves the party unsaid. */
function subjectOf(role: Role, partyId: string, jurisdictionCode: string | null): Subject {
  return ROLES[role].scope === 'PARTY' ? { partyId } : { jurisdictionCode };
}

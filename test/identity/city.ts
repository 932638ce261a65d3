import type { GraphQLSchema } from 'graphql';
import { buildSchema } from 'type-graphql';
import { isRefusal, type Outcome } from '../../src/kernel/index.js';
import { addMembership, identityRoom, registerParty, systemViewer, type RegisterParty, type Role } from '../../src/identity/index.js';
import type { Database, RequestScope, Services, Viewer } from '../../src/platform/index.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';
import { grantsOfMembership } from '../../src/identity/rules/reach.js';
import type { ManualClock } from '../../src/platform/index.js';

export interface City {
  readonly database: Database;
  readonly services: Services & { readonly clock: ManualClock };
  readonly system: RequestScope;
  /** Registers a party and answers its id. */
  party(statement: Partial<RegisterParty> & Pick<RegisterParty, 'kind'>): Promise<string>;
  join(memberId: string, partyId: string, role: Role, jurisdictionCode?: string): Promise<string>;
  as(viewer: Viewer): RequestScope;
  /** How many rows each table of the room holds, with the audit and the outbox: 'and nothing was written' compares two of these. */
  counts(): Promise<object>;
}

export function valueOf<T>(outcome: Outcome<T>): T {
  if (isRefusal(outcome)) throw new Error(`refused: ${outcome.problems.map(problem => `${problem.code} ${problem.en}`).join('; ')}`);
  return outcome.value;
}

export const codesOf = (outcome: Outcome<unknown>): readonly string[] => (isRefusal(outcome) ? outcome.problems.map(problem => problem.code) : []);

/** The schema of this room alone; its streams bring their own source. */
export function identitySchema(): Promise<GraphQLSchema> {
  const noBus = (): never => {
    throw new Error('there is no topic bus');
  };
  return buildSchema({ resolvers: identityRoom.resolvers as never, orphanedTypes: identityRoom.orphanedTypes as never, validate: false, pubSub: { publish: noBus, subscribe: noBus } });
}

/** Somebody with a role, without a token's detour. */
export function officer(role: Role, scopeTo: { readonly partyId?: string; readonly jurisdictionCode?: string } = {}): Viewer {
  const partyId = scopeTo.partyId ?? 'pty_00000000000000000000000000';
  return {
    kind: 'TOKEN',
    actorId: `actor-${role}`,
    partyIds: [partyId],
    grants: [...grantsOfMembership({ role, partyId, jurisdictionCode: scopeTo.jurisdictionCode ?? null })],
    limitClass: 'KEY',
    expiresAt: null,
    keyId: null,
  };
}

export async function openCity(overrides: Partial<Services> = {}): Promise<City> {
  const database = await openTestDatabase(identityRoom.entities);
  const services = testServices(database, overrides);
  const system = scopeOf(services, systemViewer);
  let count = 0;
  return {
    database,
    services,
    system,
    party: async statement => valueOf(await registerParty(system, { name: `主体 ${++count}`, ...(statement.kind === 'AUTHORITY' ? { department: 'PUBLIC_SECURITY' as const } : {}), ...statement })).partyId,
    join: async (memberId, partyId, role, jurisdictionCode) => valueOf(await addMembership(system, { memberId, partyId, role, jurisdictionCode })).membershipId,
    as: viewer => scopeOf(services, viewer),
    async counts() {
      const tables = ['party', 'party_version', 'membership', 'membership_version', 'delegation', 'delegation_version', 'api_key', 'audit_entry', 'outbox_event', 'idempotency_record'];
      const [row] = await database.query(`select ${tables.map(table => `(select count(*)::int from ${table}) as ${table}`).join(', ')}`);
      return { ...row };
    },
  };
}

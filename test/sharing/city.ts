import { graphql, type GraphQLSchema } from 'graphql';
import { done, isRefusal, type Outcome } from '../../src/kernel/index.js';
import { facilitiesRoom, type FacilityDraft } from '../../src/facilities/index.js';
import { identityRoom, registerParty, type PartyKind } from '../../src/identity/index.js';
import { transaction, type Database, type RequestScope, type Services, type Viewer } from '../../src/platform/index.js';
import { assembleSchema } from '../../src/server/schema.js';
import { publishWindows, seedWorkCalendar, sharingRoom, type PublishedWindow, type TermsDraft, type WindowDraft } from '../../src/sharing/index.js';
import { facilityDraft, register, registerDivisions, valueOf } from '../facilities/city.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, system, testServices } from '../support/scope.js';
import { terms } from './rules/terms-builder.js';

export interface Lot {
  readonly facilityId: string;
  readonly zoneId: string;
  readonly ownerId: string;
  readonly sourceCode: string;
}

export interface LendingCity {
  readonly database: Database;
  readonly services: ReturnType<typeof testServices>;
  readonly system: RequestScope;
  as(viewer: Viewer): RequestScope;
  /** Asks the schema of these rooms; throws where the answer has an error. */
  ask(scope: RequestScope, query: string, variables?: object): Promise<any>;
  party(kind: PartyKind): Promise<string>;
  /** A car park of forty shareable spaces with an owner, open and public unless told otherwise. */
  lot(differs?: Partial<FacilityDraft>): Promise<Lot>;
  publish(scope: RequestScope, ...drafts: WindowDraft[]): Promise<ReadonlyArray<Outcome<PublishedWindow>>>;
  /** How many statements the requests of this city have run. */
  statements(): number;
  /** How much each table of the room holds, with the audit and the outbox: 'and nothing was written' compares two of these. */
  counts(): Promise<object>;
}

export const codesOf = (outcome: Outcome<unknown> | undefined): readonly string[] => (outcome && isRefusal(outcome) ? outcome.problems.map(problem => problem.code) : []);

/** Terms as a supplier tells them. */
export function told(some: Parameters<typeof terms>[0] = {}): TermsDraft {
  const { status: _status, ...draft } = terms(some);
  return draft;
}

/** Somebody who may publish and suspend for a party, and nothing else. */
export function lenderOf(partyId: string, actions: readonly string[] = ['window:publish', 'window:suspend', 'proof:record']): Viewer {
  return { kind: 'TOKEN', actorId: `lender-${partyId}`, partyIds: [partyId], grants: actions.map(action => ({ action, partyId, jurisdictionCode: null })), limitClass: 'KEY', expiresAt: null, keyId: null };
}

/** An officer of the departments, within a division. */
export function officerOf(jurisdictionCode: string, actions: readonly string[] = ['window:suspend', 'proof:record']): Viewer {
  return { kind: 'TOKEN', actorId: `officer-${jurisdictionCode}`, partyIds: [], grants: actions.map(action => ({ action, partyId: null, jurisdictionCode })), limitClass: 'AUTHORITY', expiresAt: null, keyId: null };
}

let schema: GraphQLSchema | undefined;

export async function openLendingCity(overrides: Partial<Services> = {}): Promise<LendingCity> {
  const database = await openTestDatabase([...identityRoom.entities, ...facilitiesRoom.entities, ...sharingRoom.entities]);
  let statements = 0;
  const counting: Database = { ...database, query: (text, params) => ((statements += 1), database.query(text, params)) };
  const connection = database.orm.em.getConnection();
  const execute = connection.execute.bind(connection) as typeof connection.execute;
  connection.execute = ((...call: Parameters<typeof execute>) => ((statements += 1), execute(...call))) as typeof execute;
  const services = testServices(counting, overrides);
  const scope = scopeOf(services, system);
  schema ??= assembleSchema([identityRoom, facilitiesRoom, sharingRoom]);
  await registerDivisions(scope);
  valueOf(await transaction(scope, async unit => done(await seedWorkCalendar(unit, unit.now).then(() => null))));
  let count = 0;
  const party = async (kind: PartyKind) => valueOf(await registerParty(scope, { kind, name: `主体${++count}` })).partyId;
  return {
    database,
    services,
    system: scope,
    statements: () => statements,
    as: viewer => scopeOf(services, viewer),
    async ask({ viewer }, source, variableValues) {
      // A request of its own, as over HTTP: loaders remember for one request only.
      const contextValue = scopeOf(services, viewer);
      const { data, errors } = await graphql({ schema: schema!, source, contextValue, variableValues: { ...variableValues } });
      if (errors) throw errors[0]!.originalError ?? errors[0]!;
      return JSON.parse(JSON.stringify(data));
    },
    party,
    async lot(differs = {}) {
      const owner = differs.owner ?? { id: await party('ENTERPRISE') };
      const sourceCode = `L${++count}`;
      const [outcome] = await register(scope, facilityDraft(sourceCode, { zones: [{ capacity: [{ spaceClass: 'STANDARD', total: 100, shareable: 40 }, { spaceClass: 'CHARGING', total: 10, shareable: 4 }] }], ...differs, owner }));
      const { facilityId } = valueOf(outcome);
      const [zone] = await database.query<{ id: string }>('select id from zone where facility_id = $1 order by position', [facilityId]);
      return { facilityId, zoneId: zone!.id, ownerId: 'id' in owner ? owner.id : '', sourceCode };
    },
    publish: async (as, ...drafts) => valueOf(await transaction(as, async unit => done(await publishWindows(unit, drafts)))),
    async counts() {
      const tables = ['sharing_window', 'sharing_window_version', 'window_suspension', 'window_suspension_version', 'window_proof', 'window_proof_version', 'audit_entry', 'outbox_event', 'idempotency_record'];
      const [row] = await database.query(`select ${tables.map(table => `(select count(*)::int from ${table}) as ${table}`).join(', ')}, (select sum(version)::int from facility_search) as searches`);
      return { ...row };
    },
  };
}

import { keepOccupancyDays } from '../../src/availability/keep-days.js';
import { publishTariff } from '../../src/billing/index.js';
import { isRefusal, localTime } from '../../src/kernel/index.js';
import { issueApiKey, registerParty, type PartyKind } from '../../src/identity/index.js';
import { RequestScope, openInProcessLive, openLog, readConfiguration, systemClock, type Database } from '../../src/platform/index.js';
import type { TermsDraft } from '../../src/sharing/index.js';
import { rooms } from '../../src/server/rooms.js';
import { addFacilities, addWindows, facilityDraft, foundCity, termsDraft } from '../support/city.js';
import { openTestDatabase, urlOf } from '../support/database.js';
import { system, testServices } from '../support/scope.js';
import { ended, PrivateRedis, startServerProcess, type ServerProcess } from './machines.js';

/** A party of the city with a key that the limits do not count. */
export interface Caller {
  readonly partyId: string;
  readonly key: string;
}

export interface Lot {
  readonly id: string;
  readonly windowId: string;
  /** What it is priced by; null: free. */
  readonly tariffId: string | null;
}

/** What a server said: the bytes, and what they mean. `status` 0: nobody answered. */
export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly data: any;
  readonly errors: ReadonlyArray<{ readonly message: string; readonly extensions: { readonly code: string; readonly reason?: string } }> | undefined;
}

/** A city that whole processes serve, by the clock of the machine, with parties that book, pay, lend and work its gates. */
export interface BookedCity {
  readonly database: Database;
  /** The services of this process beside those of the servers: what turns jobs, and plays the provider. */
  readonly services: ReturnType<typeof testServices>;
  readonly scope: RequestScope;
  readonly servers: ServerProcess[];
  readonly owner: Caller;
  driver(kind?: PartyKind): Promise<Caller>;
  tariff(fenPerHour: number): Promise<string>;
  /** An open car park that lends so many ordinary spaces of twenty, day and night. */
  lot(quota: number, terms?: Partial<TermsDraft>): Promise<Lot>;
  /** Sets terms of booking that no caller could: so short that holds end within a test. */
  shortTerms(lot: Lot, told: object): Promise<void>;
  startServer(): Promise<ServerProcess>;
  /** Kills a server as a crash does, and takes it off the list. */
  kill(server: ServerProcess): Promise<void>;
  close(): Promise<void>;
}

const DRIVES = ['reservation:read', 'reservation:write', 'payment:pay', 'payment:read', 'charge:read'];
const LENDS = ['gate:operate', 'session:read', 'window:read', 'window:publish', 'window:suspend', 'terms:write', 'reservation:read'];
const BASIS = 'test';

let made = 0;

export async function openBookedCity(): Promise<BookedCity> {
  const redis = await PrivateRedis.start();
  const database = await openTestDatabase(rooms.flatMap(room => room.entities));
  const services = testServices(database, { clock: systemClock, live: openInProcessLive(openLog({ level: 'silent' })), configuration: readConfiguration({ LOCAL_PAYMENTS: 'true' }), reactions: rooms.flatMap(room => room.reactions ?? []) } as never);
  await keepOccupancyDays(services);
  const scope = new RequestScope(services, system, 'en', 'booked-city');
  await foundCity(scope);
  const [{ id: ownerId }] = (await database.query<{ id: string }>(`select id from party where source = 'test' and code = 'owner'`)) as [{ id: string }];
  const environment = { DATABASE_URL: (await urlOf(database))!, REDIS_URL: redis.url, LOCAL_PAYMENTS: 'true', LOG_LEVEL: 'warn' };
  const keyOf = async (partyId: string, scopes: readonly string[]): Promise<Caller> => {
    const issued = await issueApiKey(scope, { partyId, name: 'test', scopes: [...scopes], limitClass: 'BENCH', expiresAt: null });
    if (isRefusal(issued)) throw new Error(JSON.stringify(issued.problems));
    return { partyId, key: issued.value.secret! };
  };
  const servers: ServerProcess[] = [];
  return {
    database, services, scope, servers,
    owner: await keyOf(ownerId, LENDS),
    async driver(kind: PartyKind = 'PERSON') {
      const registered = await registerParty(scope, { kind, name: `车主${++made}` });
      if (isRefusal(registered)) throw new Error(registered.problems[0].en);
      return keyOf(registered.value.partyId, DRIVES);
    },
    async tariff(fenPerHour) {
      const outcome = await publishTariff(scope, {
        owner: { facilityId: null, partyId: ownerId } as never, name: `${fenPerHour} 分每小时`, idempotencyKey: `tariff ${++made}`, inForceFrom: systemClock.now() - 30 * 86_400_000,
        terms: { bands: [{ name: '全天', when: null, spaceClasses: null, price: { kind: 'PER_HOUR', fenPerHour } }], caps: [], freeMinutes: null, rounding: { rule: 'HALF_UP', toFen: 1 }, blocksAtEdges: 'ANEW' },
      });
      if (isRefusal(outcome)) throw new Error(JSON.stringify(outcome.problems));
      return outcome.value.tariffId;
    },
    async lot(quota, terms = {}) {
      const nth = ++made;
      const [id] = await addFacilities(scope, [facilityDraft(`booked-${nth}`, { longitude: 118.6 + (nth % 40) * 0.001, latitude: 24.9 })]);
      const [windowId] = await addWindows(scope, [{ facility: { id: id! }, terms: termsDraft({ quota: { ...termsDraft().quota, STANDARD: quota }, validFrom: localTime.dayOf(2026, 1, 1), ...terms }) }]);
      return { id: id!, windowId: windowId!, tariffId: terms.tariffId ?? null };
    },
    async shortTerms({ id }, told) {
      const { DEFAULT_TERMS } = await import('../../src/parking/rules/booking-terms.js');
      await database.query(
        `insert into booking_terms (city, id, facility_id, terms, legal_basis, starts_at, recorded_at, recorded_by)
         select city, $2, id, $3::jsonb, $4, now() - interval '1 hour', now(), 'test' from facility where id = $1`,
        [id, `bkt_${String(++made).padStart(26, '0')}`, JSON.stringify({ ...DEFAULT_TERMS, ...told }), BASIS],
      );
    },
    async startServer() {
      const server = await startServerProcess(environment);
      servers.push(server);
      return server;
    },
    async kill(server) {
      servers.splice(servers.indexOf(server), 1);
      await ended(server.child);
    },
    async close() {
      await Promise.all(servers.map(({ child }) => ended(child)));
      await database.close();
      await redis.close();
    },
  };
}

/** Asks a server as a caller does; what breaks off answers status 0. */
export async function ask(server: ServerProcess, { key }: Caller, query: string, variables: object, signal: AbortSignal = AbortSignal.timeout(15_000)): Promise<Answered> {
  try {
    const response = await fetch(`${server.address}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` }, body: JSON.stringify({ query, variables }), signal });
    const text = await response.text();
    const body = JSON.parse(text) as Pick<Answered, 'data' | 'errors'>;
    return { status: response.status, text, data: body.data, errors: body.errors };
  } catch {
    return { status: 0, text: '', data: null, errors: undefined };
  }
}

/** Asks as a client does: what breaks off, or is told to come again, is sent again with its key. */
export async function askUntilAnswered(serverOf: () => ServerProcess, caller: Caller, query: string, variables: object): Promise<Answered> {
  for (;;) {
    const answered = await ask(serverOf(), caller, query, variables);
    if (answered.status !== 0 && answered.errors?.[0]!.extensions.code !== 'SERVICE_UNAVAILABLE') return answered;
  }
}

/** The mutations of booking, each with what a test reads of its answer. */
const RESERVATION = 'reservation { id state version chargeIds amountFen during { startsAt endsAt } } userErrors { __typename code ... on NotEnoughSpaces { freeSpaces firstConflict } }';
export const CALLS = {
  quoteStay: 'mutation q($input: QuoteStayInput!) { quoteStay(input: $input) { quote { id amountFen expiresAt } userErrors { __typename code message } } }',
  reserveSpace: `mutation r($input: ReserveSpaceInput!) { reserveSpace(input: $input) { ${RESERVATION} } }`,
  changeReservation: `mutation c($input: ChangeReservationInput!) { changeReservation(input: $input) { ${RESERVATION} } }`,
  cancelReservation: `mutation c($input: CancelReservationInput!) { cancelReservation(input: $input) { ${RESERVATION} } }`,
  payCharge: 'mutation p($input: PayChargeInput!) { payCharge(input: $input) { payment { id state } userErrors { code } } }',
  decideEntry: 'mutation d($input: DecideEntryInput!) { decideEntry(input: $input) { decision { id isAdmitted basis } userErrors { code } } }',
  recordEntry: 'mutation e($input: RecordPassageInput!) { recordEntry(input: $input) { receipt { verdict sessionId } userErrors { code } } }',
  recordExit: 'mutation e($input: RecordPassageInput!) { recordExit(input: $input) { receipt { verdict sessionId } userErrors { code } } }',
  suspendSharing: 'mutation s($input: SuspendSharingInput!) { suspendSharing(input: $input) { suspension { id } userErrors { code } } }',
  liftSuspension: 'mutation s($input: LiftSuspensionInput!) { liftSuspension(input: $input) { suspension { id } userErrors { code } } }',
  reviseWindow: 'mutation w($input: ReviseWindowInput!) { reviseWindow(input: $input) { window { id version } userErrors { __typename code } } }',
} as const;

export type CallName = keyof typeof CALLS;

export interface Interval {
  readonly startsAt: string;
  readonly endsAt: string;
}

/** From so many minutes after now, for so many minutes. */
export function stay(fromMinutes: number, minutes: number): Interval {
  const startsAt = systemClock.now() + fromMinutes * 60_000;
  return { startsAt: new Date(startsAt).toISOString(), endsAt: new Date(startsAt + minutes * 60_000).toISOString() };
}

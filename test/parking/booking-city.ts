import { graphql, parse, subscribe, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { done, isRefusal, type Outcome } from '../../src/kernel/index.js';
import { publishTariff, settlePayment } from '../../src/billing/index.js';
import { keepOccupancyDays } from '../../src/availability/keep-days.js';
import type { FacilityDraft } from '../../src/facilities/index.js';
import { registerParty, type PartyKind } from '../../src/identity/index.js';
import { openNotice } from '../../src/identity/tell-parties.js';
import { transaction, type Database, type RequestScope, type Services, type Viewer } from '../../src/platform/index.js';
import type { TermsDraft } from '../../src/sharing/index.js';
import { rooms } from '../../src/server/rooms.js';
import { assembleSchema } from '../../src/server/schema.js';
import { addFacilities, addWindows, facilityDraft, foundCity, inUnit, termsDraft } from '../support/city.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, system, testServices } from '../support/scope.js';

/** An instant of the day at which these tests live, Wednesday 2026-02-11, in Quanzhou. */
export function at(time: string, day = 0): number {
  return Date.parse(`2026-02-11T${time}:00+08:00`) + day * 86_400_000;
}

/** From one time of the day to another; an end before the start is the next day's. */
export function during(text: string, day = 0): { startsAt: string; endsAt: string } {
  const [from, until] = text.split('–') as [string, string];
  const startsAt = at(from, day);
  const endsAt = at(until, day) > startsAt ? at(until, day) : at(until, day + 1);
  return { startsAt: new Date(startsAt).toISOString(), endsAt: new Date(endsAt).toISOString() };
}

export interface BookingCity {
  readonly database: Database;
  readonly services: ReturnType<typeof testServices>;
  readonly system: RequestScope;
  /** The company that owns every car park. */
  readonly ownerId: string;
  readonly owner: Viewer;
  /** A driver with the right to book for itself. */
  driver(): Promise<Viewer>;
  /** A firm with that right, which may have many more bookings open. */
  firm(): Promise<Viewer>;
  /** A tariff of the owner's: so many fen an hour. */
  tariff(fenPerHour: number): Promise<string>;
  /** An open car park that lends five ordinary spaces day and night, free, unless told otherwise. */
  lot(terms?: Partial<TermsDraft>, facility?: Partial<FacilityDraft>, place?: { longitude: number; latitude: number }): Promise<string>;
  ask(viewer: Viewer, query: string, variables?: object): Promise<any>;
  /** Opens a subscription. */
  listen(viewer: Viewer, query: string): Promise<AsyncIterator<ExecutionResult>>;
  quote(viewer: Viewer, told: { facilityId: string; during: object } & Record<string, unknown>): Promise<any>;
  reserve(viewer: Viewer, quoteId: string, told?: { plates?: readonly object[]; key?: string }): Promise<any>;
  /** Quotes and books; throws where one is refused. */
  book(viewer: Viewer, told: { facilityId: string; during: object; plates?: readonly object[] } & Record<string, unknown>): Promise<{ id: string; state: string; version: string; chargeIds: string[] }>;
  cancel(viewer: Viewer, reservationId: string, told?: object): Promise<any>;
  pay(chargeId: string, paidFen: number, reference?: string): Promise<Outcome<void>>;
  /** What a party was told of a subject, in the order in which it was: by one topic, or but for its confirmation. */
  toldOf(partyId: string, subjectId: string, topic?: string): Promise<Array<{ readonly zh: string; readonly en: string }>>;
  /** Rows of what booking writes: 'and nothing was written' compares two of these. */
  written(): Promise<Record<string, number>>;
}

const DRIVER_ACTIONS = ['party:read', 'notice:read', 'reservation:read', 'reservation:write'];

let schema: GraphQLSchema | undefined;
let made = 0;

/** A plate that a test names; where none is named, each booking is of another vehicle: one stands in one place at a time. */
export const PLATE = { number: '闽C12345' };

/** The plate of a vehicle that no other test has. */
export const newPlate = (): { readonly number: string } => ({ number: `闽D${String(++made).padStart(5, '0')}` });

export const FIELDS = 'id state spaces amountFen feeFen chargeIds version heldUntil isProvisional demandClass reason during { startsAt endsAt } vehicles { plate colour }';
export const ERRORS = 'userErrors { __typename code field ... on NotEnoughSpaces { freeSpaces firstConflict alternatives { walkingMetres amountFen facility { id } } } }';

export function driverOf(partyId: string): Viewer {
  return { kind: 'TOKEN', actorId: `driver-${partyId}`, partyIds: [partyId], grants: DRIVER_ACTIONS.map(action => ({ action, partyId, jurisdictionCode: null })), limitClass: 'KEY', expiresAt: null, keyId: null };
}

export async function openBookingCity(overrides: Partial<Services> = {}): Promise<BookingCity> {
  const database = await openTestDatabase(rooms.flatMap(room => room.entities));
  const services = testServices(database, { reactions: rooms.flatMap(room => room.reactions ?? []), ...overrides });
  services.clock.set('2026-02-11T09:00:00+08:00');
  await keepOccupancyDays(services);
  const scope = scopeOf(services);
  await foundCity(scope);
  schema ??= assembleSchema(rooms);
  const [owner] = await database.query<{ id: string }>(`select id from party where source = 'test' and code = 'owner'`);
  const ownerId = owner!.id;
  const city: BookingCity = {
    database, services, system: scope, ownerId,
    owner: { ...driverOf(ownerId), actorId: 'owner', grants: ['reservation:read', 'terms:write', 'window:publish'].map(action => ({ action, partyId: ownerId, jurisdictionCode: null })) },
    driver: () => bookerOf(scope, 'PERSON', '车主'),
    firm: () => bookerOf(scope, 'ENTERPRISE', '车队'),
    async tariff(fenPerHour) {
      const outcome = await publishTariff(scope, {
        owner: { facilityId: null, partyId: ownerId } as never, name: `${fenPerHour} 分每小时`, idempotencyKey: `tariff ${++made}`, inForceFrom: at('00:00', -30),
        terms: { bands: [{ name: '全天', when: null, spaceClasses: null, price: { kind: 'PER_HOUR', fenPerHour } }], caps: [], freeMinutes: null, rounding: { rule: 'HALF_UP', toFen: 1 }, blocksAtEdges: 'ANEW' },
      });
      if (isRefusal(outcome)) throw new Error(JSON.stringify(outcome.problems));
      return outcome.value.tariffId;
    },
    async lot(terms = {}, facility = {}, place = { longitude: 117.6 + (++made % 40) * 0.02, latitude: 24.6 + Math.floor(made / 40) * 0.02 }) {
      const [id] = await addFacilities(scope, [facilityDraft(`booked-${++made}`, place, facility)]);
      await addWindows(scope, [{ facility: { id: id! }, terms: termsDraft(terms) }]);
      return id!;
    },
    async ask(viewer, source, variableValues) {
      const { data, errors } = await graphql({ schema: schema!, source, contextValue: scopeOf(services, viewer), variableValues: { ...variableValues } });
      if (errors) throw errors[0]!.originalError ?? errors[0]!;
      return JSON.parse(JSON.stringify(data));
    },
    async listen(viewer, query) {
      const stream = await subscribe({ schema: schema!, document: parse(query), contextValue: scopeOf(services, viewer) });
      if (!(Symbol.asyncIterator in stream)) throw stream.errors![0]!;
      return stream;
    },
    async quote(viewer, told) {
      const query = `mutation q($input: QuoteStayInput!) { quoteStay(input: $input) { quote { id amountFen isProvisional isHeldUntilPaid expiresAt lines { rule amountFen } } ${ERRORS} } }`;
      return (await city.ask(viewer, query, { input: { idempotencyKey: `quote ${++made}`, ...told } })).quoteStay;
    },
    async reserve(viewer, quoteId, { plates = [newPlate()], key = `reserve ${++made}` } = {}) {
      const query = `mutation r($input: ReserveSpaceInput!) { reserveSpace(input: $input) { reservation { ${FIELDS} } ${ERRORS} } }`;
      return (await city.ask(viewer, query, { input: { quoteId, plates, idempotencyKey: key } })).reserveSpace;
    },
    async book(viewer, { plates, ...told }) {
      const quoted = await city.quote(viewer, told);
      if (!quoted.quote) throw new Error(JSON.stringify(quoted));
      const { reservation, userErrors } = await city.reserve(viewer, quoted.quote.id, plates ? { plates } : {});
      if (!reservation) throw new Error(JSON.stringify(userErrors));
      return reservation;
    },
    async cancel(viewer, reservationId, told = {}) {
      const query = `mutation c($input: CancelReservationInput!) { cancelReservation(input: $input) { reservation { ${FIELDS} } ${ERRORS} } }`;
      return (await city.ask(viewer, query, { input: { reservationId, idempotencyKey: `cancel ${++made}`, ...told } })).cancelReservation;
    },
    pay: (chargeId, paidFen, reference = `payment ${++made}`) => inUnitOutcome(scope, chargeId, paidFen, reference),
    async toldOf(partyId, subjectId, topic) {
      const rows = await database.query<{ id: string; sealedText: string }>(`select id, sealed_text as "sealedText" from notice where party_id = $1 and subject_id = $2 and topic <> 'reservation.confirmed' and ($3::text is null or topic = $3) order by id`, [partyId, subjectId, topic ?? null]);
      return rows.map(row => openNotice(services.sealer, row));
    },
    async written() {
      const tables = ['reservation', 'reservation_vehicle', 'reservation_change', 'series', 'claim', 'charge', 'ledger_posting', 'audit_entry', 'outbox_event', 'idempotency_record', 'booking_terms'];
      const [row] = await database.query<Record<string, number>>(`select ${tables.map(table => `(select count(*)::int from ${table}) as ${table}`).join(', ')}, (select coalesce(sum(e), 0)::int from claim_day, unnest(claimed) e) as counted`);
      return { ...row };
    },
  };
  return city;
}

async function bookerOf(scope: RequestScope, kind: PartyKind, name: string): Promise<Viewer> {
  const registered = await registerParty(scope, { kind, name: `${name}${++made}` });
  if (isRefusal(registered)) throw new Error(registered.problems[0].en);
  return driverOf(registered.value.partyId);
}

async function inUnitOutcome(scope: RequestScope, chargeId: string, paidFen: number, providerReference: string): Promise<Outcome<void>> {
  const settled = await transaction(scope, async unit => {
    const outcome = await settlePayment(unit, { chargeId, paidFen, provider: 'local', providerReference, paidAt: unit.now });
    return isRefusal(outcome) ? outcome : done(null);
  });
  return isRefusal(settled) ? settled : done(undefined);
}

export { inUnit, system };

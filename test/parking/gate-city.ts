import type { Viewer } from '../../src/platform/index.js';
import { openBookingCity, type BookingCity } from './booking-city.js';

export { at, during } from './booking-city.js';

/** A city whose gates are worked by the company that owns every car park. */
export interface GateCity extends BookingCity {
  readonly operator: Viewer;
  decide(facilityId: string, plate: string, told?: object, viewer?: Viewer): Promise<any>;
  enter(facilityId: string, plate: string, told?: object, viewer?: Viewer): Promise<any>;
  leave(facilityId: string, plate: string, told?: object, viewer?: Viewer): Promise<any>;
  backfill(facilityId: string, events: readonly object[]): Promise<any[]>;
  correct(gateEventId: string, plate: string): Promise<any>;
  session(id: string): Promise<any>;
  reservation(viewer: Viewer, id: string): Promise<any>;
  /** Open findings of a facility, by kind. */
  findings(facilityId: string): Promise<string[]>;
  /** Takes the spaces of a facility back, for a fire drill; throws where that is refused. */
  suspend(facilityId: string, told?: object): Promise<void>;
  /** Has a facility admit a party's vehicles, as residents' unless told otherwise; throws where it refuses. */
  admit(facilityId: string, plates: readonly string[], told?: object): Promise<readonly string[]>;
  clock(instant: number): void;
  /** What the gate and its claims have written. */
  kept(): Promise<Record<string, number>>;
}

let made = 0;

export const DECISION = 'id isAdmitted basis rule until plate suggestedPlates claimId reasons { code } reservation { id }';
export const SESSION = 'id state basis plate enteredAt exitedAt isExitTold overstayedSince claimedUntil amountFen chargeIds reservation { id state }';
const RECEIPT = 'verdict arrival gateEventId sessionId suggestedPlates userErrors { code }';

export async function openGateCity(): Promise<GateCity> {
  const city = await openBookingCity();
  const operator: Viewer = { ...city.owner, actorId: 'operator', grants: ['gate:operate', 'session:read', 'reservation:read', 'window:publish', 'window:suspend'].map(action => ({ action, partyId: city.ownerId, jurisdictionCode: null })) };
  const passage = async (name: 'recordEntry' | 'recordExit', viewer: Viewer, input: object): Promise<any> =>
    (await city.ask(viewer, `mutation p($input: RecordPassageInput!) { ${name}(input: $input) { receipt { ${RECEIPT} } userErrors { code field } } }`, { input: { gate: 'G1', eventId: `e${++made}`, idempotencyKey: `passage ${++made}`, ...input } }))[name];
  const gate: GateCity = {
    ...city,
    operator,
    async decide(facilityId, plate, told = {}, viewer = operator) {
      return (await city.ask(viewer, `mutation d($input: DecideEntryInput!) { decideEntry(input: $input) { decision { ${DECISION} } userErrors { code field } } }`, { input: { facilityId, vehicle: { plate }, idempotencyKey: `decide ${++made}`, ...told } })).decideEntry;
    },
    enter: (facilityId, plate, told = {}, viewer = operator) => passage('recordEntry', viewer, { facilityId, vehicle: { plate }, ...told }),
    leave: (facilityId, plate, told = {}, viewer = operator) => passage('recordExit', viewer, { facilityId, vehicle: { plate }, ...told }),
    async backfill(facilityId, events) {
      const input = { facilityId, idempotencyKey: `backfill ${++made}`, events: events.map(event => ({ gate: 'G1', eventId: `b${++made}`, ...event })) };
      return (await city.ask(operator, `mutation b($input: RecordGateEventsInput!) { recordGateEvents(input: $input) { receipts { ${RECEIPT} } userErrors { code } } }`, { input })).recordGateEvents.receipts;
    },
    async correct(gateEventId, plate) {
      return (await city.ask(operator, `mutation c($input: CorrectPlateInput!) { correctPlate(input: $input) { session { ${SESSION} } userErrors { code } } }`, { input: { gateEventId, vehicle: { plate }, reason: '摄像头误读', idempotencyKey: `correct ${++made}` } })).correctPlate;
    },
    session: async id => (await city.ask(operator, `query s($id: ID!) { session(id: $id) { ${SESSION} } }`, { id })).session,
    reservation: async (viewer, id) => (await city.ask(viewer, 'query r($id: ID!) { reservation(id: $id) { id state version during { startsAt endsAt } facility { id } } }', { id })).reservation,
    async findings(facilityId) {
      const rows = await city.database.query<{ kind: string }>('select kind from gate_finding where facility_id = $1 and resolved_at is null order by kind', [facilityId]);
      return rows.map(row => row.kind);
    },
    async suspend(facilityId, told = {}) {
      const { suspendSharing } = await city.ask(operator, 'mutation s($input: SuspendSharingInput!) { suspendSharing(input: $input) { userErrors { code } } }', { input: { scope: { facilityId }, reason: '消防演练', idempotencyKey: `gate city suspends ${++made}`, ...told } });
      if (suspendSharing.userErrors.length > 0) throw new Error(JSON.stringify(suspendSharing.userErrors));
    },
    async admit(facilityId, plates, told = {}) {
      const input = { facilityId, audience: 'RESIDENTS', vehicles: plates.map(plate => ({ plate })), idempotencyKey: `gate city admits ${++made}`, ...told };
      const { admitVehicles } = await city.ask(operator, 'mutation a($input: AdmitVehiclesInput!) { admitVehicles(input: $input) { admissionIds userErrors { code } } }', { input });
      if (admitVehicles.userErrors.length > 0) throw new Error(JSON.stringify(admitVehicles.userErrors));
      return admitVehicles.admissionIds;
    },
    clock: instant => city.services.clock.set(instant),
    async kept() {
      const tables = ['gate_decision', 'gate_event', 'session', 'gate_finding', 'claim', 'charge', 'breach', 'revocation'];
      const [row] = await city.database.query<Record<string, number>>(`select ${tables.map(table => `(select count(*)::int from ${table}) as ${table}`).join(', ')}, (select coalesce(sum(e), 0)::int from claim_day, unnest(claimed) e) as counted`);
      return { ...row };
    },
  };
  return gate;
}

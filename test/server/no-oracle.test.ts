import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { getNamedType, graphql, isInputObjectType, type GraphQLInputType, type GraphQLSchema } from 'graphql';
import { addMembership, issueApiKey, recordDelegation, registerParty, ACTIONS, type Action } from '../../src/identity/index.js';
import { newId, type IdKind, type Viewer } from '../../src/platform/index.js';
import { rooms } from '../../src/server/rooms.js';
import { assembleSchema } from '../../src/server/schema.js';
import { at, during, openGateCity, type GateCity } from '../parking/gate-city.js';
import { scopeOf } from '../support/scope.js';
import { callOf } from './root-calls.js';

// G24, P10: whoever may do something somewhere learns from no refusal what there is elsewhere. Of every mutation that
// takes an id, an id of somebody else's and one that was invented get the same answer, but for the id that they echo.

let city: GateCity;
let schema: GraphQLSchema;
let theirs: Readonly<Record<string, string>>;
let stranger: Viewer;
let made = 0;

const valueOf = <T>(outcome: { ok: boolean; value?: T }): T => outcome.value!;
/** All that one may do, for its own party only. */
const holderOf = (partyId: string, actorId: string): Viewer => ({
  kind: 'TOKEN', actorId, partyIds: [partyId], limitClass: 'KEY', expiresAt: null, keyId: null, grants: (Object.keys(ACTIONS) as Action[]).map(action => ({ action, partyId, jurisdictionCode: null })),
});

beforeAll(async () => {
  city = await openGateCity();
  schema = assembleSchema(rooms);
  city.clock(at('09:00'));
  const party = async (kind: 'ENTERPRISE' | 'PERSON' | 'OPERATOR', name: string): Promise<string> => valueOf(await registerParty(city.system, { kind, name })).partyId;
  const [owner, agent, own] = [await party('ENTERPRISE', '业主公司'), await party('OPERATOR', '代管公司'), await party('ENTERPRISE', '旁观公司')];
  stranger = holderOf(own, 'stranger');
  const { keyId } = valueOf(await issueApiKey(city.system, { partyId: owner, name: '网关', scopes: ['gate:operate'] }));
  const { membershipId } = valueOf(await addMembership(city.system, { memberId: agent, partyId: owner, role: 'FACILITY_OPERATOR' }));
  const { delegationId } = valueOf(await recordDelegation(city.system, { principalId: owner, agentId: agent, powers: ['SHARE'], startsAt: at('08:00'), endsAt: at('20:00') }));

  const driver = await city.driver();
  const facilityId = await city.lot({ tariffId: await city.tariff(500) });
  const paid = await city.book(driver, { facilityId, during: during('12:00–13:00') });
  await city.pay(paid.chargeIds[0]!, 500);
  const receiptOf = async (id: string) => ((await city.database.query('select id from receipt where charge_id = $1', [id])) as [{ id: string }])[0].id;
  const payer = { ...driver, grants: [...driver.grants, ...['invoice:request', 'payment:pay', 'charge:read'].map(action => ({ action, partyId: driver.partyIds[0]!, jurisdictionCode: null }))] };
  await send(payer, 'requestInvoice', { receiptId: await receiptOf(paid.chargeIds[0]!), titleKind: 'PERSON', title: '张三', idempotencyKey: 'invoice' });
  const later = await city.book(driver, { facilityId, during: during('15:00–16:00') });
  const quoted = await city.quote(driver, { facilityId, during: during('18:00–19:00') });
  const entry = await city.enter(facilityId, '闽C67890');
  await city.leave(facilityId, '闽C67892');
  await send(city.operator, 'admitVehicles', { facilityId, audience: 'RESIDENTS', vehicles: [{ plate: '闽C67891' }], idempotencyKey: 'admit' });
  const suspended = await send({ ...city.operator, grants: [{ action: 'window:suspend', partyId: city.ownerId, jurisdictionCode: null }] }, 'suspendSharing', { scope: { facilityId }, reason: '演练', startsAt: new Date(at('20:00')).toISOString(), idempotencyKey: 'suspend' }, 'suspension { id }');
  const idIn = async (table: string): Promise<string> => ((await city.database.query(`select id from ${table} limit 1`)) as [{ id: string }])[0].id;
  theirs = {
    eraseDriver: driver.partyIds[0]!, party: owner, apiKey: keyId, membership: membershipId, delegation: delegationId, charge: later.chargeIds[0]!, receipt: await receiptOf(paid.chargeIds[0]!), invoice: await idIn('invoice'),
    reservation: later.id, quote: quoted.quote.id, gateEvent: entry.receipt.gateEventId, gateFinding: await idIn('gate_finding'), admission: await idIn('admitted_vehicle'), notice: await idIn('notice'), suspension: suspended.data.suspendSharing.suspension.id,
  };
}, 120_000);

afterAll(() => city.database.close());

async function send(viewer: Viewer, name: string, input: object, selection = '__typename'): Promise<any> {
  const field = schema.getMutationType()!.getFields()[name]!;
  const source = `mutation m($input: ${String(field.args[0]!.type)}) { ${name}(input: $input) { ${selection} userErrors { code message field } } }`;
  return JSON.parse(JSON.stringify(await graphql({ schema, source, contextValue: scopeOf(city.services, viewer), variableValues: { input } })));
}

/** Each id that a mutation takes, by its path: of which kind it is; or why it tells nothing that is not told to everybody. */
const MAP = 'facilities, their windows and their tariffs are on the public map';
const NAMED = 'names somebody else by design: that the party exists is what is recorded';
const OPAQUE = 'kept as it is told, and looked up nowhere';
const OWN = 'compared with the caller’s own parties, and looked up nowhere';
const TABLE: Readonly<Record<string, Readonly<Record<string, IdKind | { readonly why: string }>>>> = {
  addException: { windowId: { why: MAP } },
  addMembership: { memberId: { why: NAMED }, partyId: 'party' },
  admitVehicles: { agreementId: { why: OPAQUE }, facilityId: { why: MAP }, partyId: { why: NAMED } },
  assignReportingUnit: { facilityId: { why: MAP }, reportingUnitId: { why: MAP } },
  cancelReservation: { reservationId: 'reservation' },
  changeFacilityStatus: { facilityId: { why: MAP } },
  changePlates: { reservationId: 'reservation' },
  changeReservation: { quoteId: 'quote', reservationId: 'reservation' },
  closePayment: { paymentId: 'payment' },
  correctPlate: { gateEventId: 'gateEvent' },
  decideEntry: { facilityId: { why: MAP } },
  declareOccupancyFeed: { partyId: 'party' },
  endAdmissions: { admissionIds: 'admission' },
  endDelegation: { delegationId: 'delegation' },
  eraseDriver: { partyId: 'party' },
  endMembership: { membershipId: 'membership' },
  issueApiKey: { partyId: 'party' },
  issueInvoice: { invoiceId: 'invoice' },
  liftSuspension: { suspensionId: 'suspension' },
  markNoticesRead: { noticeIds: 'notice' },
  nameAdmissions: { admissionIds: 'admission', partyId: { why: NAMED } },
  pauseWindow: { windowId: { why: MAP } },
  payCharge: { chargeId: 'charge' },
  publishTariff: { 'owner.facilityId': { why: MAP }, 'owner.partyId': 'party' },
  publishWindow: { facilityId: { why: MAP }, 'terms.tariffId': { why: MAP }, zoneId: { why: MAP } },
  putOutOfService: { facilityId: { why: MAP }, zoneId: { why: MAP } },
  quoteStay: { changesReservationId: 'reservation', facilityId: { why: MAP }, partyId: 'party', spaceId: { why: MAP } },
  recordDelegation: { agentId: { why: NAMED }, principalId: 'party' },
  recordEntry: { facilityId: { why: MAP } },
  recordExit: { facilityId: { why: MAP } },
  recordGateEvents: { facilityId: { why: MAP } },
  recordManagementCost: { facilityId: { why: MAP } },
  recordProof: { facilityId: { why: MAP } },
  recordVehicleEvents: { 'events.facilityId': { why: MAP }, partyId: 'party' },
  refuseInvoice: { invoiceId: 'invoice' },
  registerFacility: { 'manager.id': { why: NAMED }, 'operator.id': { why: NAMED }, 'owner.id': { why: NAMED } },
  registerFacilityTariff: { facilityId: { why: MAP }, tariffId: { why: MAP } },
  registerHub: { facilityId: { why: MAP }, 'shuttles.toKeyPlaceId': { why: MAP } },
  reportSpaceNotProvided: { reservationId: 'reservation' },
  reportOccupancy: { partyId: 'party', 'reports.facilityId': { why: MAP } },
  reportSpaceStates: { partyId: 'party', 'states.facilityId': { why: MAP } },
  requestInvoice: { receiptId: 'receipt' },
  reserveSeries: { facilityId: { why: MAP }, partyId: 'party' },
  reserveSpace: { quoteId: 'quote' },
  resolveGateFinding: { gateFindingId: 'gateFinding' },
  resolvePaymentFinding: { findingId: 'paymentFinding', 'settledBy.partyId': { why: 'asked after the finding is the caller’s: a party of its facility, which the caller knows; of any other only a right that nothing narrows learns whether it is there' } },
  resumeWindow: { windowId: { why: MAP } },
  revealInvoiceTitle: { invoiceId: 'invoice' },
  revealPersonalField: { partyId: 'party' },
  reverseInvoice: { invoiceId: 'invoice' },
  removeException: { exceptionId: { why: MAP }, windowId: { why: MAP } },
  reviseTariff: { tariffId: { why: MAP } },
  reviseWindow: { 'terms.tariffId': { why: MAP }, windowId: { why: MAP } },
  revokeApiKey: { keyId: 'apiKey' },
  rotateApiKey: { keyId: 'apiKey' },
  setBookingTerms: { facilityId: { why: MAP } },
  setRevenueRule: { facilityId: { why: MAP }, 'shares.partyId': { why: NAMED } },
  signOffDriver: { membershipId: 'membership' },
  signUpDriver: { appId: { why: OWN } },
  suspendSharing: { 'scope.facilityId': { why: MAP }, 'scope.windowId': { why: MAP } },
  withdrawTariff: { tariffId: { why: MAP } },
  withdrawWindow: { windowId: { why: MAP } },
};

function idPathsOf(type: GraphQLInputType, path: string, seen: readonly string[]): string[] {
  const named = getNamedType(type);
  if (named.name === 'ID') return [path];
  if (!isInputObjectType(named) || seen.includes(named.name)) return [];
  return Object.values(named.getFields()).flatMap(field => idPathsOf(field.type, path === '' ? field.name : `${path}.${field.name}`, [...seen, named.name]));
}

test('the table names every id that a mutation takes', () => {
  const taken = Object.values(schema.getMutationType()!.getFields()).flatMap(field => field.args.flatMap(argument => idPathsOf(argument.type, '', []).map(path => `${field.name} ${path}`)));
  const listed = Object.entries(TABLE).flatMap(([name, ids]) => Object.keys(ids).map(path => `${name} ${path}`));

  expect([...listed].sort()).toEqual([...taken].sort());
});

const CASES = Object.entries(TABLE).flatMap(([name, ids]) => Object.entries(ids).flatMap(([path, kind]) => (typeof kind === 'string' ? [[name, path, kind] as const] : [])));

test.each(CASES)('%s: by %s, a foreign %s and an invented one get the same answer, and nothing is written', async (name, path, kind) => {
  const foreign = theirs[name] ?? theirs[kind] ?? (await theirsOf(kind));
  const invented = newId(kind, at('08:59'));
  const before = await rowsByTable();

  const [one, other] = [await answerTo(name, path, foreign), await answerTo(name, path, invented)];

  expect(one).toEqual(other);
  expect(JSON.stringify(one)).toMatch(/NOT_FOUND|FORBIDDEN|_UNKNOWN/);
  expect(await rowsByTable()).toEqual(before);
});

/** What is not made by an ordinary call: a payment under way, and a finding about it. */
async function theirsOf(kind: IdKind): Promise<string> {
  const id = newId(kind, at('09:00'));
  const [charge] = await city.database.query<{ city: string; payerId: string }>('select city, payer_id as "payerId" from charge where id = $1', [theirs.charge]);
  const paymentId = kind === 'payment' ? id : newId('payment', at('09:00'));
  await city.database.query(
    `insert into payment (city, id, charge_id, payer_id, provider, way, amount_fen, state, expires_at, ask_at, created_at, created_by)
     values ($1, $2, $3, $4, 'local', 'NATIVE', 500, 'PENDING', to_timestamp($5), to_timestamp($5), to_timestamp($5), 'test') on conflict do nothing`,
    [charge!.city, paymentId, theirs.charge, charge!.payerId, at('10:00') / 1_000],
  );
  if (kind === 'paymentFinding') await city.database.query(`insert into payment_finding (id, kind, provider, subject, payment_id, details, recorded_at) values ($1, 'AMOUNT_MISMATCH', 'local', 'order', $2, '{}', to_timestamp($3))`, [id, paymentId, at('10:00') / 1_000]);
  return id;
}

async function answerTo(name: string, path: string, id: string): Promise<unknown> {
  const field = schema.getMutationType()!.getFields()[name]!;
  const { variables } = callOf(schema, schema.getMutationType()!, field);
  const input = variables.input as Record<string, any>;
  put(input, path.split('.'), id);
  // What else a call needs is right by itself, so that the id is what decides.
  Object.assign(input, { ...('plates' in input ? { plates: [{ number: '闽C00001' }] } : {}), ...('idempotencyKey' in input ? { idempotencyKey: `oracle ${++made}` } : {}), ...(RIGHT[name] ?? {}) });
  const answer = await send(stranger, name, input);
  return JSON.parse(JSON.stringify({ errors: answer.errors?.map(({ message, extensions }: any) => ({ message, ...extensions, traceId: undefined })), userErrors: answer.data?.[name]?.userErrors }).replaceAll(id, 'ID'));
}

/** What the rest of an input must be for the id to be looked at. */
const RIGHT: Readonly<Record<string, object>> = {
  addMembership: { role: 'FACILITY_OPERATOR' },
  quoteStay: { during: during('21:00–22:00') },
  recordDelegation: { get agentId() { return stranger.partyIds[0]; } },
  revokeApiKey: { reason: '测试' },
  payCharge: { way: 'NATIVE' },
  revealPersonalField: { field: 'PHONE', purpose: '核对申诉' },
  revealInvoiceTitle: { purpose: '开具发票' },
};

function put(input: Record<string, any>, [head, ...rest]: string[], id: string): void {
  if (rest.length > 0) {
    // One of several: whatever stood there gives way.
    input[head!] = {};
    put(input[head!], rest, id);
    return;
  }
  input[head!] = Array.isArray(input[head!]) ? [id] : id;
}

/** All rows but those of the log of attempts and of kept answers. */
async function rowsByTable(): Promise<Record<string, number>> {
  const tables = await city.database.query<{ name: string }>(`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not in ('audit_entry', 'audit_head', 'idempotency_record') order by 1`);
  const counts = await city.database.query<{ name: string; rows: number }>(tables.map(({ name }) => `select '${name}' as name, count(*)::int as rows from "${name}"`).join(' union all '));
  return Object.fromEntries(counts.map(({ name, rows }) => [name, rows]));
}

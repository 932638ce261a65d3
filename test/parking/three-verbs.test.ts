import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { closeSettlementDays } from '../../src/billing/close-settlement-days.js';
import { publishTariff } from '../../src/billing/index.js';
import { keepOccupancyDays } from '../../src/availability/keep-days.js';
import { authenticate, issueApiKey, registerParty, type Action, type IssueApiKey, type RegisterParty } from '../../src/identity/index.js';
import { operationCompilers, rooms, routes } from '../../src/server/rooms.js';
import { startTestServer, type TestServer } from '../server/running.js';
import { CITY, DISTRICT, addFacilities, addWindows, facilityDraft, foundCity, termsDraft } from '../support/city.js';
import { scopeOf } from '../support/scope.js';
import { valueOf } from '../identity/city.js';

const PLACE = { longitude: 118.5853, latitude: 24.9108 };
const DURING = { startsAt: '2026-02-13T19:00:00+08:00', endsAt: '2026-02-13T22:00:00+08:00' };
const PLATE = { number: '闽C12345' };
const APP: readonly Action[] = ['search:nearby', 'party:read', 'driver:sign-up', 'driver:leave', 'notice:read', 'reservation:read', 'reservation:write', 'session:read', 'payment:read', 'payment:pay', 'charge:read'];

let server: TestServer;
let facilityId: string;
const parties: Record<string, string> = {};
const keys: Record<string, string> = {};

beforeAll(async () => {
  server = await startTestServer({ assembly: { authenticate, routes, compilers: operationCompilers }, services: { reactions: rooms.flatMap(room => room.reactions ?? []) } });
  const { services } = server;
  const scope = scopeOf(services);
  await keepOccupancyDays(services);
  await foundCity(scope);
  const party = async (code: string, told: Omit<RegisterParty, 'source' | 'code'>): Promise<string> => (parties[code] = valueOf(await registerParty(scope, { jurisdictionCode: CITY, ...told, source: 'test', code })).partyId);
  const key = async (code: string, scopes: readonly Action[], told: Partial<IssueApiKey> = {}): Promise<void> => void (keys[code] = valueOf(await issueApiKey(scope, { partyId: parties[code]!, name: code, scopes, ...told })).secret!);
  await party('agency', { kind: 'AGENCY', name: '鲤城区机关事务中心' });
  await party('operator', { kind: 'OPERATOR', name: '泉停运营' });
  await party('app', { kind: 'ENTERPRISE', name: '泊车小程序' });
  await party('treasury', { kind: 'AUTHORITY', department: 'FINANCE', name: '泉州市财政局' });
  await key('app', APP);
  await key('operator', ['gate:operate', 'session:read']);
  await key('treasury', ['settlement:read', 'ledger:check'], { reach: 'PLATFORM' });

  const { tariffId } = valueOf(await publishTariff(scope, {
    owner: { facilityId: null, partyId: parties.agency! } as never, name: '每小时 5.5 元', idempotencyKey: 'tariff', inForceFrom: Date.parse('2026-01-01T00:00:00+08:00'),
    terms: { bands: [{ name: '全天', when: null, spaceClasses: null, price: { kind: 'PER_HOUR', fenPerHour: 550 } }], caps: [], freeMinutes: null, rounding: { rule: 'HALF_UP', toFen: 1 }, blocksAtEdges: 'ANEW' },
  }));
  [facilityId] = (await addFacilities(scope, [facilityDraft('yard', PLACE, { name: '机关大院停车场', category: 'INSTITUTION', sector: 'AGENCY', jurisdictionCode: DISTRICT, owner: { source: 'test', code: 'agency' }, operator: { source: 'test', code: 'operator' } })])) as [string];
  await addWindows(scope, [{ facility: { id: facilityId }, terms: termsDraft({ tariffId }) }]);
}, 120_000);

afterAll(() => server.close());

/** Asks over HTTP with a credential; throws where the answer has an error. */
async function ask(credential: string, query: string, input: object = {}): Promise<any> {
  const { body } = await server.post({ query, variables: 'input' in input || Object.keys(input).length === 0 ? input : { input } }, { authorization: `Bearer ${credential}` });
  if (body.errors) throw new Error(JSON.stringify(body.errors));
  return body.data;
}

/** The states of reservations as a subscriber is told them. */
function statesToldTo(credential: string) {
  const client = server.client({ authorization: credential });
  const stream = client.iterate<{ reservationChanged: { isSnapshot: boolean; reservations: ReadonlyArray<{ id: string; state: string }> } }>({ query: 'subscription { reservationChanged { isSnapshot reservations { id state } } }' });
  return {
    async next() {
      const { value } = await stream.next();
      return value.data.reservationChanged.reservations.map(({ state }: { state: string }) => state);
    },
    close: () => client.dispose(),
  };
}

test('3.2-8: a driver finds, signs up and books, pays, comes and leaves, and the treasury has the whole of it', async () => {
  const { app, operator, treasury } = keys as { app: string; operator: string; treasury: string };

  // 查询
  const { nearbyFacilities } = await ask(app, `query n($input: IntervalInput!) { nearbyFacilities(near: {coordinate: {longitude: ${PLACE.longitude}, latitude: ${PLACE.latitude}, crs: WGS84}}, during: $input) { edges { price { amountFen } availability { state free } node { id name } } } }`, DURING);
  expect(nearbyFacilities.edges).toEqual([{ price: { amountFen: 1650 }, availability: { state: 'OPEN', free: 5 }, node: { id: facilityId, name: '机关大院停车场' } }]);

  // 签约
  const { signUpDriver } = await ask(app, 'mutation s($input: SignUpDriverInput!) { signUpDriver(input: $input) { party { id name phone } membership { id role } userErrors { code } } }', { name: '张晓明', phone: '13805951234', consentedTo: '隐私告知 2026-02', idempotencyKey: 'sign up' });
  const driverId: string = signUpDriver.party.id;
  expect(signUpDriver).toEqual({ party: { id: driverId, name: '张**', phone: '138****1234' }, membership: { id: expect.any(String), role: 'DRIVER' }, userErrors: [] });
  const driver = `${app}.${driverId}`;
  const told = statesToldTo(driver);
  expect(await told.next()).toEqual([]);
  // Notices are in the order of their instants, and this clock goes when it is told to.
  server.services.clock.advance(60_000);

  const { quoteStay } = await ask(driver, 'mutation q($input: QuoteStayInput!) { quoteStay(input: $input) { quote { id amountFen isHeldUntilPaid expiresAt lines { rule amountFen } } userErrors { code } } }', { facilityId, during: DURING, idempotencyKey: 'quote' });
  expect(quoteStay).toEqual({ quote: { id: expect.any(String), amountFen: 1650, isHeldUntilPaid: true, expiresAt: '2026-02-13T09:11:00+08:00', lines: [{ rule: 'PER_HOUR', amountFen: 1650 }] }, userErrors: [] });
  const { reserveSpace } = await ask(driver, 'mutation r($input: ReserveSpaceInput!) { reserveSpace(input: $input) { reservation { id state amountFen heldUntil chargeIds party { id } vehicles { plate } } userErrors { code } } }', { quoteId: quoteStay.quote.id, plates: [PLATE], idempotencyKey: 'book' });
  expect(reserveSpace.reservation).toEqual({ id: expect.any(String), state: 'HELD', amountFen: 1650, heldUntil: '2026-02-13T09:16:00+08:00', chargeIds: [expect.any(String)], party: { id: driverId }, vehicles: [{ plate: '闽C1***5' }] });
  expect(await told.next()).toEqual(['HELD']);
  const { id: reservationId, chargeIds: [chargeId] } = reserveSpace.reservation;

  // 付费
  const { payCharge } = await ask(driver, 'mutation p($input: PayChargeInput!) { payCharge(input: $input) { payment { id state amountFen } instructions { codeUrl } userErrors { code } } }', { chargeId, way: 'NATIVE', idempotencyKey: 'pay' });
  const { payment, instructions } = payCharge;
  expect(payCharge).toEqual({ payment: { id: payment.id, state: 'PENDING', amountFen: 1650 }, instructions: { codeUrl: `/payments/local/orders/${payment.id}/pay` }, userErrors: [] });
  const wallet = await fetch(new URL(instructions.codeUrl, server.url), { method: 'POST' });
  expect([wallet.status, await wallet.json()]).toEqual([200, { paid: true }]);
  expect(await told.next()).toEqual(['CONFIRMED']);

  const { notices } = await ask(driver, '{ notices(first: 10) { edges { node { topic text } } } }');
  expect(notices.edges.map((edge: { node: object }) => edge.node)).toEqual([
    { topic: 'reservation.confirmed', text: 'your reservation stands: 机关大院停车场, 2026-02-13 19:00–22:00, spaces: 1, 16.50 yuan' },
    { topic: 'driver.signedUp', text: '泊车小程序 has signed you up and may book and pay for you, until you end it' },
  ]);

  // The gate
  server.services.clock.set('2026-02-13T18:50:00+08:00');
  const { decideEntry } = await ask(operator, 'mutation d($input: DecideEntryInput!) { decideEntry(input: $input) { decision { isAdmitted basis rule reservation { id } } userErrors { code } } }', { facilityId, vehicle: { plate: PLATE.number }, idempotencyKey: 'decide' });
  // Whose booking it is, the operator's key may not read.
  expect(decideEntry).toEqual({ decision: { isAdmitted: true, basis: 'RESERVATION', rule: 'RESERVATION', reservation: null }, userErrors: [] });
  const passage = async (act: 'recordEntry' | 'recordExit') => (await ask(operator, `mutation e($input: RecordPassageInput!) { ${act}(input: $input) { receipt { verdict } userErrors { code } } }`, { facilityId, gate: '东门', eventId: act, vehicle: { plate: PLATE.number }, idempotencyKey: act }))[act];
  expect(await passage('recordEntry')).toEqual({ receipt: { verdict: 'OPENED' }, userErrors: [] });
  expect(await told.next()).toEqual(['CHECKED_IN']);
  server.services.clock.set('2026-02-13T21:40:00+08:00');
  expect(await passage('recordExit')).toEqual({ receipt: { verdict: 'CLOSED' }, userErrors: [] });
  expect(await told.next()).toEqual(['COMPLETED']);

  // The receipt, and whose money it is (3.5-6)
  const { charge } = await ask(driver, `{ charge(id: "${chargeId}") { state amountFen paidFen revenueKind receipt { amountFen provider } payments { state } cause { kind id } } }`);
  expect(charge).toEqual({ state: 'PAID', amountFen: 1650, paidFen: 1650, revenueKind: 'TREASURY', receipt: { amountFen: 1650, provider: 'local' }, payments: [{ state: 'PAID' }], cause: { kind: 'RESERVATION', id: reservationId } });
  server.services.clock.set('2026-02-14T00:30:00+08:00');
  await closeSettlementDays(server.services);
  const { settlementBatches, ledgerCheck } = await ask(treasury, '{ settlementBatches { edges { node { kind onDate lineCount receiptsFen refundsFen amountFen payee { id } lines { edges { node { kind chargeId amountFen } } } } } } ledgerCheck { isSound sumFen treasuryReceivedFen treasuryRemittedFen treasuryWaitingFen differences { code } } }');
  expect(settlementBatches.edges.map((edge: { node: object }) => edge.node)).toEqual([
    { kind: 'REMITTANCE', onDate: '2026-02-13', lineCount: 1, receiptsFen: 1650, refundsFen: 0, amountFen: 1650, payee: { id: parties.agency }, lines: { edges: [{ node: { kind: 'PAYMENT', chargeId, amountFen: 1650 } }] } },
  ]);
  expect(ledgerCheck).toEqual({ isSound: true, sumFen: 0, treasuryReceivedFen: 1650, treasuryRemittedFen: 1650, treasuryWaitingFen: 0, differences: [] });

  // The driver leaves: the app acts for it no more, and what it followed for it ends (G14).
  const { signOffDriver } = await ask(driver, 'mutation o($input: SignOffDriverInput!) { signOffDriver(input: $input) { membership { endsAt } userErrors { code } } }', { membershipId: signUpDriver.membership.id, idempotencyKey: 'leave' });
  expect(signOffDriver).toEqual({ membership: { endsAt: '2026-02-14T00:30:00+08:00' }, userErrors: [] });
  server.services.clock.advance(3_000);
  await expect(ask(driver, '{ reservations { totalCount } }')).rejects.toThrow('UNAUTHENTICATED');
  await expect(told.next()).rejects.toMatchObject({ code: 4403 });
  await told.close();
}, 120_000);

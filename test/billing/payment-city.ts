import type { Database, Viewer } from '../../src/platform/index.js';
import { billingRoom, findLocalProvider, openCharges, paymentRoutes, type ChargeDraft } from '../../src/billing/index.js';
import type { LocalProvider } from '../../src/billing/payments/local-provider.js';
import type { PaymentFindingKind } from '../../src/billing/rules/payment-finding.js';
import { rooms } from '../../src/server/rooms.js';
import { openTestDatabase } from '../support/database.js';
import { CITY, inUnit } from '../support/city.js';
import { anonymous, scopeOf } from '../support/scope.js';
import { someone, startTestServer, type TestServer } from '../server/running.js';
import { balances, foundLedgerCity, refund, valueOf, type LedgerCity } from './ledger-city.js';

export interface Paying {
  readonly server: TestServer;
  readonly database: Database;
  readonly city: LedgerCity;
  /** The play-money provider of this server. */
  readonly local: LocalProvider;
  /** A charge of so many fen that the driver owes. */
  charge(amountFen?: number, told?: Partial<ChargeDraft>): Promise<string>;
  /** Calls as somebody: driver, stranger or desk; the driver unless told. */
  ask(document: string, variables?: object, as?: string): Promise<{ status: number; data: any; errors: any }>;
  pay(chargeId: string, told?: object, as?: string): Promise<any>;
  /** What the payer's wallet does. */
  wallet(paymentId: string): Promise<number>;
  /** Answers a finding: looked at, and nothing to do, unless told; by the platform's own finance. */
  resolve(findingId: string, told?: object, as?: string): Promise<any>;
  notify(provider: string, message: { readonly headers: Record<string, string>; readonly body: string | Buffer }): Promise<{ status: number; body: string }>;
  row(table: 'payment' | 'charge' | 'refund', id: string): Promise<Record<string, any>>;
  /** Rows of everything that a notification could write: 'and nothing was written' compares two of these. */
  counts(): Promise<object>;
  balances(): Promise<Record<string, number>>;
  close(): Promise<void>;
}

const TABLES = ['payment', 'payment_notification', 'payment_finding', 'refund', 'charge_payment', 'charge_refund', 'ledger_transaction', 'ledger_posting', 'receipt', 'audit_entry', 'outbox_event'];

const FIELDS = 'id state amountFen refundedFen failure provider way paidAt';
export const PAY = `mutation($input: PayChargeInput!) { payCharge(input: $input) { payment { ${FIELDS} } instructions { codeUrl parameters } userErrors { code message field } } }`;
export const CLOSE = `mutation($input: ClosePaymentInput!) { closePayment(input: $input) { payment { ${FIELDS} } userErrors { code message } } }`;
const RESOLVE = 'mutation($input: ResolvePaymentFindingInput!) { resolvePaymentFinding(input: $input) { finding { id state resolution note refundId resolvedAt toldFen times settledBy { source partyId } } userErrors { code field message } } }';
export const READ = `query($id: ID!) { payment(id: $id) { ${FIELDS} charge { id state payments { id } } refunds { id amountFen state failure attemptCount } findings { kind times } } }`;

/** Of idempotency keys: two servers of one city never use the same. */
let keys = 0;

/** A server that takes payments. A second one of the same database shares the city of the first. */
export async function startPaying(options: { readonly environment?: Record<string, string>; readonly beside?: Paying; readonly log?: object } = {}): Promise<Paying> {
  const database = options.beside?.database ?? (await openTestDatabase(rooms.flatMap(room => room.entities)));
  const clock = options.beside && { clock: options.beside.server.services.clock };
  const viewers = new Map<string, Viewer>();
  const server = await startTestServer({
    database,
    environment: options.environment ?? {},
    services: { ...clock, ...(options.log ? { log: options.log as never } : {}) },
    assembly: { routes: paymentRoutes, authenticate: (_services, credential) => Promise.resolve(viewers.get(String(credential)) ?? anonymous) },
  });
  const city = options.beside?.city ?? (await foundLedgerCity(database, { clock: server.services.clock }));
  for (const [name, partyId] of [['driver', city.parties.driver], ['desk', city.parties.shop], ['stranger', city.parties.estate]] as const) {
    viewers.set(name, someone({ actorId: name, partyIds: [partyId], grants: ['payment:pay', 'payment:read', 'charge:read'].map(action => ({ action, partyId, jurisdictionCode: null })), limitClass: 'OPERATOR' }));
  }
  viewers.set('auditor', someone({ actorId: 'auditor', grants: [{ action: 'payment:read', partyId: null, jurisdictionCode: null }] }));
  viewers.set('officer', someone({ actorId: 'officer', grants: [{ action: 'payment:read', partyId: null, jurisdictionCode: CITY }] }));
  // The operator runs the shop's facility; the payer may do as much, and is no party of it.
  const keeping = ['payment:read', 'payment:resolve'];
  for (const [name, partyId, jurisdictionCode] of [['operator', city.parties.shop, null], ['payer', city.parties.driver, null], ['district', null, CITY], ['finance', null, null]] as const) {
    viewers.set(name, someone({ actorId: name, grants: keeping.map(action => ({ action, partyId, jurisdictionCode })) }));
  }
  const ask: Paying['ask'] = async (query, variables = {}, as = 'driver') => {
    const { status, body } = await server.post({ query, variables }, as === 'nobody' ? {} : { authorization: `Bearer ${as}` });
    return { status, data: body.data, errors: body.errors };
  };
  return {
    server, database, city, ask,
    get local() {
      return findLocalProvider(server.services)!;
    },
    charge: (amountFen = 1_000, told = {}) => inUnit(city.scope, async unit => (await openCharges(unit, [{
      cause: { kind: 'RESERVATION', id: 'rsv_test' }, facilityId: city.facilities.shop, payerId: city.parties.driver, amountFen, purpose: 'STAY', lines: [{ zh: '停车费', en: 'stay', amountFen }], dueAt: clockOf(server) + 3_600_000, ...told,
    }]))[0]!),
    async pay(chargeId, told = {}, as = 'driver') {
      const answer = await ask(PAY, { input: { chargeId, way: 'NATIVE', idempotencyKey: `pay-${++keys}`, ...told } }, as);
      return answer.data?.payCharge ?? answer.errors[0].extensions;
    },
    wallet: async paymentId => (await fetch(new URL(`/payments/local/orders/${paymentId}/pay`, server.url), { method: 'POST' })).status,
    async resolve(findingId, told = {}, as = 'finance') {
      const answer = await ask(RESOLVE, { input: { findingId, resolution: 'NOTHING_TO_DO', note: '已与支付平台核对', idempotencyKey: `resolve ${++keys}`, ...told } }, as);
      return answer.data?.resolvePaymentFinding ?? answer.errors[0].extensions;
    },
    async notify(provider, { headers, body }) {
      const response = await fetch(new URL(`/payments/${provider}/notifications`, server.url), { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: body as never });
      return { status: response.status, body: await response.text() };
    },
    async row(table, id) {
      const [row] = await database.query<{ row: Record<string, any> }>(`select to_jsonb(t) as row from ${table} t where id = $1`, [id]);
      return row!.row;
    },
    async counts() {
      const [row] = await database.query<Record<string, number>>(`select ${TABLES.map(table => `(select count(*)::int from ${table}) as ${table}`).join(', ')}`);
      return row!;
    },
    balances: () => balances(database),
    async close() {
      await server.close();
      if (!options.beside) await database.close();
    },
  };
}

/** Runs one of the room's jobs as the server would. */
export async function runPaymentJob(paying: Paying, name: 'ask-payments' | 'send-refunds' | 'deliver-local-notices'): Promise<void> {
  await billingRoom.jobs!.find(job => job.name === name)!.run(paying.server.services);
}

const clockOf = (server: TestServer): number => server.services.clock.now();

/** The platform itself on this server. */
export const systemOf = (paying: Paying) => scopeOf(paying.server.services);

/** What was found of an order or a refund number, of a kind where told: the open one before those that were answered, the newest first. */
export async function findingOf({ database }: Paying, subject: string, kind: PaymentFindingKind | null = null): Promise<string> {
  const [finding] = await database.query<{ id: string }>('select id from payment_finding where subject = $1 and ($2::text is null or kind = $2) order by state, id desc limit 1', [subject, kind]);
  return finding!.id;
}

/** A payment of 1,000 fen, due in an hour, of which the play-money provider says that as much came. */
export async function disputedPayment(paying: Paying, toldFen = 999, facility: 'shop' | 'agency' = 'shop'): Promise<{ readonly chargeId: string; readonly paymentId: string; readonly findingId: string }> {
  const chargeId = await paying.charge(1_000, { facilityId: paying.city.facilities[facility] });
  const { payment } = await paying.pay(chargeId);
  paying.local.faults.tells = { amountFen: toldFen };
  await paying.wallet(payment.id);
  await runPaymentJob(paying, 'deliver-local-notices');
  paying.local.behave();
  return { chargeId, paymentId: payment.id, findingId: await findingOf(paying, payment.id) };
}

/** A charge of 1,000 fen whose order is paid as told, and 400 of it owed back. */
export async function refundOwed(paying: Paying, payOrder: (paymentId: string) => Promise<unknown>, facility: 'shop' | 'agency' = 'shop'): Promise<{ readonly chargeId: string; readonly paymentId: string; readonly refundId: string }> {
  const chargeId = await paying.charge(1_000, { facilityId: paying.city.facilities[facility] });
  const { payment } = await paying.pay(chargeId);
  await payOrder(payment.id);
  return { chargeId, paymentId: payment.id, refundId: valueOf(await refund(paying.city, chargeId, 400)).refundId! };
}

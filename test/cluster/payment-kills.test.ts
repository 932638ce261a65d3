import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { issueApiKey } from '../../src/identity/index.js';
import { systemClock, type Database } from '../../src/platform/index.js';
import { rooms } from '../../src/server/rooms.js';
import { ended, startServerProcess, until, type ServerProcess } from './machines.js';
import { openTestDatabase, urlOf } from '../support/database.js';
import { seeded } from '../support/random.js';
import { PAY } from '../billing/payment-city.js';
import { foundLedgerCity, openCharge, valueOf, type LedgerCity } from '../billing/ledger-city.js';
import { WechatSimulator } from '../billing/wechat-simulator.js';

const simulator = new WechatSimulator(systemClock);
const servers = new Set<ServerProcess>();
let database: Database;
let city: LedgerCity;
let environment: Record<string, string>;
let key: string;

beforeAll(async () => {
  database = await openTestDatabase(rooms.flatMap(room => room.entities));
  city = await foundLedgerCity(database, { clock: systemClock as never });
  key = valueOf(await issueApiKey(city.scope, { partyId: city.parties.driver, name: 'driver', scopes: ['payment:pay', 'payment:read'], expiresAt: systemClock.now() + 3_600_000 })).secret!;
  environment = { ...(await simulator.open()), DATABASE_URL: (await urlOf(database))! };
}, 120_000);

afterAll(async () => {
  for (const server of servers) await ended(server.child);
  await simulator.close();
  await database.close();
});

async function start(): Promise<ServerProcess> {
  const server = await startServerProcess(environment);
  servers.add(server);
  return server;
}

async function payOn(server: ServerProcess, chargeId: string, idempotencyKey: string): Promise<any> {
  const response = await fetch(`${server.address}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` }, body: JSON.stringify({ query: PAY, variables: { input: { chargeId, way: 'NATIVE', idempotencyKey } } }) });
  return ((await response.json()) as { data: { payCharge: unknown } }).data.payCharge;
}

async function tell(server: ServerProcess, paymentId: string): Promise<number> {
  const { headers, body } = simulator.paymentNotice(paymentId);
  const response = await fetch(`${server.address}/payments/wechat/notifications`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });
  return response.status;
}

const settledTimes = async (chargeId: string): Promise<number> => (await database.query(`select 1 from ledger_transaction where charge_id = $1 and kind = 'PAYMENT'`, [chargeId])).length;
const ledgerRest = async (): Promise<number> => (await database.query<{ rest: number }>('select coalesce(sum(amount_fen), 0)::int as rest from ledger_posting'))[0]!.rest;

test('killed the moment the provider has opened the order: the payer pays, another server hears of it, the same call finds it paid', async () => {
  const chargeId = await openCharge(city, city.facilities.shop);
  const first = await start();
  simulator.onCall = () => void first.child.kill('SIGKILL');

  await expect(payOn(first, chargeId, 'killed-9')).rejects.toThrow();
  simulator.onCall = () => undefined;
  const [row] = await database.query<{ id: string; state: string }>('select id, state from payment where charge_id = $1', [chargeId]);
  expect(row!.state).toBe('STARTING');
  simulator.pay(row!.id);
  const second = await start();

  expect(await tell(second, row!.id)).toBe(200);
  expect(await payOn(second, chargeId, 'killed-9')).toMatchObject({ payment: { id: row!.id, state: 'PAID' }, userErrors: [] });
  expect([...simulator.orders.keys()].filter(number => number === row!.id)).toHaveLength(1);
  expect(await settledTimes(chargeId)).toBe(1);
  expect(first.lives).toBe(false);
}, 120_000);

describe('beside a server that goes on', () => {
  let steady: ServerProcess;
  /** Paid, and nobody tells of it. */
  let untold: string;

  beforeAll(async () => {
    steady = await start();
    untold = await openCharge(city, city.facilities.shop);
    simulator.pay((await payOn(steady, untold, 'never-told')).payment.id);
  });

  test('killed at any instant of a notification, and told again on another server: every payment settles once', async () => {
    const random = seeded(20_261_122);
    for (let round = 0; round < 6; round++) {
      const doomed = await start();
      const charges = await Promise.all(Array.from({ length: 8 }, () => openCharge(city, city.facilities.shop)));
      const payments = await Promise.all(charges.map(async (chargeId, i) => (await payOn(steady, chargeId, `round-${round}-${i}`)).payment.id as string));
      for (const id of payments) simulator.pay(id);

      const told = payments.map(id => tell(doomed, id).catch(() => 0));
      setTimeout(() => doomed.child.kill('SIGKILL'), random.int(0, 60));
      await Promise.all(told);
      await ended(doomed.child);
      const again = await Promise.all(payments.map(id => tell(steady, id)));

      expect(again).toEqual(payments.map(() => 200));
      expect(await Promise.all(charges.map(settledTimes))).toEqual(charges.map(() => 1));
      expect(await ledgerRest()).toBe(0);
    }
  }, 240_000);

  test('a payment that nobody tells of is found by the jobs of a server that runs', async () => {
    await until('the payment is settled', async () => (await settledTimes(untold)) === 1, 45_000);
  }, 120_000);
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ROLES, type Role } from '../../src/identity/index.js';
import { requestInvoice, type RequestInvoice } from '../../src/billing/request-invoice.js';
import type { Database, Viewer } from '../../src/platform/index.js';
import { rooms } from '../../src/server/rooms.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf } from '../support/scope.js';
import { foundLedgerCity, openCharge, pay, refund, valueOf, type LedgerCity } from './ledger-city.js';

let database: Database;
let city: LedgerCity;
let keys = 0;

beforeAll(async () => {
  database = await openTestDatabase(rooms.flatMap(room => room.entities));
  city = await foundLedgerCity(database);
});

afterAll(() => database.close());

const inRole = (role: Role, partyId: string): Viewer =>
  ({ kind: 'TOKEN', actorId: `${role} ${partyId}`, partyIds: [partyId], limitClass: 'KEY', expiresAt: null, keyId: null, grants: ROLES[role].actions.map(action => ({ action, partyId, jurisdictionCode: null })) });

/** A charge that is paid, and its receipt. */
async function paid(told: { readonly payerId?: string | null } = {}): Promise<{ readonly chargeId: string; readonly receiptId: string }> {
  const chargeId = await openCharge(city, city.facilities.shop, told);
  valueOf(await pay(city, chargeId, 1_000, `i-${(keys += 1)}`));
  const [receipt] = await database.query<{ id: string }>('select id from receipt where charge_id = $1', [chargeId]);
  return { chargeId, receiptId: receipt!.id };
}

const request = (receiptId: string, viewer: Viewer, told: Partial<RequestInvoice> = {}) =>
  requestInvoice(scopeOf(city.services, viewer), { receiptId, titleKind: 'PERSON', title: '张三', idempotencyKey: `invoice-${(keys += 1)}`, ...told });

const invoicesOf = (receiptId: string) => database.query('select state, amount_fen::int as fen from invoice where receipt_id = $1 order by id', [receiptId]);

test('no invoice stands for more than was paid and kept, though it is asked for while a part is refunded', async () => {
  const charges = await Promise.all(Array.from({ length: 12 }, () => paid()));
  const driver = inRole('DRIVER', city.parties.driver);

  await Promise.all(charges.flatMap(({ chargeId, receiptId }) => [refund(city, chargeId, 300), request(receiptId, driver)]));

  expect(await database.query(`select c.id from invoice i join receipt r on r.id = i.receipt_id join charge c on c.id = r.charge_id where i.state in ('REQUESTED', 'ISSUED') and i.amount_fen <> c.paid_fen - c.refunded_fen`)).toEqual([]);
});

test('a driver without a name gets its invoice at the facility’s desk, and at nobody else’s', async () => {
  const { receiptId } = await paid({ payerId: null });
  await expect(request(receiptId, inRole('FACILITY_OPERATOR', city.parties.platform))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(request(receiptId, inRole('DRIVER', city.parties.driver))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await invoicesOf(receiptId)).toEqual([]);

  valueOf(await request(receiptId, inRole('FACILITY_OPERATOR', city.parties.operator)));

  expect(await invoicesOf(receiptId)).toEqual([{ state: 'REQUESTED', fen: 1_000 }]);
  // Of a payer with a name the desk asks for nothing: the invoice is the payer's to ask for.
  await expect(request((await paid()).receiptId, inRole('FACILITY_OPERATOR', city.parties.operator))).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ALL_CHARGES, countCharges, listChargeIds } from '../../src/billing/charge-reads.sql.js';
import type { ReachPart } from '../../src/identity/index.js';
import { identityRoom } from '../../src/identity/index.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import type { Database, Sql } from '../../src/platform/index.js';
import { openTestDatabase } from '../support/database.js';
import { foundLedgerCity } from './ledger-city.js';

const CHARGES = 20_000;
const EVERYWHERE: readonly ReachPart[] = [{ partyId: null, codes: null }];
let database: Database;

// Of 20,000 charges every other one has invoices: mostly one that was issued, some refused and asked for anew, few that wait.
beforeAll(async () => {
  database = await openTestDatabase([...identityRoom.entities, ...facilitiesRoom.entities]);
  const { facilities } = await foundLedgerCity(database);
  await database.query(
    `insert into charge (city, id, cause_kind, cause_id, purpose, facility_id, revenue_kind, shares, lines, amount_fen, paid_fen, state, opened_at, due_at, paid_at, state_since)
     select f.city, 'chg_' || lpad(n::text, 26, '0'), 'RESERVATION', 'rsv', 'STAY', f.id, 'AGREED', '[]', '[]', 1000, 1000, 'PAID', now(), now(), now(), now() from facility f, generate_series(1, ${CHARGES}) n where f.id = $1`,
    [facilities.shop],
  );
  await database.query(`insert into receipt (city, id, charge_id, amount_fen, provider, provider_reference, issued_at) select city, 'rcp_' || right(id, 26), id, 1000, 'local', id, now() from charge`);
  await database.query(
    `insert into invoice (city, id, receipt_id, state, title_kind, sealed_title, amount_fen, invoice_number, reason, requested_at, requested_by, state_since)
     select r.city, 'inv_' || lpad((10 * n.n + k)::text, 26, '0'), r.id, s.state, 'PERSON', 'x', 1000, case when s.state in ('ISSUED', 'REVERSED') then '1' end, case when s.state = 'REFUSED' then 'x' end, now() - k * interval '1 hour', 'x', now()
     from receipt r
     cross join lateral (select right(r.id, 26)::int as n) n
     cross join generate_series(0, case when n.n % 100 < 4 then 2 else 0 end) k
     cross join lateral (select case when k = 0 and n.n % 1000 = 1 then 'REQUESTED' when k = 0 and n.n % 100 = 3 then 'REFUSED' when k = 0 then 'ISSUED' when k = 1 then 'REFUSED' else 'REVERSED' end as state) s
     where n.n % 2 = 1`,
  );
  for (const table of ['charge', 'receipt', 'invoice']) await database.query(`analyze ${table}`);
}, 120_000);
afterAll(() => database.close());

test.each([['REQUESTED'], ['ISSUED'], ['REFUSED'], ['REVERSED'], ['REQUESTED', 'TO_REVERSE'], ['REFUSED', 'ISSUED']].map(states => [states]))('charges by the state of their newest invoice, %p: as asking each receipt in turn', async states => {
  const asked = await database.query<{ id: string }>(
    `select r.charge_id as id
     from receipt r
     cross join lateral (select i.state from invoice i where i.receipt_id = r.id order by i.state in ('REFUSED', 'REVERSED'), i.requested_at desc, i.id desc limit 1) i
     where i.state = any($1)
     order by 1 desc`,
    [states],
  );
  const filter = { ...ALL_CHARGES, invoiceStates: states };

  expect(await listChargeIds(database, EVERYWHERE, filter, { after: null, limit: CHARGES })).toEqual(asked.map(({ id }) => id));
  expect(await countCharges(database, EVERYWHERE, filter)).toBe(asked.length);
});

test('what waits for an invoice is found from the invoices, not charge by charge', async () => {
  let plan = '';
  const explaining: Sql = {
    async query(text, params) {
      const lines = await database.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${text}`, params);
      plan = lines.map(line => line['QUERY PLAN']).join('\n');
      return [];
    },
  };

  await listChargeIds(explaining, EVERYWHERE, { ...ALL_CHARGES, invoiceStates: ['REQUESTED', 'TO_REVERSE'] }, { after: null, limit: 21 });

  expect(plan).toMatch(/Index (Only )?Scan using invoice_state on invoice/);
  expect(plan).toMatch(/Index Scan using charge_id on charge/);
  expect(plan).not.toMatch(/Seq Scan on (charge|receipt|invoice)/);
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execute, parse, type GraphQLSchema } from 'graphql';
import { ROLES, type Role } from '../../src/identity/index.js';
import { closeSettlementDays } from '../../src/billing/close-settlement-days.js';
import type { Database, Viewer } from '../../src/platform/index.js';
import { rooms } from '../../src/server/rooms.js';
import { assembleSchema } from '../../src/server/schema.js';
import { openTestDatabase } from '../support/database.js';
import { CITY } from '../support/city.js';
import { scopeOf } from '../support/scope.js';
import { foundLedgerCity, openCharge, pay, refund, valueOf, type LedgerCity } from './ledger-city.js';

let database: Database;
let city: LedgerCity;
let schema: GraphQLSchema;
let shopCharge: string;
let agencyCharge: string;

beforeAll(async () => {
  database = await openTestDatabase(rooms.flatMap(room => room.entities));
  city = await foundLedgerCity(database);
  schema = assembleSchema(rooms);
  shopCharge = await openCharge(city, city.facilities.shop);
  agencyCharge = await openCharge(city, city.facilities.agency, { amountFen: 500 });
  valueOf(await pay(city, shopCharge, 1_000, 'r-1'));
  valueOf(await pay(city, agencyCharge, 500, 'r-2'));
});

afterAll(() => database.close());

/** Somebody with a role: of a party, in a jurisdiction, or everywhere. */
function inRole(role: Role, { partyId = null, jurisdictionCode = null }: { partyId?: string | null; jurisdictionCode?: string | null }): Viewer {
  return { kind: 'TOKEN', actorId: `${role} ${partyId}`, partyIds: partyId === null ? [] : [partyId], limitClass: 'KEY', expiresAt: null, keyId: null, grants: ROLES[role].actions.map(action => ({ action, partyId, jurisdictionCode })) };
}

async function ask(viewer: Viewer, query: string, variables: Record<string, unknown> = {}): Promise<{ data: any; code: unknown }> {
  const { data, errors } = await execute({ schema, document: parse(query), variableValues: variables, contextValue: scopeOf(city.services, viewer) });
  return { data, code: errors?.[0]?.extensions?.code ?? errors?.[0]?.message };
}

const driver = (): Viewer => inRole('DRIVER', { partyId: city.parties.driver });
let key = 0;
const keyed = () => `key-${(key += 1)}`;

async function mutate(viewer: Viewer, name: string, type: string, selection: string, input: Record<string, unknown>, withKey = true): Promise<{ data: any; code: unknown }> {
  const { data, code } = await ask(viewer, `mutation m($input: ${type}!) { ${name}(input: $input) { ${selection} userErrors { code field } } }`, { input: withKey ? { idempotencyKey: keyed(), ...input } : input });
  return { data: data?.[name], code };
}

test('a charge is seen by its payer, its payees, the facility’s parties, the offices of its place and the auditor, and by nobody else', async () => {
  const callers: ReadonlyArray<readonly [Viewer, readonly string[]]> = [
    [driver(), [agencyCharge, shopCharge]],
    [inRole('SUPPLIER', { partyId: city.parties.shop }), [shopCharge]],
    [inRole('FACILITY_OPERATOR', { partyId: city.parties.operator }), [agencyCharge, shopCharge]],
    [inRole('SUPPLIER', { partyId: city.parties.agency }), [agencyCharge]],
    [inRole('SUPPLIER', { partyId: city.parties.estate }), []],
    [inRole('DRIVER', { partyId: city.parties.platform }), []],
    [inRole('AUTHORITY_OFFICER', { jurisdictionCode: CITY }), [agencyCharge, shopCharge]],
    [inRole('AUTHORITY_OFFICER', { jurisdictionCode: '350600' }), []],
    [inRole('AUDITOR', {}), [agencyCharge, shopCharge]],
  ];

  for (const [viewer, seen] of callers) {
    const { data } = await ask(viewer, `query q($id: ID!) { charges { edges { node { id } } totalCount } charge(id: $id) { id } }`, { id: shopCharge });
    expect([viewer.actorId, data.charges.edges.map((edge: { node: { id: string } }) => edge.node.id).sort(), data.charges.totalCount, data.charge?.id ?? null])
      .toEqual([viewer.actorId, [...seen].sort(), seen.length, seen.includes(shopCharge) ? shopCharge : null]);
  }
});

test('charges come in pages, the newest first', async () => {
  const page = (after: string | null) => ask(driver(), `query q($after: String) { charges(first: 1, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } }`, { after });
  const first = (await page(null)).data.charges;
  const second = (await page(first.pageInfo.endCursor)).data.charges;

  expect([first.edges[0].node.id, first.pageInfo.hasNextPage, second.edges[0].node.id, second.pageInfo.hasNextPage]).toEqual([[shopCharge, agencyCharge].sort()[1], true, [shopCharge, agencyCharge].sort()[0], false]);
});

test('an analyst narrows charges by purpose, by where their money goes and by when they were opened; an issuer by what is asked of it', async () => {
  const ids = async (where: Record<string, unknown>) => (await ask(inRole('AUDITOR', {}), 'query q($where: ChargeWhere) { charges(where: $where) { totalCount edges { node { id } } } }', { where })).data.charges;
  const at = new Date(city.services.clock.now()).toISOString();
  const later = new Date(city.services.clock.now() + 1).toISOString();

  expect(await ids({ revenueKinds: ['TREASURY'] })).toEqual({ totalCount: 1, edges: [{ node: { id: agencyCharge } }] });
  expect((await ids({ purposes: ['STAY'] })).totalCount).toBe(2);
  expect((await ids({ purposes: ['NO_SHOW', 'OVERSTAY'] })).totalCount).toBe(0);
  expect((await ids({ opened: { startsAt: at, endsAt: later } })).totalCount).toBe(2);
  expect((await ids({ opened: { startsAt: later, endsAt: '2027-01-01T00:00:00+08:00' } })).totalCount).toBe(0);
  expect((await ids({ invoiceStates: ['REQUESTED', 'TO_REVERSE'] })).totalCount).toBe(0);
});

test('a paid charge has a receipt; its payer asks for an invoice, whose title is sealed and masked', async () => {
  const { data } = await ask(driver(), `query q($id: ID!) { charge(id: $id) { state amountFen lines { description amountFen } receipt { id amountFen invoice { state } } facility { name } } }`, { id: shopCharge });
  expect(data.charge).toMatchObject({ state: 'PAID', amountFen: 1_000, lines: [{ description: 'stay', amountFen: 1_000 }], receipt: { amountFen: 1_000, invoice: null } });

  const receiptId = data.charge.receipt.id;
  const asked = await mutate(driver(), 'requestInvoice', 'RequestInvoiceInput', 'invoice { id state title taxCode amountFen }', { receiptId, titleKind: 'PERSON', title: '张小明' });
  expect(asked.data).toMatchObject({ invoice: { state: 'REQUESTED', title: '张**', taxCode: null, amountFen: 1_000 }, userErrors: [] });
  const [stored] = await database.query<{ text: string }>(`select i::text as text from invoice i`);
  expect(stored!.text).not.toContain('张小明');
  expect((await mutate(driver(), 'requestInvoice', 'RequestInvoiceInput', 'invoice { id }', { receiptId, titleKind: 'PERSON', title: '张小明' })).data.userErrors).toEqual([{ code: 'INVOICE_STANDS', field: 'receiptId' }]);
  expect((await ask(inRole('SUPPLIER', { partyId: city.parties.shop }), '{ charges(where: { invoiceStates: [REQUESTED, TO_REVERSE] }) { edges { node { id } } } }')).data.charges.edges).toEqual([{ node: { id: shopCharge } }]);
});

test('who runs the facility reads the title for a purpose, and issues the invoice; a refund then calls for its reversal', async () => {
  const operator = inRole('FACILITY_OPERATOR', { partyId: city.parties.operator });
  const [invoice] = await database.query<{ id: string }>(`select id from invoice`);
  const invoiceId = invoice!.id;

  expect((await mutate(operator, 'revealInvoiceTitle', 'RevealInvoiceTitleInput', 'title', { invoiceId, purpose: '开具发票' }, false)).data).toEqual({ title: '张小明', userErrors: [] });
  expect(await database.query(`select reason from audit_entry where object_id = $1 and details ->> 'event' = 'REVEAL'`, [invoiceId])).toEqual([{ reason: '开具发票' }]);
  expect((await mutate(inRole('FACILITY_OPERATOR', { partyId: city.parties.estate }), 'issueInvoice', 'IssueInvoiceInput', 'invoice { state }', { invoiceId, invoiceNumber: '1' })).code).toBe('NOT_FOUND');
  expect((await mutate(operator, 'issueInvoice', 'IssueInvoiceInput', 'invoice { state invoiceNumber }', { invoiceId, invoiceNumber: '24352000000012345678' })).data.invoice).toEqual({ state: 'ISSUED', invoiceNumber: '24352000000012345678' });
  expect((await mutate(operator, 'refuseInvoice', 'CloseInvoiceInput', 'invoice { state }', { invoiceId, reason: '重复' })).data.userErrors).toEqual([{ code: 'ILLEGAL_TRANSITION', field: null }]);

  valueOf(await refund(city, shopCharge, 400));
  const { data } = await ask(driver(), `query q($id: ID!) { charge(id: $id) { state refundedFen chargeRefunds { amountFen sentAt } receipt { id invoice { state } } } }`, { id: shopCharge });
  expect(data.charge).toMatchObject({ state: 'PART_REFUNDED', refundedFen: 400, chargeRefunds: [{ amountFen: 400, sentAt: null }], receipt: { invoice: { state: 'TO_REVERSE' } } });
  expect((await mutate(operator, 'reverseInvoice', 'CloseInvoiceInput', 'invoice { state }', { invoiceId, reason: '部分退款' })).data.invoice).toEqual({ state: 'REVERSED' });
  const again = await mutate(driver(), 'requestInvoice', 'RequestInvoiceInput', 'invoice { amountFen taxCode title }', { receiptId: data.charge.receipt.id, titleKind: 'ORGANISATION', title: '某科技公司', taxCode: '9144030071526726xg' });
  expect(again.data).toEqual({ invoice: { amountFen: 600, taxCode: '9144030071526726XG', title: '某科技公司' }, userErrors: [] });
});

test('an invoice is refused to whoever did not pay, and with a tax code that fails its check', async () => {
  const { data } = await ask(driver(), `query q($id: ID!) { charge(id: $id) { receipt { id } } }`, { id: agencyCharge });
  const receiptId = data.charge.receipt.id;
  const input = { receiptId, titleKind: 'ORGANISATION', title: '某公司', taxCode: '91440300715267260X' };

  expect((await mutate(inRole('DRIVER', { partyId: city.parties.platform }), 'requestInvoice', 'RequestInvoiceInput', 'invoice { id }', input)).code).toBe('NOT_FOUND');
  expect((await mutate(driver(), 'requestInvoice', 'RequestInvoiceInput', 'invoice { id }', input)).data.userErrors).toEqual([{ code: 'TAX_CODE_INVALID', field: 'taxCode' }]);
  expect((await mutate(driver(), 'requestInvoice', 'RequestInvoiceInput', 'invoice { id }', { ...input, taxCode: null })).data.userErrors).toEqual([{ code: 'TAX_CODE_MISSING', field: 'taxCode' }]);
  expect(await database.query(`select count(*)::int as n from invoice i join receipt r on r.id = i.receipt_id where r.charge_id = $1`, [agencyCharge])).toEqual([{ n: 0 }]);
});

test('batches are for their payee and the offices; the ledger’s check is the auditor’s alone', async () => {
  city.services.clock.advance(86_400_000);
  await closeSettlementDays(city.services);
  const seen = async (viewer: Viewer) => ((await ask(viewer, `{ settlementBatches { edges { node { kind amountFen refundsFen payee { name } lines { edges { node { kind chargeId amountFen } } totalCount } } } } }`)).data?.settlementBatches.edges ?? []).map((edge: { node: object }) => edge.node);

  expect(await seen(inRole('SUPPLIER', { partyId: city.parties.agency }))).toEqual([{ kind: 'REMITTANCE', amountFen: 500, refundsFen: 0, payee: { name: '鲤城区机关事务中心' }, lines: { edges: [{ node: { kind: 'PAYMENT', chargeId: agencyCharge, amountFen: 500 } }], totalCount: 1 } }]);
  expect(await seen(inRole('SUPPLIER', { partyId: city.parties.shop }))).toMatchObject([{ kind: 'SETTLEMENT', amountFen: 600, refundsFen: 400 }]);
  expect(await seen(inRole('SUPPLIER', { partyId: city.parties.estate }))).toEqual([]);
  expect(await seen(inRole('AUTHORITY_OFFICER', { jurisdictionCode: CITY }))).toHaveLength(2);
  expect(await seen(driver())).toEqual([]);

  expect((await ask(inRole('AUDITOR', {}), `{ ledgerCheck { isSound sumFen treasuryReceivedFen treasuryRemittedFen treasuryWaitingFen differences { code } } }`)).data.ledgerCheck)
    .toEqual({ isSound: true, sumFen: 0, treasuryReceivedFen: 500, treasuryRemittedFen: 500, treasuryWaitingFen: 0, differences: [] });
  const narrowed = { ...inRole('AUDITOR', {}), grants: [{ action: 'ledger:check', partyId: city.parties.shop, jurisdictionCode: null }] };
  expect((await ask(narrowed, '{ ledgerCheck { postings } }')).code).toBe('FORBIDDEN');
});

test('no statement count grows with the page: one charge or many', async () => {
  for (let i = 0; i < 6; i += 1) valueOf(await pay(city, await openCharge(city, city.facilities.shop), 1_000, `n-${i}`));
  const counted = async (first: number): Promise<number> => {
    let statements = 0;
    const scope = scopeOf({ ...city.services, database: { ...database, query: ((...args: Parameters<Database['query']>) => { statements += 1; return database.query(...args); }) as Database['query'] } }, driver());
    await execute({ schema, document: parse(`query q($first: Int!) { charges(first: $first) { edges { node { id chargeRefunds { id } receipt { invoice { state } } } } } }`), variableValues: { first }, contextValue: scope });
    return statements;
  };

  expect(await counted(8)).toBe(await counted(1));
});

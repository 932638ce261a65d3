import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { insertPaymentFinding } from '../../src/billing/payments/payment-finding.sql.js';
import { moneyInDispute, paymentFindingLifecycle, type PaymentFindingKind } from '../../src/billing/rules/payment-finding.js';
import { provePayment } from '../../src/billing/payments/prove-payment.js';
import { inUnit } from '../support/city.js';
import { READ, disputedPayment, findingOf, runPaymentJob, startPaying, systemOf, type Paying } from './payment-city.js';
import { checkLedger } from '../../src/billing/ledger-check.js';

let paying: Paying;

beforeAll(async () => {
  paying = await startPaying();
}, 120_000);
afterEach(() => paying.local.behave());
afterAll(() => paying.close());

const LIST = 'query($where: PaymentFindingWhere, $first: Int! = 100, $after: String) { paymentFindings(where: $where, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node { id kind state note } } } }';

const resolve: Paying['resolve'] = (...told) => paying.resolve(...told);

async function planted(kind: PaymentFindingKind, subject: string): Promise<string> {
  await insertPaymentFinding(paying.database, { provider: 'local', kind, subject, paymentId: null, details: { amountFen: 5 } }, paying.server.services.clock.now());
  return findingOf(paying, subject);
}

test('P11: a finding is worked off once, with a note, an audit line and an announcement; a second time is refused and writes nothing', async () => {
  const findingId = await planted('UNKNOWN_PAYMENT', 'worked-off');

  const answer = await resolve(findingId, { resolution: 'SETTLED_ELSEWHERE', note: '  银行已退回，凭证 2026-17 ' });

  expect(answer).toEqual({ userErrors: [], finding: { id: findingId, state: 'RESOLVED', resolution: 'SETTLED_ELSEWHERE', note: '银行已退回，凭证 2026-17', refundId: null, resolvedAt: '2026-02-13T09:00:00+08:00', toldFen: 5, times: 1, settledBy: null } });
  expect(await paying.database.query('select action, actor_id, reason, details from audit_entry where object_id = $1', [findingId])).toEqual([
    { action: 'payment:resolve', actor_id: 'finance', reason: '银行已退回，凭证 2026-17', details: { resolution: 'SETTLED_ELSEWHERE', kind: 'UNKNOWN_PAYMENT', provider: 'local', subject: 'worked-off', refundId: null } },
  ]);
  expect(await paying.database.query(`select payload from outbox_event where topic = 'billing.paymentFindingResolved' and payload ->> 'findingId' = $1`, [findingId])).toEqual([{ payload: { findingId, resolution: 'SETTLED_ELSEWHERE', refundId: null } }]);

  const before = await paying.counts();
  expect(await resolve(findingId)).toMatchObject({ finding: null, userErrors: [{ code: 'ILLEGAL_TRANSITION' }] });
  expect(await paying.counts()).toEqual(before);
  expect(await resolve(findingId, {}, 'auditor')).toMatchObject({ code: 'FORBIDDEN' });
});

test('the same again counts and opens nothing that was worked off', async () => {
  const findingId = await planted('UNKNOWN_REFUND', 'told-again');
  await resolve(findingId);
  await planted('UNKNOWN_REFUND', 'told-again');

  expect(await paying.database.query('select state, times from payment_finding where id = $1', [findingId])).toEqual([{ state: 'RESOLVED', times: 2 }]);
});

test('P6: money of another amount is given back by its provider, once, though eight people say so at once; the charge stays owed and can be paid', async () => {
  const before = await paying.balances();
  const { findingId, paymentId, chargeId } = await disputedPayment(paying);

  const answers = await Promise.all(Array.from({ length: 8 }, () => resolve(findingId, { resolution: 'GIVEN_BACK' })));

  const done = answers.filter(answer => answer.finding !== null);
  expect(done.map(({ finding }) => finding.resolution)).toEqual(['GIVEN_BACK']);
  expect(answers.flatMap(answer => answer.userErrors.map((error: { code: string }) => error.code))).toEqual(Array.from({ length: 7 }, () => 'ILLEGAL_TRANSITION'));
  expect(await paying.row('payment', paymentId)).toMatchObject({ state: 'PAID', amount_fen: 999, refunded_fen: 999 });
  expect(await paying.database.query('select id, amount_fen::int as fen, state from refund where payment_id = $1', [paymentId])).toEqual([{ id: done[0].finding.refundId, fen: 999, state: 'OWED' }]);
  expect(await paying.row('charge', chargeId)).toMatchObject({ state: 'OPEN', amount_fen: 1_000, paid_fen: 0, refunded_fen: 0 });

  await runPaymentJob(paying, 'send-refunds');
  await runPaymentJob(paying, 'deliver-local-notices');
  expect((await paying.ask(READ, { id: paymentId })).data.payment).toMatchObject({ refunds: [{ amountFen: 999, state: 'DONE' }] });
  const after = await paying.balances();
  expect([after.CLEARING ?? 0, after.REFUND_OWED ?? 0]).toEqual([before.CLEARING ?? 0, before.REFUND_OWED ?? 0]);

  const again = await paying.pay(chargeId);
  expect(again.payment.id).not.toBe(paymentId);
  await paying.wallet(again.payment.id);
  expect(await paying.row('charge', chargeId)).toMatchObject({ state: 'PAID', paid_fen: 1_000 });
  expect(await checkLedger(paying.database)).toMatchObject({ isSound: true, differences: [] });
});

test('where nothing can be given back nothing is, and the finding stays open; all that is wrong with a note is said', async () => {
  const findingId = await planted('UNKNOWN_PAYMENT', 'nobody’s money');
  const before = await paying.counts();

  expect(await resolve(findingId, { resolution: 'GIVEN_BACK' })).toMatchObject({ finding: null, userErrors: [{ code: 'NOT_RETURNABLE', field: 'resolution' }] });
  expect(await resolve(findingId, { note: ' 好 ' })).toMatchObject({ userErrors: [{ code: 'NOTE_INVALID', field: 'note', message: 'the note has 4 to 500 characters; this has 1' }] });
  expect(await resolve('pfn_00000000000000000000000000')).toMatchObject({ code: 'NOT_FOUND' });
  expect(await paying.counts()).toEqual(before);
  expect(await paying.database.query('select state from payment_finding where id = $1', [findingId])).toEqual([{ state: 'OPEN' }]);
});

test('a finding is worked off by whoever runs the facility or answers for the district, never by its payer; what is of no payment by the platform alone', async () => {
  const [own, other, nobodys] = [await disputedPayment(paying), await disputedPayment(paying), await planted('UNKNOWN_REFUND', 'nobody’s')];
  const before = await paying.counts();

  expect(await resolve(own.findingId, {}, 'payer')).toMatchObject({ code: 'FORBIDDEN', action: 'payment:resolve' });
  expect(await resolve(own.findingId, {}, 'driver')).toMatchObject({ code: 'FORBIDDEN', action: 'payment:resolve' });
  for (const who of ['operator', 'district']) expect(await resolve(nobodys, {}, who)).toMatchObject({ code: 'NOT_FOUND' });
  expect(await paying.counts()).toEqual(before);
  expect((await resolve(own.findingId, {}, 'operator')).finding.state).toBe('RESOLVED');
  expect((await resolve(other.findingId, {}, 'district')).finding.state).toBe('RESOLVED');
  expect((await resolve(nobodys)).finding.state).toBe('RESOLVED');
});

test('open findings are a page, each caller’s own; a note is read by those who keep the books', async () => {
  paying.server.services.clock.advance(1_000);
  const one = await disputedPayment(paying);
  const list = async (as: string, variables: object = {}) => (await paying.ask(LIST, { where: { states: ['OPEN'] }, ...variables }, as)).data.paymentFindings;
  const all = await list('finance');
  const first = await list('finance', { first: 1 });
  const rest = await list('finance', { after: first.pageInfo.endCursor });

  expect(first.edges.map(({ node }: any) => node.id)).toEqual([one.findingId]);
  expect([...first.edges, ...rest.edges].map(({ node }: any) => node.id)).toEqual(all.edges.map(({ node }: any) => node.id));
  expect(new Set(all.edges.map(({ node }: any) => node.kind))).toEqual(new Set(['AMOUNT_MISMATCH', 'UNKNOWN_PAYMENT']));
  expect((await list('operator')).edges).toEqual([{ node: { id: one.findingId, kind: 'AMOUNT_MISMATCH', state: 'OPEN', note: null } }]);
  expect((await list('stranger')).edges).toEqual([]);
  expect((await list('finance', { where: { kinds: ['CURRENCY_MISMATCH'] } })).totalCount).toBe(0);

  await resolve(one.findingId, { note: '少付一分，已核对' });
  const noteFor = async (as: string) => (await paying.ask('query($id: ID!) { node(id: $id) { id ... on PaymentFinding { note } } }', { id: one.findingId }, as)).data.node;
  expect([await noteFor('operator'), await noteFor('driver'), await noteFor('stranger')]).toEqual([{ id: one.findingId, note: '少付一分，已核对' }, { id: one.findingId, note: null }, null]);
});

test('the same call again gives the same answer; its key with another resolution is a conflict', async () => {
  const { findingId } = await disputedPayment(paying);
  const input = { resolution: 'GIVEN_BACK', idempotencyKey: 'resolve the same' };
  const first = await resolve(findingId, input);

  expect(await resolve(findingId, input)).toEqual(first);
  expect(await resolve(findingId, { ...input, resolution: 'NOTHING_TO_DO' })).toMatchObject({ code: 'CONFLICT', reason: 'KEY_REUSED' });
});

test('rules: only whole money of an order that is disputed or paid, under a number that no payment has, is given back', () => {
  const money = { amountFen: 999, reference: 'tx', paidAt: 1 };
  const told = { ...money, currency: 'CNY', isOurs: true };
  const asked = { kind: 'AMOUNT_MISMATCH', payment: { state: 'DISPUTED' }, told, isOthers: false } as const;

  expect(moneyInDispute(asked)).toEqual(money);
  expect(moneyInDispute({ ...asked, payment: { state: 'PAID' } })).toEqual(money);
  for (const change of [{ kind: 'FOREIGN_ACCOUNT' }, { payment: { state: 'CLOSED' } }, { payment: null }, { isOthers: true }, { told: undefined }, { told: { ...told, amountFen: 0 } }, { told: { ...told, amountFen: 1.5 } }, { told: { ...told, reference: null } }, { told: { ...told, paidAt: null } }, { told: { ...told, currency: 'HKD' } }, { told: { ...told, isOurs: false } }] as const) {
    expect([change, moneyInDispute({ ...asked, ...change })]).toEqual([change, null]);
  }
  expect(paymentFindingLifecycle.isTerminal('RESOLVED')).toBe(true);
});

test('P6: another amount of a transaction that was given back is a finding anew: a fen that came and did not go back is not overlooked', async () => {
  const { findingId, paymentId } = await disputedPayment(paying);
  expect((await resolve(findingId, { resolution: 'GIVEN_BACK' })).userErrors).toEqual([]);
  const { provider_reference: reference } = await paying.row('payment', paymentId);
  const tell = (amountFen: number) => inUnit(systemOf(paying), unit => provePayment(unit, 'local', { orderNumber: paymentId, state: 'PAID', amountFen, currency: 'CNY', isOurs: true, reference, paidAt: unit.now }));

  expect(await tell(999)).toBe('KNOWN');
  expect(await tell(1_000)).toBe('FINDING');

  expect(await paying.database.query(`select state, (details -> 'told' ->> 'amountFen')::int as "toldFen" from payment_finding where payment_id = $1 order by told desc`, [paymentId])).toEqual([{ state: 'RESOLVED', toldFen: 999 }, { state: 'OPEN', toldFen: 1_000 }]);
  expect(await paying.row('payment', paymentId)).toMatchObject({ state: 'PAID', amount_fen: 999, refunded_fen: 999 });
});

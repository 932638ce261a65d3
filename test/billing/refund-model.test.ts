import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import '../support/property-seed.js';
import { refundCharge } from '../../src/billing/index.js';
import { checkLedger } from '../../src/billing/ledger-check.js';
import { applyRefund } from '../../src/billing/payments/apply-refund.js';
import type { RefundReport } from '../../src/billing/payments/provider.js';
import { resolvePaymentFinding } from '../../src/billing/payments/resolve-payment-finding.js';
import { refundNumberOf } from '../../src/billing/rules/refund-number.js';
import { inUnit } from '../support/city.js';
import { valueOf } from './ledger-city.js';
import { runPaymentJob, startPaying, systemOf, type Paying } from './payment-city.js';

let paying: Paying;
let keys = 0;

beforeAll(async () => {
  paying = await startPaying();
  paying.local.faults.isSilent = true;
  paying.local.faults.refundState = 'PROCESSING';
}, 120_000);
afterAll(() => paying.close());

type Told = RefundReport['state'];
type Step = { readonly do: 'send' } | { readonly do: 'tell'; readonly nth: number; readonly state: Told } | { readonly do: 'answer'; readonly resolution: 'SENT_AGAIN' | 'NOTHING_TO_DO' | 'SETTLED_ELSEWHERE' };

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.constant({ do: 'send' as const }),
    { arbitrary: fc.record({ do: fc.constant('tell' as const), nth: fc.nat(3), state: fc.constantFrom<Told>('PROCESSING', 'SUCCESS', 'CLOSED', 'CLOSED', 'ABNORMAL') }), weight: 3 },
    { arbitrary: fc.record({ do: fc.constant('answer' as const), resolution: fc.constantFrom('SENT_AGAIN' as const, 'SENT_AGAIN' as const, 'NOTHING_TO_DO' as const, 'SETTLED_ELSEWHERE' as const) }), weight: 2 },
  ),
  { minLength: 4, maxLength: 18 },
);

async function owedRefund(): Promise<{ readonly refundId: string; readonly paymentId: string }> {
  const chargeId = await paying.charge(1_000);
  const { payment } = await paying.pay(chargeId);
  await paying.wallet(payment.id);
  paying.server.services.clock.advance(16_000);
  await runPaymentJob(paying, 'ask-payments');
  const refunded = await inUnit(paying.city.scope, unit => refundCharge(unit, { chargeId, amountFen: 400, reason: '取消预约' }));
  return { refundId: valueOf(refunded).refundId!, paymentId: payment.id };
}

/** Answers the newest open finding of the refund, as far as it takes the answer; whether it was settled elsewhere. */
async function answer(refundId: string, resolution: Extract<Step, { do: 'answer' }>['resolution']): Promise<boolean> {
  const [finding] = await paying.database.query<{ id: string }>(`select id from payment_finding where subject like $1 || '%' and kind = 'REFUND_ABNORMAL' and state = 'OPEN' order by subject desc, id desc limit 1`, [refundId]);
  if (!finding) return false;
  const settledBy = resolution === 'SETTLED_ELSEWHERE' ? { source: 'PARTY' as const, partyId: paying.city.parties.shop } : null;
  const outcome = await resolvePaymentFinding(systemOf(paying), { findingId: finding.id, resolution, settledBy, note: '已核对并处理', idempotencyKey: `model ${++keys}` });
  return outcome.ok && resolution === 'SETTLED_ELSEWHERE';
}

/** Answers whatever went twice: what an odd one paid comes back, the others are given up. */
async function endTwice(refundId: string): Promise<void> {
  const findings = await paying.database.query<{ id: string }>(`select id from payment_finding where subject like $1 || '%' and kind = 'REFUND_PAID_TWICE' and state = 'OPEN' order by id`, [refundId]);
  for (const [nth, { id: findingId }] of findings.entries()) {
    const told = nth % 2 === 1 ? { resolution: 'WRITTEN_OFF' as const } : { resolution: 'SETTLED_ELSEWHERE' as const, settledBy: { source: 'PARTY' as const, partyId: paying.city.parties.shop } };
    valueOf(await resolvePaymentFinding(systemOf(paying), { findingId, ...told, note: '已核对并处理', idempotencyKey: `model ${++keys}` }));
  }
}

/** What the ledger and the findings must say of money that went so often. */
async function expectTruth(refundId: string, wentTimes: number): Promise<void> {
  const count = async (kinds: readonly string[]): Promise<number> => (await paying.database.query('select 1 from ledger_transaction where refund_id = $1 and kind = any($2)', [refundId, kinds])).length;
  expect([await count(['REFUND_SENT', 'REFUND_SETTLED']), await count(['REFUND_AGAIN'])]).toEqual([Math.min(wentTimes, 1), Math.max(wentTimes - 1, 0)]);
  const twice = await paying.database.query(`select 1 from payment_finding where subject like $1 || '%' and kind = 'REFUND_PAID_TWICE'`, [refundId]);
  expect(twice).toHaveLength(Math.max(wentTimes - 1, 0));
  const { state, attempt, next_at: nextAt } = await paying.row('refund', refundId);
  if (wentTimes > 0) return;
  // What is owed is on its way, or somebody is asked to see to it.
  expect(['OWED', 'SENT', 'ABNORMAL', 'CLOSED']).toContain(state);
  const open = await paying.database.query(`select 1 from payment_finding where subject = $1 and kind = 'REFUND_ABNORMAL' and state = 'OPEN'`, [refundNumberOf({ id: refundId, attempt })]);
  expect(nextAt !== null || open.length > 0).toBe(true);
}

test('whatever a provider tells of whichever attempt, in whatever order, and whatever is answered: money that goes is in the ledger as often as it went, twice is never unseen until it comes back or is given up, and what is owed is never forgotten', async () => {
  await fc.assert(fc.asyncProperty(steps, async sequence => {
    const { refundId, paymentId } = await owedRefund();
    const went = new Set<number | 'elsewhere'>();
    for (const step of sequence) {
      paying.server.services.clock.advance(61_000);
      if (step.do === 'send') await runPaymentJob(paying, 'send-refunds');
      if (step.do === 'answer' && (await answer(refundId, step.resolution))) went.add('elsewhere');
      if (step.do === 'tell') {
        const { attempt } = await paying.row('refund', refundId);
        const nth = 1 + (step.nth % attempt);
        if (step.state === 'SUCCESS') went.add(nth);
        await inUnit(systemOf(paying), unit => applyRefund(unit, 'local', { refundNumber: refundNumberOf({ id: refundId, attempt: nth }), orderNumber: paymentId, state: step.state, amountFen: 400, reference: `r-${refundId}-${nth}`, endedAt: null }));
      }
      await expectTruth(refundId, went.size);
    }
    expect(await checkLedger(paying.database)).toMatchObject({ isSound: true, differences: [], overpaidFen: 400 * Math.max(went.size - 1, 0) });
    await endTwice(refundId);
    expect(await checkLedger(paying.database)).toMatchObject({ isSound: true, differences: [], overpaidFen: 0 });
  }), { numRuns: 25, endOnFailure: true });
}, 180_000);

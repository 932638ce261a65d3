import { done, isRefusal } from '../../kernel/index.js';
import { transaction, type Services } from '../../platform/index.js';
import { findChargeForUpdate } from '../charge.sql.js';
import { refundWaitMs } from '../rules/back-off.js';
import { refundNumberOf } from '../rules/refund-number.js';
import { applyRefund } from './apply-refund.js';
import { paymentsById, transactionToName } from './payment.sql.js';
import type { Answer, PaymentProvider, RefundOrder, RefundReport } from './provider.js';
import { providerScope } from './provider-scope.js';
import { findProvider } from './providers.js';
import { refundEnded } from './refund-ended.js';
import { endFollowed, leaseRefunds, tryRefundAt, type RefundRow } from './refund.sql.js';

/** How long a sending may take before another server takes it over: longer than every time limit in it. */
const LEASE_MS = 60_000;
const AT_ONCE = 50;
const TRACE = 'job send-refunds';
/** After some hours of refusals nobody waits for the provider to change its mind. */
const MOST_REFUSALS = 8;

/**
 * Sends the refunds that are owed, and asks for those that are on their way. The number follows from the refund's row and
 * the provider pays one refund a number, so that a refund that was sent and not written down is sent again without harm
 * (P6). Answers how many had their turn.
 */
export async function sendRefunds(services: Services): Promise<number> {
  const due = await services.database.transactional((_em, sql) => leaseRefunds(sql, { now: services.clock.now(), leaseMs: LEASE_MS, limit: AT_ONCE }));
  for (const refund of due) {
    const again = await turn(services, refund).catch((error: unknown) => {
      services.log.warn({ err: error, refundId: refund.id }, 'a refund could not be sent');
      return { failure: 'FAULT' };
    });
    if (again) await tryRefundAt(services.database, refund, services.clock.now() + refundWaitMs(refund.attemptCount), again.failure);
  }
  return due.length;
}

/** One turn of a refund; null where it changed its state, which says when the next one is. */
async function turn(services: Services, refund: RefundRow): Promise<{ readonly failure: string | null } | null> {
  const [payment] = await paymentsById(services.database, [refund.paymentId]);
  const provider = payment ? findProvider(services, payment.provider) : null;
  if (!provider) return { failure: 'PROVIDER_NOT_OFFERED' };
  const answer = await ask(provider, refund, { totalFen: payment!.amountFen, reference: await transactionToName(services.database, payment!) });
  if (answer.kind === 'NOT_FOUND' && refund.paidAttempt !== null) return neverTaken(services, provider, refund);
  const report = answer.kind === 'DONE' ? answer.value : reportOfRefusal(refund, answer);
  if (report === null) return { failure: (answer as Exclude<typeof answer, { kind: 'DONE' }>).code.slice(0, 64) };
  const written = await transaction(providerScope(services, provider.name, TRACE), async unit => done(await applyRefund(unit, provider.name, report)));
  if (isRefusal(written)) return { failure: written.problems[0].code };
  return written.value === 'APPLIED' ? null : { failure: refund.failure };
}

/** What a provider would not take, by its own signed word and again and again, as of an order that is too old, is closed: somebody has to see to it. */
function reportOfRefusal({ state, amountFen, orderNumber, attemptCount, paidAttempt, ...row }: RefundRow, answer: Exclude<Answer<RefundReport>, { readonly kind: 'DONE' }>): RefundReport | null {
  if (answer.kind !== 'REFUSED' || state !== 'OWED' || paidAttempt !== null || attemptCount < MOST_REFUSALS) return null;
  return { refundNumber: refundNumberOf(row), orderNumber, state: 'CLOSED', code: answer.code.slice(0, 64), amountFen, reference: null, endedAt: null };
}

function ask(provider: PaymentProvider, refund: RefundRow, paid: Pick<RefundOrder, 'totalFen' | 'reference'>): Promise<Answer<RefundReport>> {
  // What an earlier attempt has paid after all is only asked for: nothing more is sent.
  if (refund.state !== 'OWED' || refund.paidAttempt !== null) return provider.queryRefund(refundNumberOf(refund));
  return provider.refund({ refundNumber: refundNumberOf(refund), orderNumber: refund.orderNumber, amountFen: refund.amountFen, ...paid, reason: refund.reason });
}

/** The further attempt of a refund that an earlier one has paid never reached the provider: nothing more goes. */
async function neverTaken(services: Services, provider: PaymentProvider, refund: RefundRow): Promise<null> {
  await transaction(providerScope(services, provider.name, TRACE), async unit => {
    await findChargeForUpdate(unit, refund.chargeId);
    if (await endFollowed(unit, refund.id, unit.now)) refundEnded(unit, refund, { state: 'DONE', attempt: refund.paidAttempt! });
    return done(null);
  });
  return null;
}

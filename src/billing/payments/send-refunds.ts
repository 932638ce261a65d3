import { done, isRefusal } from '../../kernel/index.js';
import { transaction, type Services } from '../../platform/index.js';
import { refundWaitMs } from '../rules/back-off.js';
import { applyRefund } from './apply-refund.js';
import { paymentsById } from './payment.sql.js';
import type { Answer, PaymentProvider, RefundReport } from './provider.js';
import { providerScope } from './provider-scope.js';
import { findProvider } from './providers.js';
import { leaseRefunds, tryRefundAt, type RefundRow } from './refund.sql.js';

/** How long a sending may take before another server takes it over: longer than every time limit in it. */
const LEASE_MS = 60_000;
const AT_ONCE = 50;

/**
 * Sends the refunds that are owed, and asks for those that are on their way. The number is the refund's own id and the
 * provider pays one refund a number, so that a refund that was sent and not written down is sent again without harm
 * (P6). Answers how many had their turn.
 */
export async function sendRefunds(services: Services): Promise<number> {
  const due = await services.database.transactional((_em, sql) => leaseRefunds(sql, { now: services.clock.now(), leaseMs: LEASE_MS, limit: AT_ONCE }));
  for (const refund of due) {
    const again = await turn(services, refund).catch((error: unknown) => {
      services.log.warn({ err: error, refundId: refund.id }, 'a refund could not be sent');
      return { failure: 'FAULT' };
    });
    if (again) await tryRefundAt(services.database, refund.id, services.clock.now() + refundWaitMs(refund.attemptCount), again.failure);
  }
  return due.length;
}

/** One turn of a refund; null where it changed its state, which says when the next one is. */
async function turn(services: Services, refund: RefundRow): Promise<{ readonly failure: string | null } | null> {
  const [payment] = await paymentsById(services.database, [refund.paymentId]);
  const provider = payment ? findProvider(services, payment.provider) : null;
  if (!provider) return { failure: 'PROVIDER_NOT_OFFERED' };
  const answer = await ask(provider, refund, payment!.amountFen);
  if (answer.kind !== 'DONE') return { failure: answer.code.slice(0, 64) };
  const written = await transaction(providerScope(services, provider.name, 'job send-refunds'), async unit => done(await applyRefund(unit, provider.name, answer.value)));
  if (isRefusal(written)) return { failure: written.problems[0].code };
  return written.value === 'APPLIED' ? null : { failure: refund.failure };
}

function ask(provider: PaymentProvider, refund: RefundRow, totalFen: number): Promise<Answer<RefundReport>> {
  if (refund.state !== 'OWED') return provider.queryRefund(refund.id);
  return provider.refund({ refundNumber: refund.id, orderNumber: refund.paymentId, amountFen: refund.amountFen, totalFen, reason: refund.reason });
}

import { done, isRefusal } from '../../kernel/index.js';
import { transaction, type Services } from '../../platform/index.js';
import { chargeLifecycle } from '../rules/charge.js';
import { questionWaitMs } from '../rules/back-off.js';
import { chargesToPay } from './charge-payer.sql.js';
import { endPayment } from './end-payment.js';
import { failPayment } from './fail-payment.js';
import { askAgainAt, leaseQuestions, type PaymentRow } from './payment.sql.js';
import type { PaymentProvider } from './provider.js';
import { providerScope } from './provider-scope.js';
import { findProvider } from './providers.js';
import { provePayment } from './prove-payment.js';

/** How long a question may take before another server asks it: longer than every time limit in it. */
const LEASE_MS = 30_000;
const AT_ONCE = 50;
const TRACE = 'job ask-payments';

/**
 * Asks the providers for payments that were begun and never notified of: a notification may be lost, a server may have
 * died between the provider's answer and its own commit. A payment that has run out, or asks for more than its charge still
 * owes, is closed at its provider, so that nobody pays it any more. Answers how many were asked for.
 */
export async function askProviders(services: Services): Promise<number> {
  const due = await services.database.transactional((_em, sql) => leaseQuestions(sql, { now: services.clock.now(), leaseMs: LEASE_MS, limit: AT_ONCE }));
  for (const payment of due) {
    const provider = findProvider(services, payment.provider);
    try {
      if (provider) await ask(services, provider, payment);
    } catch (error) {
      // One that fails is asked again when its time comes; the others do not wait for it.
      services.log.warn({ err: error, provider: payment.provider, paymentId: payment.id }, 'a payment could not be asked for');
    }
    const now = services.clock.now();
    await askAgainAt(services.database, payment.id, now + questionWaitMs(payment.askedCount), now);
  }
  return due.length;
}

async function ask(services: Services, provider: PaymentProvider, payment: PaymentRow): Promise<void> {
  const scope = providerScope(services, provider.name, TRACE);
  const hasRunOut = payment.expiresAt <= services.clock.now();
  const answer = await provider.queryPayment(payment.id);
  if (answer.kind === 'NOT_FOUND') {
    // It was never opened: the server that wrote the row died before it asked, and its caller has not come again.
    if (hasRunOut) await failPayment(scope, payment.id, answer.code);
    return;
  }
  if (answer.kind !== 'DONE') return;
  if (answer.value.state === 'PENDING') {
    if (hasRunOut || (await isOutdated(services, payment))) await endPayment(scope, payment.id);
    return;
  }
  const written = await transaction(scope, async unit => done(await provePayment(unit, provider.name, answer.value)));
  if (isRefusal(written)) services.log.error({ provider: provider.name, paymentId: payment.id, codes: written.problems.map(problem => problem.code) }, 'a proved payment was refused');
}

/** Whether its charge was paid otherwise, voided or lessened since it was begun. */
async function isOutdated(services: Services, { chargeId, amountFen }: PaymentRow): Promise<boolean> {
  const [charge] = await chargesToPay(services.database, [chargeId]);
  return !charge || !chargeLifecycle.allows(charge.state, 'PAY') || charge.amountFen !== amountFen;
}

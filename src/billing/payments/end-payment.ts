import { done, isRefusal, problem, refuse, type Outcome, type Refusal } from '../../kernel/index.js';
import { transaction, type RequestScope, type Unit } from '../../platform/index.js';
import { notFound, unavailable } from '../../platform/graphql/index.js';
import { paymentLifecycle } from '../rules/payment-lifecycle.js';
import { chargesToPay } from './charge-payer.sql.js';
import { paymentsById, type PaymentRow } from './payment.sql.js';
import { mayPay } from './payment.policy.js';
import { ORDER_PAID, type PaymentReport } from './provider.js';
import { providerScope } from './provider-scope.js';
import { findProvider } from './providers.js';
import { provePayment } from './prove-payment.js';

export interface ClosePayment {
  readonly paymentId: string;
  readonly idempotencyKey: string;
}

/**
 * Ends a payment that its payer will not make, so that another way can be taken. Who has paid meanwhile, has paid. The key is
 * taken before the provider hears of it, so that a call that the key refuses closes nothing (P6); the same call again goes on where it stopped.
 */
export async function closePayment(scope: RequestScope, input: ClosePayment): Promise<Outcome<{ readonly paymentId: string }>> {
  const begun = await transaction(scope, async unit => {
    const payment = await getPayment(unit, input.paymentId);
    return isClosable(payment) ? done({ paymentId: payment.id }) : notClosable(payment.state);
  }, { operation: 'closePayment', key: input.idempotencyKey, input });
  if (isRefusal(begun)) return begun;
  const { paymentId } = begun.value;
  const [payment] = await paymentsById(scope.database, [paymentId]);
  const ended = paymentLifecycle.allows(payment!.state, 'close') ? await endPayment(scope, paymentId) : done(null);
  if (isRefusal(ended)) return ended;
  const [row] = await paymentsById(scope.database, [paymentId]);
  return row!.state === 'CLOSED' ? done({ paymentId }) : notClosable(row!.state);
}

/** What is closed already is closed: asking again is no mistake. */
function isClosable({ state }: PaymentRow): boolean {
  return state === 'CLOSED' || paymentLifecycle.allows(state, 'close');
}

async function getPayment(unit: Unit, id: string): Promise<PaymentRow> {
  const [payment] = await paymentsById(unit, [id]);
  const [charge] = payment ? await chargesToPay(unit, [payment.chargeId]) : [];
  if (!payment || !charge || !mayPay(unit.scope.viewer, charge)) throw notFound('payment', id);
  return payment;
}

const RETRY_MS = 1_000;

/**
 * Has the provider close an order, and writes what came of it: closed, or paid where the payer was faster. An order that
 * the provider never heard of is closed as well, for it was never opened.
 */
export async function endPayment(scope: RequestScope, paymentId: string): Promise<Outcome<null>> {
  const [payment] = await paymentsById(scope.database, [paymentId]);
  const provider = findProvider(scope.services, payment!.provider);
  if (!provider) throw unavailable(RETRY_MS);
  const answer = await provider.closePayment(paymentId);
  if (answer.kind === 'UNAVAILABLE') throw unavailable(RETRY_MS);
  const isPaid = answer.kind === 'REFUSED' && answer.code === ORDER_PAID;
  if (answer.kind === 'REFUSED' && !isPaid) return refuse(problem('PAYMENT_REFUSED', { zh: `支付平台未能关闭这笔支付（${answer.code}）`, en: `the payment provider did not close this payment (${answer.code})`, field: 'paymentId' }));
  const asked = isPaid ? await provider.queryPayment(paymentId) : null;
  if (asked && asked.kind !== 'DONE') throw unavailable(RETRY_MS);
  const report: PaymentReport = asked?.value ?? { orderNumber: paymentId, state: 'CLOSED', amountFen: null, currency: null, isOurs: true, reference: null, paidAt: null };
  const written = await transaction(providerScope(scope.services, provider.name, scope.traceId), async unit => done(await provePayment(unit, provider.name, report)));
  return isRefusal(written) ? written : done(null);
}

function notClosable(state: PaymentRow['state']): Refusal {
  const outcome = paymentLifecycle.transition(state, 'close');
  return isRefusal(outcome) ? outcome : refuse(problem('PAYMENT_NOT_CLOSED', { zh: `支付仍处于 ${state}`, en: `the payment is still ${state}`, field: 'paymentId' }));
}

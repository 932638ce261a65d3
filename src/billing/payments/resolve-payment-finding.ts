import { done, isRefusal, problem, refuse, type Outcome, type Refusal } from '../../kernel/index.js';
import { transaction, type RequestScope, type Unit } from '../../platform/index.js';
import { forbidden, notFound } from '../../platform/graphql/index.js';
import { moneyToGiveBack, noteProblem, paymentFindingLifecycle, type PaymentFindingResolution } from '../rules/payment-finding.js';
import { returnPayment } from '../settle-payment.js';
import { chargesToPay, lockChargeToPay } from './charge-payer.sql.js';
import { findingsById, lockPaymentFinding, setResolution, type PaymentFindingRow } from './payment-finding.sql.js';
import { mayResolveFinding, maySeeFinding } from './payment.policy.js';
import { findPaymentByReference, lockPayment, markPaid, paymentsById, type PaymentRow } from './payment.sql.js';

export interface ResolvePaymentFinding {
  readonly findingId: string;
  readonly resolution: PaymentFindingResolution;
  readonly note: string;
  readonly idempotencyKey: string;
}

/**
 * Works off what does not add up about a payment, once, with a word of why (P11). Money that is given back takes the way
 * of all money that nobody owed: it is owed back in the ledger, and the provider sends it once (P6).
 */
export function resolvePaymentFinding(scope: RequestScope, { idempotencyKey, ...input }: ResolvePaymentFinding): Promise<Outcome<{ readonly findingId: string }>> {
  return transaction(scope, async unit => {
    const payment = await heldPaymentOf(unit, input.findingId);
    const finding = (await lockPaymentFinding(unit, input.findingId))!;
    const next = paymentFindingLifecycle.transition(finding.state, 'resolve');
    if (isRefusal(next)) return next;
    const unexplained = noteProblem(input.note);
    if (unexplained) return refuse(unexplained);

    const returned = input.resolution === 'GIVEN_BACK' ? await giveBack(unit, finding, payment) : done({ refundId: null });
    if (isRefusal(returned)) return returned;
    const { id: findingId, kind, provider, subject } = finding;
    const { refundId } = returned.value;
    const note = input.note.trim();
    await setResolution(unit, findingId, { resolution: input.resolution, note, refundId, resolvedBy: scope.viewer.actorId }, unit.now);
    unit.record({ action: 'payment:resolve', objectType: 'paymentFinding', objectId: findingId, reason: note, details: { resolution: input.resolution, kind, provider, subject, refundId } });
    unit.announce('billing.paymentFindingResolved', { findingId, resolution: input.resolution, refundId });
    return done({ findingId });
  }, { operation: 'resolvePaymentFinding', key: idempotencyKey, input });
}

/** The payment of a finding that the viewer may work off, its charge held before it; null where it is of none. */
async function heldPaymentOf(unit: Unit, findingId: string): Promise<PaymentRow | null> {
  const [finding] = await findingsById(unit, [findingId]);
  const missing = notFound('不符之处 finding', findingId.slice(0, 40));
  if (!finding) throw missing;
  const [payment] = finding.paymentId === null ? [] : await paymentsById(unit, [finding.paymentId]);
  const [charge] = payment ? await chargesToPay(unit, [payment.chargeId]) : [];
  // Who sees it learns that it is not for them; to anybody else it is not there.
  if (!mayResolveFinding(unit.scope.viewer, charge ?? null)) throw maySeeFinding(unit.scope.viewer, charge ?? null) ? forbidden('payment:resolve') : missing;
  if (!payment) return null;
  await lockChargeToPay(unit, payment.chargeId);
  return lockPayment(unit, payment.id);
}

async function giveBack(unit: Unit, { kind, details, provider }: PaymentFindingRow, payment: PaymentRow | null): Promise<Outcome<{ readonly refundId: string }>> {
  const reference = details.told?.reference;
  const isOthers = typeof reference === 'string' && (await findPaymentByReference(unit, provider, reference)) !== null;
  const money = moneyToGiveBack({ kind, payment, told: details.told, isOthers });
  if (!payment || !money) return notReturnable(kind);
  // The order took this much, whatever was asked for: of that the provider gives back, and the charge stays owed.
  await markPaid(unit, payment.id, money);
  return returnPayment(unit, { chargeId: payment.chargeId, paidFen: money.amountFen, provider, providerReference: money.reference, paidAt: money.paidAt });
}

function notReturnable(kind: string): Refusal {
  return refuse(problem('NOT_RETURNABLE', {
    zh: `此处不符（${kind}）没有可由本系统原路退回的款项；请在支付平台处理后以 SETTLED_ELSEWHERE 记录`,
    en: `there is no money behind this finding (${kind}) that this system could return by its provider: settle it there and record SETTLED_ELSEWHERE`,
    field: 'resolution',
    data: { kind },
  }));
}

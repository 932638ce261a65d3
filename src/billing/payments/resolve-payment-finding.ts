import { done, isRefusal, refuse, type Outcome } from '../../kernel/index.js';
import { isId, transaction, type RequestScope, type Unit } from '../../platform/index.js';
import { forbidden, notFound } from '../../platform/graphql/index.js';
import { TIME_AFTER_DISPUTE_MS, noteProblem, paymentFindingLifecycle, type PaymentFindingResolution, type SettledBy } from '../rules/payment-finding.js';
import { deferDue } from '../charge.sql.js';
import { attemptOfNumber } from '../rules/refund-number.js';
import { answerFinding, type HeldFinding } from './answer-finding.js';
import { chargesToPay, lockChargeToPay } from './charge-payer.sql.js';
import { findingsById, lockPaymentFinding, setResolution } from './payment-finding.sql.js';
import { mayResolveFinding, maySeeFinding } from './payment.policy.js';
import { lockPayment, paymentsById } from './payment.sql.js';
import { lockRefund } from './refund.sql.js';

export interface ResolvePaymentFinding {
  readonly findingId: string;
  readonly resolution: PaymentFindingResolution;
  /** Whose money it was; SETTLED_ELSEWHERE alone has it, and only where the ledger owes a refund or is owed one. */
  readonly settledBy?: { readonly source: SettledBy['source']; readonly partyId?: string | null } | null;
  readonly note: string;
  readonly idempotencyKey: string;
}

/**
 * Works off what does not add up about a payment, once, with a word of why (P11). Money that is given back takes the way
 * of all money that nobody owed: it is owed back in the ledger, and the provider sends it once (P6).
 */
export function resolvePaymentFinding(scope: RequestScope, { idempotencyKey, ...input }: ResolvePaymentFinding): Promise<Outcome<{ readonly findingId: string }>> {
  return transaction(scope, async unit => {
    const held = await hold(unit, input.findingId);
    const { finding } = held;
    const next = paymentFindingLifecycle.transition(finding.state, 'resolve');
    if (isRefusal(next)) return next;
    const unexplained = noteProblem(input.note);
    if (unexplained) return refuse(unexplained);

    const settledBy = input.settledBy == null ? null : { source: input.settledBy.source, partyId: input.settledBy.partyId ?? null };
    const answered = await answerFinding(unit, { resolution: input.resolution, settledBy }, held);
    if (isRefusal(answered)) return answered;
    if (held.payment && mayBePayment(held)) await deferDue(unit, held.payment.chargeId, unit.now + TIME_AFTER_DISPUTE_MS);
    const { id: findingId, kind, provider, subject } = finding;
    const { refundId } = answered.value;
    const note = input.note.trim();
    await setResolution(unit, findingId, { resolution: input.resolution, note, refundId, settledBy, resolvedBy: scope.viewer.actorId }, unit.now);
    unit.record({ action: 'payment:resolve', objectType: 'paymentFinding', objectId: findingId, reason: note, details: { resolution: input.resolution, kind, provider, subject, refundId, ...(settledBy && { settledBy }) } });
    unit.announce('billing.paymentFindingResolved', { findingId, resolution: input.resolution, refundId });
    return done({ findingId });
  }, { operation: 'resolvePaymentFinding', key: idempotencyKey, input });
}

/** Whether what came may have been the payment, so that its charge did not fall due meanwhile. */
function mayBePayment({ finding, payment }: HeldFinding): boolean {
  return payment?.state === 'DISPUTED' || finding.kind === 'AMOUNT_MISMATCH';
}

/** A finding that the viewer may work off, with what it is of: locked in the order of all locks, the charge first and the finding last. */
async function hold(unit: Unit, findingId: string): Promise<HeldFinding> {
  const [known] = await findingsById(unit, [findingId]);
  const missing = notFound('paymentFinding', findingId);
  if (!known) throw missing;
  const [paid] = known.paymentId === null ? [] : await paymentsById(unit, [known.paymentId]);
  const [charge] = paid ? await chargesToPay(unit, [paid.chargeId]) : [];
  // Who sees it learns that it is not for them; to anybody else it is not there.
  if (!mayResolveFinding(unit.scope.viewer, charge ?? null)) throw maySeeFinding(unit.scope.viewer, charge ?? null) ? forbidden('payment:resolve') : missing;
  if (!paid) return { finding: (await lockPaymentFinding(unit, findingId))!, payment: null, refund: null, charge: null };
  await lockChargeToPay(unit, paid.chargeId);
  const payment = await lockPayment(unit, paid.id);
  const named = attemptOfNumber(known.subject);
  const refund = named && isId('refund', named.refundId) ? await lockRefund(unit, named.refundId) : null;
  return { finding: (await lockPaymentFinding(unit, findingId))!, payment, refund, charge: charge! };
}

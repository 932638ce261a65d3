import { done, isRefusal, money, problem, refuse, type Outcome, type Problem } from '../../kernel/index.js';
import { PartyEntity, may, tellParties } from '../../identity/index.js';
import type { Unit } from '../../platform/index.js';
import { postedElsewhere } from '../refund-sent.js';
import { fitOfSettledBy, isUndischarged, type PaymentFindingKind, type SettledBy } from '../rules/payment-finding.js';
import { refundLifecycle } from '../rules/payment-lifecycle.js';
import { attemptOfNumber, refundNumberOf } from '../rules/refund-number.js';
import type { Answered, HeldFinding } from './answer-finding.js';
import type { ChargeToPay } from './charge-payer.sql.js';
import { maySayWhoSettled } from './payment.policy.js';
import { refundEnded } from './refund-ended.js';
import { setRefundState, type RefundRow } from './refund.sql.js';

/**
 * Books what was done outside this system about a refund: whose money went to the payer, or where what went too much came back. What
 * has nothing in the ledger, as money that was never booked, says nothing of the kind.
 */
export async function settleElsewhere(unit: Unit, held: HeldFinding, settledBy: SettledBy | null): Promise<Answered> {
  const { finding, refund } = held;
  const isOwed = refund !== null && isUndischarged(finding, { ...refund, number: refundNumberOf(refund) });
  const isOverpaid = refund !== null && finding.kind === 'REFUND_PAID_TWICE';
  if (!refund || (!isOwed && !isOverpaid)) return settledBy === null ? done({ refundId: null }) : refuse(unfit(finding.kind, settledBy));
  if (settledBy === null) return refuse(missing(refund));
  const isFit = fitOfSettledBy(settledBy, { kind: finding.kind, state: refund.state, isOfTreasury: held.charge!.revenueKind === 'TREASURY' });
  const flaw = isFit ? await flawOfSource(unit, held.charge!, settledBy, isOverpaid) : unfit(finding.kind, settledBy);
  if (flaw) return refuse(flaw);

  const settled = isOverpaid ? done(undefined) : await endSettled(unit, refund);
  if (isRefusal(settled)) return settled;
  const attempt = isOverpaid ? attemptOfNumber(finding.subject)!.attempt : null;
  if (!(await postedElsewhere(unit, { refundId: refund.id, attempt, settledBy }))) return refuse(unfit(finding.kind, settledBy));
  if (!isOverpaid) await tellPayer(unit, held.charge!, refund.amountFen);
  return done({ refundId: refund.id });
}

/** The provider is not asked any more; what it tells of it yet is money that goes twice. */
async function endSettled(unit: Unit, refund: RefundRow): Promise<Outcome<void>> {
  const next = refundLifecycle.transition(refund.state, 'settle');
  if (isRefusal(next)) return next;
  await setRefundState(unit, refund.id, { state: next.value, reference: null, endedAt: unit.now, nextAt: null, failure: null, paidAttempt: null });
  refundEnded(unit, refund, { state: next.value, attempt: refund.attempt });
  return done(undefined);
}

/** Who says it must have it to say; a party that is owed what it advanced must be there, and of the facility where nothing else is the teller's. */
async function flawOfSource(unit: Unit, charge: ChargeToPay, { source, partyId }: SettledBy, cameBack: boolean): Promise<Problem | null> {
  const { viewer } = unit.scope;
  if (!maySayWhoSettled(viewer, source, { subject: charge, cameBack })) return problem('SETTLED_SOURCE_FOREIGN', { zh: `${source} 的资金不由您核实：PROVIDER 由平台，TREASURY 与主体的垫付（PARTY）由辖区主管部门填写`, en: `of the money of ${source} you have nothing to say: the platform says PROVIDER, the offices of the place say TREASURY and what a PARTY gave back`, field: 'settledBy.source' });
  if (partyId === null || charge.facilityPartyIds.includes(partyId)) return null;
  if (may(viewer, 'payment:resolve', {}) && (await unit.em.findOne(PartyEntity, { id: partyId })) !== null) return null;
  return problem('SETTLED_PARTY_UNFIT', { zh: `${partyId.slice(0, 40)} 不是该设施的所有人、管理人或运营企业`, en: `${partyId.slice(0, 40)} is not the owner, manager or operator of this facility`, field: 'settledBy.partyId' });
}

/** The payer learns that it is held to have its money: who has not got it says so. */
async function tellPayer(unit: Unit, { id, payerId }: ChargeToPay, amountFen: number): Promise<void> {
  if (payerId === null) return;
  const yuan = money.yuanDigits(amountFen);
  await tellParties(unit, [{ partyId: payerId, topic: 'charge.refundSettled', subjectKind: 'Charge', subjectId: id, zh: `应退的 ${yuan} 元登记为已在支付平台之外退付；如未收到，请联系停车场或主管部门`, en: `the ${yuan} yuan owed back to you are recorded as given back outside the payment provider; if you have not got them, tell the car park or its office` }]);
}

function missing({ id, amountFen }: RefundRow): Problem {
  return problem('SETTLED_BY_MISSING', {
    zh: `退款 ${id} 的 ${amountFen} 分在账簿中尚未了结：写明由谁的资金退付（settledBy），多付的写明退回何处`,
    en: `the ${amountFen} fen of the refund ${id} stand in the ledger: say whose money paid (settledBy), or where what was paid twice came back`,
    field: 'settledBy',
    data: { refundId: id, amountFen },
  });
}

function unfit(kind: PaymentFindingKind, { source }: SettledBy): Problem {
  return problem('SETTLED_BY_UNFIT', {
    zh: `此处不符（${kind}）不能以 ${source} 了结：TREASURY 只用于应上缴财政的收入；受阻（ABNORMAL）的由支付平台自行告知结果；未入账的款项不写 settledBy；partyId 只与 PARTY 同用`,
    en: `this finding (${kind}) cannot be settled by ${source}: TREASURY is only of what was remitted to it; of a refund that is stuck the provider itself tells the end; of money that was never booked nothing is said; partyId goes with PARTY alone`,
    field: 'settledBy',
    data: { kind, source },
  });
}

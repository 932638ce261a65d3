import { done, isRefusal, problem, refuse, type Outcome, type Problem, type Refusal } from '../../kernel/index.js';
import { newId, transaction, type RequestScope, type Unit } from '../../platform/index.js';
import { notFound, unavailable } from '../../platform/graphql/index.js';
import { lockChargeToPay, chargesToPay, type ChargeToPay } from './charge-payer.sql.js';
import { endPayment } from './end-payment.js';
import { failPayment } from './fail-payment.js';
import { insertPayment, livePayment, offerPayment, paymentsById, type PaymentRow } from './payment.sql.js';
import { mayPay } from './payment.policy.js';
import { ORDER_PAID, type PaymentProvider, type PaymentWay, type ProviderName } from './provider.js';
import { findProvider, paymentProviders } from './providers.js';

export interface PayCharge {
  readonly chargeId: string;
  /** null: the one that is offered here. */
  readonly provider?: ProviderName | null;
  readonly way: PaymentWay;
  readonly payerOpenId?: string | null;
  readonly idempotencyKey: string;
}

/** How long a payer has; the provider is told the same, and closes the order then. */
const PAYING_MS = 15 * 60_000;
/** The provider is asked by itself where it has said nothing for this long. */
const FIRST_QUESTION_MS = 15_000;
const RETRY_MS = 1_000;

type Begun = Outcome<{ readonly paymentId: string }>;

/**
 * Begins to pay a charge. Our row is committed before the provider hears of it, and the provider knows the order by the
 * row's own id: whoever dies in between, the same call again goes on where it stopped, and whatever comes back finds
 * the row (P6).
 */
export async function payCharge(scope: RequestScope, input: PayCharge): Promise<Begun> {
  const provider = input.provider == null ? [...paymentProviders(scope.services).values()][0] : findProvider(scope.services, input.provider);
  const problems = provider ? checkWay(provider, input) : [notOffered(input.provider ?? null)];
  if (problems.length > 0) return refuse(problems);
  let begun = await begin(scope, provider!, input);
  const outdated = outdatedPayment(begun);
  if (outdated !== null) {
    const ended = await endPayment(scope, outdated);
    if (isRefusal(ended)) return ended;
    begun = await begin(scope, provider!, input);
  }
  if (isRefusal(begun)) return begun;
  return offer(scope, provider!, begun.value.paymentId, input);
}

/** Writes the payment, or finds the one that is under way. Runs again with the same key to the same answer. */
function begin(scope: RequestScope, provider: PaymentProvider, input: PayCharge): Promise<Begun> {
  return transaction(scope, async unit => {
    const charge = await getChargeToPay(unit, input.chargeId);
    if (charge.state !== 'OPEN' && charge.state !== 'UNPAID') {
      return refuse(problem('CHARGE_NOT_OPEN', { zh: `该费用处于 ${charge.state}，无需支付`, en: `the charge is ${charge.state}: there is nothing to pay`, field: 'chargeId', data: { state: charge.state } }));
    }
    const live = await livePayment(unit, charge.id);
    if (live) return liveAnswer(live, { provider, input, amountFen: charge.amountFen, now: unit.now });
    const id = newId('payment', unit.now);
    const payer = { chargeId: charge.id, payerId: charge.payerId, provider: provider.name, way: input.way };
    await insertPayment(unit, { city: charge.city, id, ...payer, amountFen: charge.amountFen, expiresAt: unit.now + PAYING_MS, askAt: unit.now + FIRST_QUESTION_MS, createdBy: scope.viewer.actorId }, unit.now);
    unit.record({ action: 'payment:pay', objectType: 'payment', objectId: id, details: { ...payer, amountFen: charge.amountFen } });
    return done({ paymentId: id });
  }, { operation: 'payCharge', key: input.idempotencyKey, input });
}

async function getChargeToPay(unit: Unit, id: string): Promise<ChargeToPay> {
  const charge = await lockChargeToPay(unit, id);
  if (!charge || !mayPay(unit.scope.viewer, charge)) throw notFound('charge', id);
  return charge;
}

/**
 * A code can be scanned by whoever asks again; the order of one person's wallet is that person's. An order that has run out, or that
 * asks for more than is still owed, is nobody's: it is closed at its provider, and another one is begun.
 */
function liveAnswer(live: PaymentRow, { provider, input, amountFen, now }: { readonly provider: PaymentProvider; readonly input: PayCharge; readonly amountFen: number; readonly now: number }): Begun {
  if (live.expiresAt <= now || live.amountFen !== amountFen) return refuse(problem(OUTDATED, { zh: '支付已超时，或费用已减少', en: 'the payment has run out, or the charge was lessened', data: { paymentId: live.id } }));
  if (live.provider === provider.name && live.way === input.way && input.way === 'NATIVE') return done({ paymentId: live.id });
  return refuse(problem('PAYMENT_UNDER_WAY', {
    zh: `该费用已有支付 ${live.id}（${live.provider} ${live.way}）在进行；先关闭它（closePayment）`,
    en: `the charge has a payment under way, ${live.id} (${live.provider} ${live.way}); close it first (closePayment)`,
    field: 'chargeId',
    data: { paymentId: live.id },
  }));
}

const OUTDATED = 'PAYMENT_OUTDATED';

function outdatedPayment(begun: Begun): string | null {
  if (!isRefusal(begun)) return null;
  const found = begun.problems.find(({ code }) => code === OUTDATED);
  return found ? (found.data!.paymentId as string) : null;
}

/** Has the provider open the order, where it has not: asked again, it answers the same. */
async function offer(scope: RequestScope, provider: PaymentProvider, paymentId: string, input: PayCharge): Promise<Begun> {
  const [payment] = await paymentsById(scope.database, [paymentId]);
  if (payment!.state === 'FAILED') return refusedBy(payment!.failure ?? 'FAILED');
  if (payment!.state !== 'STARTING') return done({ paymentId });
  const [charge] = await chargesToPay(scope.database, [payment!.chargeId]);
  const answer = await provider.createPayment({
    orderNumber: paymentId,
    amountFen: payment!.amountFen,
    description: `${charge!.facilityName} 停车费`,
    expiresAt: payment!.expiresAt,
    way: payment!.way,
    payerOpenId: input.payerOpenId ?? null,
  });
  // Paid before we heard that it was opened: the notification or the next question tells the rest.
  if (answer.kind === 'REFUSED' && answer.code === ORDER_PAID) return done({ paymentId });
  if (answer.kind === 'REFUSED' || answer.kind === 'NOT_FOUND') {
    await failPayment(scope, paymentId, answer.code);
    return refusedBy(answer.code);
  }
  if (answer.kind === 'UNAVAILABLE') throw unavailable(RETRY_MS);
  await offerPayment(scope.database, paymentId, answer.value);
  return done({ paymentId });
}

function refusedBy(code: string): Refusal {
  return refuse(problem('PAYMENT_REFUSED', { zh: `支付平台拒绝了这笔支付（${code}）`, en: `the payment provider refused this payment (${code})`, data: { code } }));
}

function notOffered(name: string | null): Problem {
  return problem('PROVIDER_NOT_OFFERED', { zh: name === null ? '此处未开通支付' : `此处未开通 ${name} 支付`, en: name === null ? 'no payment is offered here' : `${name} is not offered here`, field: 'provider' });
}

function checkWay(provider: PaymentProvider, { way, payerOpenId = null }: PayCharge): readonly Problem[] {
  const isNamed = payerOpenId !== null && /^[\w-]{1,128}$/.test(payerOpenId);
  if (way === 'JSAPI' && !isNamed) return [problem('PAYER_MISSING', { zh: 'JSAPI 支付须给出付款人的 openid（1–128 个字符）', en: "a JSAPI payment needs the payer's openid, 1 to 128 characters", field: 'payerOpenId' })];
  if (!provider.ways.includes(way)) return [problem('PROVIDER_NOT_OFFERED', { zh: `${provider.name} 不支持 ${way}`, en: `${provider.name} has no ${way}`, field: 'way' })];
  return [];
}

import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { isRefusal, type Done } from '../../kernel/index.js';
import { Allow } from '../../identity/index.js';
import type { RequestScope } from '../../platform/index.js';
import { userErrorsOf } from '../../platform/graphql/index.js';
import { CHARGE_BY_ID } from '../charge.loaders.js';
import { Charge } from '../charge.type.js';
import { closePayment } from './end-payment.js';
import { payCharge } from './pay-charge.js';
import { PAYMENTS_OF_CHARGE, PAYMENT_BY_ID, REFUNDS_OF_PAYMENT } from './payment.loaders.js';
import { ClosePaymentInput, ClosePaymentPayload, PayChargeInput, PayChargePayload, Payment, Refund } from './payment.type.js';

@Resolver(() => Payment)
export class PaymentResolver {
  @Allow('payment:read')
  @Query(() => Payment, { nullable: true, description: '一笔支付；不存在或不可见时为空。One payment; null where there is none, or not for this caller.' })
  payment(@Arg('id', () => ID, { description: '标识，pay_…。Its id.' }) id: string, @Ctx() scope: RequestScope): Promise<Payment | null> {
    return scope.load(PAYMENT_BY_ID, id);
  }

  @Allow('payment:pay')
  @Mutation(() => PayChargePayload, { description: '支付一笔费用，返回付款人所需的内容；同一费用同时只有一笔支付在进行（3.2-8）。Pays a charge and answers what the payer needs; a charge has one payment under way at a time.' })
  async payCharge(@Arg('input', () => PayChargeInput, { description: '付哪一笔，怎么付。Which charge, and how.' }) input: PayChargeInput, @Ctx() scope: RequestScope): Promise<PayChargePayload> {
    const outcome = await payCharge(scope, input);
    if (isRefusal(outcome)) return { payment: null, instructions: null, userErrors: userErrorsOf(outcome, scope) };
    const payment = await written(scope, outcome);
    return { payment, instructions: payment?.instructions ?? null, userErrors: [] };
  }

  @Allow('payment:pay')
  @Mutation(() => ClosePaymentPayload, { description: '关闭一笔未付的支付；付款人已付的不能关闭。Closes a payment that was not made; what was paid stays paid.' })
  async closePayment(@Arg('input', () => ClosePaymentInput, { description: '关闭哪一笔。Which one.' }) input: ClosePaymentInput, @Ctx() scope: RequestScope): Promise<ClosePaymentPayload> {
    const outcome = await closePayment(scope, input);
    if (isRefusal(outcome)) return { payment: null, userErrors: userErrorsOf(outcome, scope) };
    return { payment: await written(scope, outcome), userErrors: [] };
  }

  @FieldResolver(() => Charge, { nullable: true, description: '所付的费用；不可见为空。The charge that it pays; null where the caller may not see it.' })
  charge(@Root() payment: Payment, @Ctx() scope: RequestScope): Promise<Charge | null> {
    return scope.load(CHARGE_BY_ID, payment.chargeId);
  }

  @FieldResolver(() => [Refund], { description: '它的退款，先者在前；没有为空列表。Its refunds, the oldest first; empty for none.' })
  refunds(@Root() payment: Payment, @Ctx() scope: RequestScope): Promise<readonly Refund[]> {
    return scope.load(REFUNDS_OF_PAYMENT, payment.id);
  }
}

@Resolver(() => Charge)
export class ChargePaymentsResolver {
  @FieldResolver(() => [Payment], { description: '支付，先者在前；没有为空列表。Its payments, the oldest first; empty for none.' })
  payments(@Root() charge: Charge, @Ctx() scope: RequestScope): Promise<readonly Payment[]> {
    return scope.load(PAYMENTS_OF_CHARGE, charge.id);
  }
}

/** Read afresh: a loader of this request may know it from before. */
async function written(scope: RequestScope, outcome: Done<{ readonly paymentId: string }>): Promise<Payment | null> {
  const [payment] = await PAYMENT_BY_ID.batch(scope, [outcome.value.paymentId]);
  return payment instanceof Payment ? payment : null;
}

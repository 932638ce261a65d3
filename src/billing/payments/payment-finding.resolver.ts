import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { isRefusal } from '../../kernel/index.js';
import { Allow } from '../../identity/index.js';
import type { RequestScope } from '../../platform/index.js';
import { PageArgs, userErrorsOf, type Connection } from '../../platform/graphql/index.js';
import { FINDINGS_OF_PAYMENT, PAYMENT_FINDING_BY_ID, pageOfFindings } from './payment-finding.loaders.js';
import { PaymentFinding, PaymentFindingConnection, PaymentFindingWhere, ResolvePaymentFindingInput, ResolvePaymentFindingPayload } from './payment-finding.type.js';
import { Payment } from './payment.type.js';
import { resolvePaymentFinding } from './resolve-payment-finding.js';

@Resolver(() => Payment)
export class PaymentFindingResolver {
  @Allow('payment:read')
  @Query(() => PaymentFindingConnection, { description: '支付中的不符之处，新的在前：设施各方、付款人与辖区主管部门见其支付的；不属于任何支付的，须有不限主体与辖区的权限。What does not add up, the newest first: of payments that one sees; what is of no payment needs a right that nothing narrows.' })
  paymentFindings(
    @Arg('where', () => PaymentFindingWhere, { nullable: true, description: '筛选；为空不限。Filters; null for all.' }) where: PaymentFindingWhere | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: RequestScope,
  ): Promise<Connection<PaymentFinding>> {
    return pageOfFindings(scope, where ?? null, page);
  }

  @Allow('payment:resolve')
  @Mutation(() => ResolvePaymentFindingPayload, { description: '处理支付中的一处不符，一次为限；退回款项经原支付平台，且只退一次（3.5-6）。Works off a finding, once; money that is given back goes by its provider, and goes once.' })
  async resolvePaymentFinding(@Arg('input', () => ResolvePaymentFindingInput, { description: '哪一处，如何处理。Which one, and how.' }) input: ResolvePaymentFindingInput, @Ctx() scope: RequestScope): Promise<ResolvePaymentFindingPayload> {
    const outcome = await resolvePaymentFinding(scope, input);
    if (isRefusal(outcome)) return { finding: null, userErrors: userErrorsOf(outcome, scope) };
    const [finding] = await PAYMENT_FINDING_BY_ID.batch(scope, [outcome.value.findingId]);
    return { finding: finding instanceof PaymentFinding ? finding : null, userErrors: [] };
  }

  @FieldResolver(() => [PaymentFinding], { description: '不符之处，先者在前；没有为空列表。What does not add up, the oldest first; empty for nothing.' })
  findings(@Root() payment: Payment, @Ctx() scope: RequestScope): Promise<readonly PaymentFinding[]> {
    return scope.load(FINDINGS_OF_PAYMENT, payment.id);
  }
}

import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { FACILITY_BY_ID, FacilityType } from '../facilities/index.js';
import { Allow, Party, partyLoader } from '../identity/index.js';
import type { RequestScope } from '../platform/index.js';
import { PageArgs, type Connection } from '../platform/graphql/index.js';
import { CHARGE_BY_ID, REFUNDS_OF_CHARGE, REST_OF_CHARGE, linesOf, listCharges } from './charge.loaders.js';
import { Charge, ChargeConnection, ChargeLineType, ChargeRefundType, ChargeWhere } from './charge.type.js';
import { RECEIPT_OF_CHARGE } from './invoice.loaders.js';
import { Receipt } from './invoice.type.js';

@Resolver(() => Charge)
export class ChargeResolver {
  @Allow('charge:read')
  @Query(() => Charge, { nullable: true, description: '按标识取费用；不存在或不可见为空。A charge by its id; null where there is none that the caller may see.' })
  charge(@Arg('id', () => ID, { description: '费用标识。Its id.' }) id: string, @Ctx() scope: RequestScope): Promise<Charge | null> {
    return scope.load(CHARGE_BY_ID, id);
  }

  @Allow('charge:read')
  @Query(() => ChargeConnection, { description: '费用列表，新的在前：付款人、收款人、设施各方与辖区主管部门可见。Charges, the newest first: for the payer, the payees, the facility’s parties and the offices where it lies.' })
  charges(
    @Arg('where', () => ChargeWhere, { nullable: true, description: '筛选；为空不限。Filters; null for all.' }) where: ChargeWhere | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: RequestScope,
  ): Promise<Connection<Charge>> {
    return listCharges(scope, where ?? null, page);
  }

  @FieldResolver(() => [ChargeLineType], { description: '明细，其和为 openedFen；费用作废的，各行均作废。Its lines, which sum to openedFen; all of them are void where the charge is.' })
  lines(@Root() charge: Charge, @Ctx() scope: RequestScope): ChargeLineType[] {
    return linesOf(charge).map(line => ({ description: scope.say(line), amountFen: line.amountFen, startsAt: line.startsAt ?? null, endsAt: line.endsAt ?? null, isVoid: charge.state === 'VOID' }));
  }

  @FieldResolver(() => [ChargeRefundType], { description: '退款，早的在前；没有为空列表。Its refunds, the oldest first; empty for none.' })
  chargeRefunds(@Root() charge: Charge, @Ctx() scope: RequestScope): Promise<readonly ChargeRefundType[]> {
    return scope.load(REFUNDS_OF_CHARGE, charge.id);
  }

  @FieldResolver(() => Charge, { nullable: true, description: '余款：所收不足而作为付款入账时，不足部分另立的费用；没有为空。退减原费用时一并退减。The rest: what was missing when less came in and was taken as its payment, a charge of its own; null for none. What is taken off this charge is taken off its rest with it.' })
  async rest(@Root() charge: Charge, @Ctx() scope: RequestScope): Promise<Charge | null> {
    const restId = await scope.load(REST_OF_CHARGE, charge.id);
    return restId === null ? null : scope.load(CHARGE_BY_ID, restId);
  }

  @FieldResolver(() => Receipt, { nullable: true, description: '收据；未付为空。Its receipt; null where it was not paid.' })
  receipt(@Root() charge: Charge, @Ctx() scope: RequestScope): Promise<Receipt | null> {
    return scope.load(RECEIPT_OF_CHARGE, charge.id);
  }

  @FieldResolver(() => FacilityType, { description: '停车设施。The facility.' })
  facility(@Root() charge: Charge, @Ctx() scope: RequestScope): Promise<FacilityType> {
    return scope.load(FACILITY_BY_ID, charge.facilityId) as Promise<unknown> as Promise<FacilityType>;
  }

  @FieldResolver(() => Party, { nullable: true, description: '付款主体；未登记或不可见为空。Who owes it; null where nobody registered or the caller may not see it.' })
  async payer(@Root() charge: Charge, @Ctx() scope: RequestScope): Promise<Party | null> {
    return charge.payerId === null ? null : scope.load(partyLoader, charge.payerId);
  }
}

import { Arg, Ctx, ID, Int, Mutation, Query, Resolver } from 'type-graphql';
import { isRefusal } from '../kernel/index.js';
import { Allow } from '../identity/index.js';
import type { RequestScope } from '../platform/index.js';
import { userErrorsOf } from '../platform/graphql/index.js';
import { costSharing, facilityRevenue } from './read-revenue.js';
import { recordManagementCost } from './record-management-cost.js';
import { CostSharing, FacilityRevenue, RecordManagementCostInput, RecordManagementCostPayload, SetRevenueRuleInput, SetRevenueRulePayload } from './revenue.type.js';
import { setRevenueRule } from './set-revenue-rule.js';

@Resolver()
export class RevenueResolver {
  @Allow('settlement:read')
  @Query(() => FacilityRevenue, { nullable: true, description: '设施收入的去向（3.5-4 至 3.5-6）；不可见为空。Where the money of a facility goes; null where the caller may not see it.' })
  facilityRevenue(@Arg('facilityId', () => ID, { description: '停车设施。The facility.' }) facilityId: string, @Ctx() scope: RequestScope): Promise<FacilityRevenue | null> {
    return facilityRevenue(scope, facilityId);
  }

  @Allow('settlement:read')
  @Query(() => CostSharing, { nullable: true, description: '非经营性设施一年的收费与成本（3.5-5）；其他设施或不可见为空。Receipts and costs of a facility without profit; null for any other, or where the caller may not see it.' })
  costSharing(
    @Arg('facilityId', () => ID, { description: '停车设施。The facility.' }) facilityId: string,
    @Arg('year', () => Int, { description: '年度。Year.' }) year: number,
    @Ctx() scope: RequestScope,
  ): Promise<CostSharing | null> {
    return costSharing(scope, facilityId, year);
  }

  @Allow('revenue:write')
  @Mutation(() => SetRevenueRulePayload, { description: '设定设施收入的分成（3.5-4）；机关、事业单位设施不得分成（3.5-6）。Sets who shares what a facility takes in; one that earns for the treasury has no shares.' })
  async setRevenueRule(@Arg('input', () => SetRevenueRuleInput, { description: '哪一设施、如何分成。Which facility, which shares.' }) input: SetRevenueRuleInput, @Ctx() scope: RequestScope): Promise<SetRevenueRulePayload> {
    const outcome = await setRevenueRule(scope, input);
    if (isRefusal(outcome)) return { revenue: null, userErrors: userErrorsOf(outcome, scope) };
    return { revenue: await facilityRevenue(scope, input.facilityId), userErrors: [] };
  }

  @Allow('cost:record')
  @Mutation(() => RecordManagementCostPayload, { description: '登记非经营性设施的管理成本（3.5-5）。Records what a facility without profit spent on its lent spaces.' })
  async recordManagementCost(@Arg('input', () => RecordManagementCostInput, { description: '成本。The cost.' }) input: RecordManagementCostInput, @Ctx() scope: RequestScope): Promise<RecordManagementCostPayload> {
    const outcome = await recordManagementCost(scope, input);
    if (isRefusal(outcome)) return { costSharing: null, userErrors: userErrorsOf(outcome, scope) };
    return { costSharing: await costSharing(scope, input.facilityId, input.year), userErrors: [] };
  }
}

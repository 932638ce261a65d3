import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { FenScalar, InstantScalar, UserError, enumOf } from '../platform/graphql/index.js';
import { RevenueKindEnum } from './charge.type.js';
import { PAYEE_ROLE_WORDS, type PayeeRole, type RevenueKind } from './rules/split-revenue.js';

const KEY = '幂等键，至多 255 字符，保留 72 小时。Idempotency key, at most 255 characters, kept for 72 hours.';

export const PayeeRoleEnum = enumOf('PayeeRole', PAYEE_ROLE_WORDS, '收款人在设施中的角色。Role of a payee at a facility.');
export const RevenueRuleKindEnum = enumOf('RevenueRuleKind', {
  AGREED: '约定分成（3.5-4）。Shared as agreed.',
  COST_SHARING: '分摊管理成本（3.5-5）。To share the cost of managing.',
}, '分成规则种类。Kind of a revenue rule.');

@ObjectType('RevenueShare', { simpleResolvers: true, description: '一方的分成。One party’s share.' })
export class RevenueShareType {
  @Field(() => PayeeRoleEnum, { description: '角色。Role.' })
  role!: PayeeRole;

  @Field(() => ID, { nullable: true, description: '收款主体；为空即设施现时担任该角色者。The party; null for whoever has the role at the facility.' })
  partyId!: string | null;

  @Field(() => Int, { description: '万分比；各方合计 10000。Ten-thousandths; all shares sum to 10,000.' })
  basisPoints!: number;
}

@ObjectType({ simpleResolvers: true, description: '分成规则，作为数据，有期限与依据（3.5-4）。Who shares what a facility takes in, with validity and legal basis.' })
export class RevenueRule {
  @Field(() => ID, { description: '标识。Its id.' })
  id!: string;

  @Field(() => RevenueRuleKindEnum, { description: '种类。Kind.' })
  kind!: 'AGREED' | 'COST_SHARING';

  @Field(() => [RevenueShareType], { description: '各方分成。The shares.' })
  shares!: readonly RevenueShareType[];

  @Field(() => String, { description: '依据。Its legal basis.' })
  legalBasis!: string;

  @Field(() => InstantScalar, { description: '生效。From when it holds.' })
  validFrom!: number;

  @Field(() => InstantScalar, { nullable: true, description: '失效，不含；长期为空。Until when, excluded; null for no end.' })
  validUntil!: number | null;
}

@ObjectType({ simpleResolvers: true, description: '设施收入的去向（3.5-4 至 3.5-6）。Where the money of a facility goes.' })
export class FacilityRevenue {
  @Field(() => RevenueKindEnum, { description: '现时去向。Where it goes now.' })
  kind!: RevenueKind;

  @Field(() => [RevenueRule], { description: '分成规则，新的在前，至多 100 条；上缴财政者没有。Its rules, the newest first, at most 100; none where it earns for the treasury.' })
  rules!: readonly RevenueRule[];
}

@ObjectType({ simpleResolvers: true, description: '非经营性设施一年的收费与管理成本（3.5-5）。Receipts and recorded costs of a facility without profit, in one year.' })
export class CostSharing {
  @Field(() => Int, { description: '年度。Year.' })
  year!: number;

  @Field(() => FenScalar, { description: '收费减退款（分）。Receipts less refunds, in fen.' })
  receiptsFen!: number;

  @Field(() => FenScalar, { description: '已登记的管理成本（分）；0 表示尚未登记。Recorded costs, in fen; 0 where none is recorded.' })
  costsFen!: number;

  @Field(() => InstantScalar, { nullable: true, description: '收费超出成本被发现的时刻；从未超出为空。When receipts were found to pass the costs; null where they never did.' })
  exceededAt!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: '成本再次覆盖收费的时刻；未覆盖或从未超出为空。When costs covered them again; null where they do not, or never had to.' })
  resolvedAt!: number | null;
}

@InputType({ description: '一方的分成。One party’s share.' })
export class RevenueShareInput {
  @Field(() => PayeeRoleEnum, { description: '角色。Role.' })
  role!: PayeeRole;

  @Field(() => ID, { nullable: true, description: '收款主体；为空即设施现时担任该角色者；平台须写明。The party; null for whoever has the role; the platform’s is named.' })
  partyId?: string | null;

  @Field(() => Int, { description: '万分比。Ten-thousandths.' })
  basisPoints!: number;
}

@InputType({ description: '设定分成规则（3.5-4）。Sets who shares what a facility takes in.' })
export class SetRevenueRuleInput {
  @Field(() => ID, { description: '停车设施。The facility.' })
  facilityId!: string;

  @Field(() => RevenueRuleKindEnum, { description: '种类。Kind.' })
  kind!: 'AGREED' | 'COST_SHARING';

  @Field(() => [RevenueShareInput], { description: '各方分成，合计 10000。The shares; they sum to 10,000.' })
  shares!: RevenueShareInput[];

  @Field(() => String, { description: '依据，1–500 字。Legal basis, 1 to 500 characters.' })
  legalBasis!: string;

  @Field(() => InstantScalar, { description: '生效，不早于现在；之前的规则至此终止。From when, not in the past; the rule before ends there.' })
  validFrom!: number;

  @Field(() => InstantScalar, { nullable: true, description: '失效；长期为空。Until when; null for no end.' })
  validUntil?: number | null;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '登记非经营性设施的管理成本（3.5-5）。Records a management cost of a facility without profit.' })
export class RecordManagementCostInput {
  @Field(() => ID, { description: '停车设施。The facility.' })
  facilityId!: string;

  @Field(() => Int, { description: '年度。Year.' })
  year!: number;

  @Field(() => FenScalar, { description: '金额（分），1–100000000000；负数为红字更正，以已登记成本为限。Amount in fen, 1 to 100,000,000,000; below 0 it corrects what was recorded, at most by all of it.' })
  amountFen!: number;

  @Field(() => String, { description: '用途，1–200 字。What it was spent on, 1 to 200 characters.' })
  what!: string;

  @Field(() => String, { description: '凭证编号，1–200 字。Reference of its evidence, 1 to 200 characters.' })
  evidence!: string;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@ObjectType({ description: '设定分成规则的结果。What came of setting a revenue rule.' })
export class SetRevenueRulePayload {
  @Field(() => FacilityRevenue, { nullable: true, description: '设施收入的去向；被拒绝为空。Where the money goes; null where it was refused.' })
  revenue!: FacilityRevenue | null;

  @Field(() => [UserError], { description: '拒绝理由；为空即成功。The refusals; empty on success.' })
  userErrors!: readonly UserError[];
}

@ObjectType({ description: '登记管理成本的结果。What came of recording a cost.' })
export class RecordManagementCostPayload {
  @Field(() => CostSharing, { nullable: true, description: '该年度的收费与成本；被拒绝为空。Receipts and costs of the year; null where it was refused.' })
  costSharing!: CostSharing | null;

  @Field(() => [UserError], { description: '拒绝理由；为空即成功。The refusals; empty on success.' })
  userErrors!: readonly UserError[];
}

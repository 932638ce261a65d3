import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { InstantScalar, Node, UserError } from '../platform/graphql/index.js';
import { POWERS, type Power } from './rules/delegation.js';
import { ROLES, type Role } from './rules/roles.js';
import { enumOf } from './party.type.js';

export const RoleEnum = enumOf('Role', ROLES, '角色，分属政策的四类参与者（1-4）。A role, of one of the four families of the policy (1-4).');
export const PowerEnum = enumOf('Power', POWERS, '委托权限（三（五））。A power that a principal hands to an agent (3.5-1).');

@ObjectType({ implements: Node, description: '成员关系：一方在另一方担任某角色。One party acting in another in a role, for a term.' })
export class Membership extends Node {
  memberPartyId!: string;
  partyId!: string;

  @Field(() => RoleEnum, { description: '角色。The role.' })
  role!: Role;

  @Field(() => String, { nullable: true, description: '权限所及的行政区划代码；不按行政区授权时为空。The division that the role reaches; null for a role that is not given by jurisdiction.' })
  jurisdictionCode!: string | null;

  @Field(() => InstantScalar, { description: '开始时刻（含）。When it begins.' })
  startsAt!: Date;

  @Field(() => InstantScalar, { nullable: true, description: '结束时刻（不含）；无期限为空。When it ends, exclusive; null for no end.' })
  endsAt!: Date | null;
}

@ObjectType({ implements: Node, description: '委托：委托方授权受托方在期限内行使权限（3.5-1）。A principal lets an agent act for it, for a term (3.5-1).' })
export class Delegation extends Node {
  principalPartyId!: string;
  agentPartyId!: string;

  @Field(() => [PowerEnum], { description: '权限。The powers given.' })
  powers!: readonly Power[];

  @Field(() => InstantScalar, { description: '开始时刻（含）。When it begins.' })
  startsAt!: Date;

  @Field(() => InstantScalar, { description: '结束时刻（不含）。When it ends, exclusive.' })
  endsAt!: Date;

  @Field(() => String, { nullable: true, description: '政府采购编号（3.5-2）；非机关、事业单位委托可为空。The procurement reference (3.5-2); null where the principal is no organ or institution.' })
  procurementReference!: string | null;
}

@InputType({ description: '添加成员关系的输入。What a membership is added with.' })
export class AddMembershipInput {
  @Field(() => ID, { description: '成员主体。The party that becomes a member.' })
  memberId!: string;

  @Field(() => ID, { description: '所在主体。The party it acts in.' })
  partyId!: string;

  @Field(() => RoleEnum, { description: '角色。The role.' })
  role!: Role;

  @Field(() => String, { nullable: true, description: '行政区划代码；按行政区授权的角色必填，其余为空。Division code; required of a role given by jurisdiction, null for the others.' })
  jurisdictionCode?: string | null;

  @Field(() => InstantScalar, { nullable: true, description: '开始时刻；为空即现在。When it begins; null for now.' })
  startsAt?: number | null;

  @Field(() => InstantScalar, { nullable: true, description: '结束时刻；为空为无期限。When it ends; null for no end.' })
  endsAt?: number | null;

  @Field(() => String, { nullable: true, description: '幂等键，至多 255 字符，保留 72 小时；为空则每次调用各自执行。Idempotency key, at most 255 characters, kept for 72 hours; null: each call acts by itself.' })
  idempotencyKey?: string | null;
}

@InputType({ description: '终止成员关系的输入。Which membership ends.' })
export class EndMembershipInput {
  @Field(() => ID, { description: '成员关系标识。The membership.' })
  membershipId!: string;

  @Field(() => String, { nullable: true, description: '幂等键，至多 255 字符，保留 72 小时；为空则每次调用各自执行。Idempotency key, at most 255 characters, kept for 72 hours; null: each call acts by itself.' })
  idempotencyKey?: string | null;
}

@InputType({ description: '登记委托的输入（3.5-1、3.5-2）。What a delegation is recorded with.' })
export class RecordDelegationInput {
  @Field(() => ID, { description: '委托方。The principal.' })
  principalId!: string;

  @Field(() => ID, { description: '受托方。The agent.' })
  agentId!: string;

  @Field(() => [PowerEnum], { description: '权限，至少一项。The powers, at least one.' })
  powers!: Power[];

  @Field(() => InstantScalar, { description: '开始时刻。When it begins.' })
  startsAt!: number;

  @Field(() => InstantScalar, { description: '结束时刻，必填。When it ends; a delegation always has an end.' })
  endsAt!: number;

  @Field(() => String, { nullable: true, description: '政府采购编号；机关、事业单位必填（3.5-2）。Procurement reference; required of organs and institutions (3.5-2).' })
  procurementReference?: string | null;

  @Field(() => String, { nullable: true, description: '幂等键，至多 255 字符，保留 72 小时；为空则每次调用各自执行。Idempotency key, at most 255 characters, kept for 72 hours; null: each call acts by itself.' })
  idempotencyKey?: string | null;
}

@InputType({ description: '终止委托的输入。Which delegation ends, and why.' })
export class EndDelegationInput {
  @Field(() => ID, { description: '委托标识。The delegation.' })
  delegationId!: string;

  @Field(() => String, { description: '原因，写入审计。The reason, written into the audit.' })
  reason!: string;

  @Field(() => String, { nullable: true, description: '幂等键，至多 255 字符，保留 72 小时；为空则每次调用各自执行。Idempotency key, at most 255 characters, kept for 72 hours; null: each call acts by itself.' })
  idempotencyKey?: string | null;
}

@ObjectType({ description: '成员关系变更的结果。What changing a membership gave.' })
export class MembershipPayload {
  @Field(() => Membership, { nullable: true, description: '成员关系；被拒绝时为空。The membership; null where it was refused.' })
  membership!: Membership | null;

  @Field(() => [UserError], { description: '业务拒绝；成功时为空列表。Refusals; empty on success.' })
  userErrors!: UserError[];
}

@ObjectType({ description: '委托变更的结果。What changing a delegation gave.' })
export class DelegationPayload {
  @Field(() => Delegation, { nullable: true, description: '委托；被拒绝时为空。The delegation; null where it was refused.' })
  delegation!: Delegation | null;

  @Field(() => [UserError], { description: '业务拒绝；成功时为空列表。Refusals; empty on success.' })
  userErrors!: UserError[];
}

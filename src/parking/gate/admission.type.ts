import { Field, ID, InputType, ObjectType } from 'type-graphql';
import type { PlateColour } from '../../kernel/index.js';
import { InstantScalar, Node, UserError, connectionTypes } from '../../platform/graphql/index.js';
import { PlateColourEnum } from '../reservation.type.js';
import type { AdmissionRow } from './admissions.sql.js';
import { AdmittedAudienceEnum } from './gate-enums.type.js';

@ObjectType({ implements: Node, description: '车辆登记：某车作为住户或协议车辆可入某处（2.5-5、3.2-4）。An admission: a vehicle may be at a facility as a resident’s or an agreement’s.' })
export class Admission extends Node {
  facilityId!: string;

  @Field(() => AdmittedAudienceEnum, { description: '作为哪一供给对象。As which audience.' })
  audience!: AdmissionRow['audience'];

  @Field(() => String, { description: '掩码号牌（P10）。The masked plate.' })
  plate!: string;

  @Field(() => PlateColourEnum, { nullable: true, description: '号牌颜色；登记时未指明的为空，任何颜色均可。Its colour; null where none was named, and any will do.' })
  colour!: PlateColour | null;

  @Field(() => ID, { nullable: true, description: '共享协议；没有为空。The agreement; null where there is none.' })
  agreementId!: string | null;

  @Field(() => ID, { nullable: true, description: '车辆所属主体：只有它可凭此登记报价与预约；为空即无人可以，仅道闸放行。Whose vehicle it is: that party alone is quoted and books by the admission; null: nobody does, and the gate alone admits.' })
  partyId!: string | null;

  @Field(() => InstantScalar, { description: '起。From.' })
  startsAt!: number;

  @Field(() => InstantScalar, { nullable: true, description: '止；未定为空；与起相同的从未生效。Until; null while no end is known; the same as the start where it never held.' })
  endsAt!: number | null;

  @Field(() => InstantScalar, { description: '登记时间。When it was recorded.' })
  recordedAt!: number;
}

export const AdmissionConnection = connectionTypes('Admission', () => Admission, { zh: '车辆登记', en: 'admissions' });
export type AdmissionConnection = InstanceType<typeof AdmissionConnection>;

@InputType({ description: '车辆登记的筛选；各项同时满足，为空不限，空列表不匹配任何登记。Filter of admissions; all of it holds, null does not filter, and an empty list matches none.' })
export class AdmissionWhere {
  @Field(() => [AdmittedAudienceEnum], { nullable: true, description: '供给对象；为空不限。Of these audiences; null for all.' })
  audiences?: Array<AdmissionRow['audience']> | null;

  @Field(() => ID, { nullable: true, description: '共享协议；为空不限。Of this agreement; null for all.' })
  agreementId?: string | null;

  @Field(() => ID, { nullable: true, description: '车辆所属主体，如某一住户；为空不限，含未指明主体的。Of this party, as of one resident; null for all, those that name none among them.' })
  partyId?: string | null;

  @Field(() => Boolean, { nullable: true, description: '是否指明车辆所属主体：false 只取未指明的，其驾驶人不能报价与预约，可用 nameAdmissions 补记；为空不限。Whether they say whose vehicle it is: false for those that do not, whose driver is neither quoted nor books by them, and which nameAdmissions mends; null for all.' })
  isNamed?: boolean | null;

  @Field(() => InstantScalar, { nullable: true, description: '只取该时刻有效的；为空即全部。Only those that hold then; null for all that were recorded.' })
  at?: number | null;
}

@InputType({ description: '补记车辆所属主体的输入。What naming the party of admissions takes.' })
export class NameAdmissionsInput {
  @Field(() => [ID], { description: '哪些登记，1–500 项，要么全部补记，要么都不。Which, 1 to 500; all of them or none.' })
  admissionIds!: string[];

  @Field(() => ID, { description: '车辆所属主体：此后只有它可凭这些登记报价与预约。Whose vehicles they are: from now on that party alone is quoted and books by them.' })
  partyId!: string;

  @Field(() => String, { description: '缘由，1–500 字，留审计。Why, 1 to 500 characters, kept in the audit.' })
  reason!: string;

  @Field(() => String, { description: '幂等键，至多 255 字符（I17）。Idempotency key, at most 255 characters.' })
  idempotencyKey!: string;
}

@ObjectType({ description: '补记车辆所属主体的结果。What came of naming the party of admissions.' })
export class NameAdmissionsPayload {
  @Field(() => [Admission], { description: '补记后的登记；被拒为空列表。The admissions as they are now; none where it was refused.' })
  admissions!: Admission[];

  @Field(() => [UserError], { description: '业务拒绝，一次全部给出。Refusals, all at once.' })
  userErrors!: UserError[];
}

@InputType({ description: '终止车辆登记的输入。What ending admissions takes.' })
export class EndAdmissionsInput {
  @Field(() => [ID], { description: '哪些登记，1–500 项，要么全部终止，要么都不。Which, 1 to 500; all of them or none.' })
  admissionIds!: string[];

  @Field(() => InstantScalar, { nullable: true, description: '何时终止，不早于现在；为空即现在。尚未开始的从此不生效。When, not before now; null: now. One that has not begun never holds.' })
  endsAt?: number | null;

  @Field(() => String, { description: '缘由，1–500 字，留审计。Why, 1 to 500 characters, kept in the audit.' })
  reason!: string;

  @Field(() => String, { description: '幂等键，至多 255 字符（I17）。Idempotency key, at most 255 characters.' })
  idempotencyKey!: string;
}

@ObjectType({ description: '终止车辆登记的结果。What came of ending admissions.' })
export class EndAdmissionsPayload {
  @Field(() => [Admission], { description: '终止后的登记；被拒为空列表。The admissions as they are now; none where it was refused.' })
  admissions!: Admission[];

  @Field(() => [UserError], { description: '业务拒绝，一次全部给出。Refusals, all at once.' })
  userErrors!: UserError[];
}

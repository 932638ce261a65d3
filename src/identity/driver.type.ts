import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { UserError } from '../platform/graphql/index.js';
import { Membership } from './membership.type.js';
import { Party } from './party.type.js';

const KEY = '幂等键，至多 255 字符，保留 72 小时。Idempotency key, at most 255 characters, kept for 72 hours.';

@InputType({ description: '为驾驶人注册的输入：只收办事所需（4.5-5）。What a driver is signed up with: what is needed, and no more.' })
export class SignUpDriverInput {
  @Field(() => String, { description: '姓名，加密保存，掩码显示；再次注册时与原名不同的以此为准。The name; sealed, and shown masked; on signing up again it replaces another one.' })
  name!: string;

  @Field(() => String, { description: '11 位手机号，加密保存；同一应用内不重复。本应用曾以此号注册、已终止代办而未删除个人信息的，仍是同一主体，预约、欠费与预约上限照旧；号码已换机主的，须先由原机主或主管部门 eraseDriver。An 11 digit mobile; sealed; once in one app. One that this app had signed up before and left, and that was not erased, is the same party again, with its bookings, debts and bounds; where the number has gone to somebody else, have the former driver erased first.' })
  phone!: string;

  @Field(() => String, { description: '驾驶人所同意的隐私告知及版本，1–200 字，留审计（4.5-5）。The privacy notice, with its version, that the driver agreed to; kept in the audit.' })
  consentedTo!: string;

  @Field(() => ID, { nullable: true, description: '哪一合作应用；为空即调用方唯一的应用。Which app; null: the caller’s one.' })
  appId?: string | null;

  @Field(() => String, { nullable: true, description: '登记地行政区划代码；为空取应用的，主管部门注册时必填；再次注册时不变。Division code; null: the app’s; an authority gives it; signing up again leaves it as it was.' })
  jurisdictionCode?: string | null;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@ObjectType({ description: '注册的结果。What came of signing a driver up.' })
export class SignUpDriverPayload {
  @Field(() => Party, { nullable: true, description: '驾驶人；被拒绝时为空。应用在密钥后加“.”与其标识即为其代办。The driver; null where it was refused. An app acts for it with its key, a dot and this id.' })
  party!: Party | null;

  @Field(() => Membership, { nullable: true, description: '应用的代办关系，signOffDriver 终止；主管部门注册或被拒绝时为空。What lets the app act, until signOffDriver; null for an authority, or where it was refused.' })
  membership!: Membership | null;

  @Field(() => [UserError], { description: '业务拒绝，一次全部给出。Refusals, all at once.' })
  userErrors!: UserError[];
}

@InputType({ description: '删除个人信息的输入。What erasing a driver takes.' })
export class EraseDriverInput {
  @Field(() => ID, { description: '哪一个人，pty_…。Which person.' })
  partyId!: string;

  @Field(() => String, { description: '缘由，1–500 字，留审计；勿写个人信息。Why, 1 to 500 characters, kept in the audit; nothing personal.' })
  reason!: string;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@ObjectType({ description: '删除个人信息的结果。What came of erasing a driver.' })
export class EraseDriverPayload {
  @Field(() => Party, { nullable: true, description: '只余标识的主体；被拒绝时为空。The party, of which the id is left; null where it was refused.' })
  party!: Party | null;

  @Field(() => [UserError], { description: '业务拒绝，一次全部给出。Refusals, all at once.' })
  userErrors!: UserError[];
}

@ObjectType({ implements: UserError, description: '尚有未了之事，不能删除个人信息：预约（BOOKINGS_OPEN）、费用（CHARGES_UNPAID）、发票申请（INVOICES_OPEN）或名下设施（STILL_LENDS）。Something is open yet: bookings, charges, invoices, or facilities of its own.' })
export class DriverHasOpenMatters extends UserError {
  @Field(() => [ID], { description: '未了之事的标识，至多 20 个，可用 node(id) 取回。What is open, 20 at most, for node(id).' })
  subjectIds!: string[];
}

@InputType({ description: '终止代办的输入。What ending an app’s acting takes.' })
export class SignOffDriverInput {
  @Field(() => ID, { description: '代办关系，见 party.memberships。The membership, as in party.memberships.' })
  membershipId!: string;

  @Field(() => String, { nullable: true, description: '原因，留审计；可为空。Why, for the audit; may be null.' })
  reason?: string | null;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

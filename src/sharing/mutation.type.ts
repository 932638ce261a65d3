import { Directive, Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { BOOKINGS_FIELD, BookingsChoiceEnum, type BookingsChoice } from '../facilities/index.js';
import { InstantScalar, LocalDateScalar, UserError } from '../platform/graphql/index.js';
import { ProofKindEnum } from './enums.type.js';
import type { Proof } from './rules/publish.js';
import { WindowExceptionInput, WindowTermsInput } from './terms.type.js';

const KEY = '幂等键，至多 255 字符，保留 72 小时。Idempotency key, at most 255 characters, kept for 72 hours.';
const VERSION = '调用方所见的版本（I18）；为空不核对。The version that the caller saw; null for whichever stands.';

@InputType({ description: '发布共享时段。Publishes a window.' })
export class PublishWindowInput {
  @Field(() => ID, { description: '停车设施。The facility.' })
  facilityId!: string;

  @Field(() => ID, { nullable: true, description: '分区；设施只有一个分区时可为空。The zone; null where the facility has only one.' })
  zoneId?: string | null;

  @Field(() => WindowTermsInput, { description: '内容。Its terms.' })
  terms!: WindowTermsInput;

  @Field(() => [WindowExceptionInput], { nullable: true, description: '例外安排，后者优先；为空即没有。Its exceptions, of which the later one listed rules; null for none.' })
  exceptions?: WindowExceptionInput[] | null;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '变更共享时段的内容；例外安排与状态不变。Gives a window new terms; its exceptions and state stay.' })
export class ReviseWindowInput {
  @Field(() => ID, { description: '共享时段。The window.' })
  windowId!: string;

  @Field(() => String, { nullable: true, description: VERSION })
  expectedVersion?: string | null;

  @Field(() => WindowTermsInput, { description: '新的内容。The new terms.' })
  terms!: WindowTermsInput;

  @Field(() => String, { nullable: true, description: '原因，1–500 字；可不填。Why, 1 to 500 characters; null gives none.' })
  reason?: string | null;

  @Field(() => BookingsChoiceEnum, { nullable: true, description: BOOKINGS_FIELD })
  bookings?: BookingsChoice | null;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '暂停、恢复或撤回共享时段。Pauses, resumes or withdraws a window.' })
export class WindowStatusInput {
  @Field(() => ID, { description: '共享时段。The window.' })
  windowId!: string;

  @Field(() => String, { nullable: true, description: VERSION })
  expectedVersion?: string | null;

  @Field(() => String, { description: '原因，1–500 字。Why, 1 to 500 characters.' })
  reason!: string;

  @Field(() => BookingsChoiceEnum, { nullable: true, description: BOOKINGS_FIELD })
  bookings?: BookingsChoice | null;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '增加例外安排。Adds an exception.' })
export class AddExceptionInput {
  @Field(() => ID, { description: '共享时段。The window.' })
  windowId!: string;

  @Field(() => String, { nullable: true, description: VERSION })
  expectedVersion?: string | null;

  @Field(() => WindowExceptionInput, { description: '例外安排。The exception.' })
  exception!: WindowExceptionInput;

  @Field(() => BookingsChoiceEnum, { nullable: true, description: BOOKINGS_FIELD })
  bookings?: BookingsChoice | null;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '取消例外安排。Takes an exception away.' })
export class RemoveExceptionInput {
  @Field(() => ID, { description: '共享时段。The window.' })
  windowId!: string;

  @Field(() => String, { nullable: true, description: VERSION })
  expectedVersion?: string | null;

  @Field(() => ID, { description: '例外安排。The exception.' })
  exceptionId!: string;

  @Field(() => String, { description: '原因。Why.' })
  reason!: string;

  @Field(() => BookingsChoiceEnum, { nullable: true, description: BOOKINGS_FIELD })
  bookings?: BookingsChoice | null;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@Directive('@oneOf')
@InputType({ description: '暂停的范围：三选一。What is suspended: exactly one of the three.' })
export class SuspensionScopeInput {
  @Field(() => ID, { nullable: true, description: '一个共享时段。One window.' })
  windowId?: string | null;

  @Field(() => ID, { nullable: true, description: '一处停车设施的全部时段。Every window of a facility.' })
  facilityId?: string | null;

  @Field(() => String, { nullable: true, description: '一个行政区内的全部时段，填代码。Every window in a jurisdiction, by its code.' })
  jurisdictionCode?: string | null;
}

@InputType({ description: '因应急情形暂停共享（4.5-7）。Suspends sharing in an emergency.' })
export class SuspendSharingInput {
  @Field(() => SuspensionScopeInput, { description: '范围。What is suspended.' })
  scope!: SuspensionScopeInput;

  @Field(() => InstantScalar, { nullable: true, description: '开始，不早于现在；为空即现在。Start, not in the past; null for now.' })
  startsAt?: number | null;

  @Field(() => InstantScalar, { nullable: true, description: '结束；未定为空。End; null while none is known.' })
  endsAt?: number | null;

  @Field(() => String, { description: '原因，1–500 字。Why, 1 to 500 characters.' })
  reason!: string;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '解除紧急暂停。Lifts a suspension.' })
export class LiftSuspensionInput {
  @Field(() => ID, { description: '紧急暂停。The suspension.' })
  suspensionId!: string;

  @Field(() => String, { description: '原因。Why.' })
  reason!: string;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@InputType({ description: '业主大会决议的计票（民法典第278条）。The tallies of an owners’ resolution.' })
export class OwnersResolutionInput {
  @Field(() => Float, { description: '专有部分总面积，平方米。Area of all owners, m².' })
  areaTotal!: number;

  @Field(() => Float, { description: '参与表决的面积，平方米。Area that took part, m².' })
  areaParticipating!: number;

  @Field(() => Float, { description: '同意的面积，平方米。Area in favour, m².' })
  areaInFavour!: number;

  @Field(() => Int, { description: '业主总人数。Owners.' })
  ownersTotal!: number;

  @Field(() => Int, { description: '参与表决人数。Owners who took part.' })
  ownersParticipating!: number;

  @Field(() => Int, { description: '同意人数。Owners in favour.' })
  ownersInFavour!: number;

  @Field(() => Boolean, { description: '是否利用共有部分经营（须四分之三同意）。Whether common parts are put to business use, which needs three quarters.' })
  businessUse!: boolean;
}

@InputType({ description: '产权核验（2.6-1）。Verification of title.' })
export class TitleVerificationInput {
  @Field(() => LocalDateScalar, { nullable: true, description: '失效日期，不含；长期为空。First day on which it no longer holds; null for no end.' })
  validUntilOn?: string | null;
}

export enum RegistrationCheck {
  VALID = 'VALID',
  EXPIRED = 'EXPIRED',
  REVOKED = 'REVOKED',
  PENDING = 'PENDING',
}

registerEnumType(RegistrationCheck, {
  name: 'RegistrationCheck',
  description: '核验所见的备案状态（2.4-1）。State of a registration, as the check found it.',
  valuesConfig: { VALID: { description: '有效。In force.' }, EXPIRED: { description: '已过期。Past its term.' }, REVOKED: { description: '已撤销。Revoked.' }, PENDING: { description: '办理中。Applied for.' } },
});

@InputType({ description: '经营登记备案（2.4-1）。Business registration.' })
export class BusinessRegistrationInput {
  @Field(() => String, { description: '备案编号。Its number.' })
  no!: string;

  @Field(() => LocalDateScalar, { nullable: true, description: '有效期至（含当日）；长期为空。Last day of validity; null for no end.' })
  validToOn?: string | null;

  @Field(() => RegistrationCheck, { description: '状态。State.' })
  status!: RegistrationCheck;
}

@InputType({ description: '增设泊位的四项检查（2.5-1）。The four checks of added spaces.' })
export class SpaceAdditionChecksInput {
  @Field(() => Boolean, { description: '不破坏绿化景观。Greenery is not harmed.' })
  green!: boolean;

  @Field(() => Boolean, { description: '不破坏活动场地。Places of recreation are not harmed.' })
  activityArea!: boolean;

  @Field(() => Boolean, { description: '不影响交通运行。Traffic is not hindered.' })
  traffic!: boolean;

  @Field(() => Boolean, { description: '不影响消防安全。Fire safety is not hindered.' })
  fire!: boolean;
}

@Directive('@oneOf')
@InputType({ description: '核验结果：恰填其一；只存结果，不存文件（I15）。The result of a check: exactly one; the document is never stored.' })
export class ProofInput {
  @Field(() => OwnersResolutionInput, { nullable: true, description: '业主大会决议（2.5-4）。Owners’ resolution.' })
  ownersResolution?: OwnersResolutionInput | null;

  @Field(() => TitleVerificationInput, { nullable: true, description: '产权核验（2.6-1），由主管部门或街道登记。Title, recorded by an office.' })
  titleVerification?: TitleVerificationInput | null;

  @Field(() => BusinessRegistrationInput, { nullable: true, description: '经营登记备案（2.4-1），由主管部门或街道登记。Registration, recorded by an office.' })
  businessRegistration?: BusinessRegistrationInput | null;

  @Field(() => Boolean, { nullable: true, description: '有内部安全方案（2.2-2），填 true。There is a security plan; give true.' })
  securityPlan?: boolean | null;

  @Field(() => String, { nullable: true, description: '政府采购编号（3.5-2）。Procurement reference.' })
  procurementReference?: string | null;

  @Field(() => SpaceAdditionChecksInput, { nullable: true, description: '增设泊位检查（2.5-1），由主管部门或街道登记。Checks of added spaces, recorded by an office.' })
  spaceAdditionChecks?: SpaceAdditionChecksInput | null;
}

@InputType({ description: '登记核验结果（I15）。Records the result of a check.' })
export class RecordProofInput {
  @Field(() => ID, { description: '停车设施。The facility.' })
  facilityId!: string;

  @Field(() => ProofInput, { description: '结果。The result.' })
  proof!: ProofInput;

  @Field(() => String, { description: '由谁核验，1–200 字。Who checked, 1 to 200 characters.' })
  checkedBy!: string;

  @Field(() => LocalDateScalar, { description: '核验日期。The day of the check.' })
  checkedOn!: string;

  @Field(() => String, { description: KEY })
  idempotencyKey!: string;
}

@ObjectType('WindowProof', { simpleResolvers: true, description: '核验结果的登记；同类以最新为准。A recorded check; the newest of a kind rules.' })
export class WindowProofType {
  @Field(() => ID, { description: '标识。Its id.' })
  id!: string;

  @Field(() => ProofKindEnum, { description: '种类。Kind.' })
  kind!: Proof['kind'];

  @Field(() => String, { description: '由谁核验。Who checked.' })
  checkedBy!: string;

  @Field(() => LocalDateScalar, { description: '核验日期。The day of the check.' })
  checkedOn!: string;
}

@ObjectType({ description: '登记核验的结果。What came of recording a check.' })
export class RecordProofPayload {
  @Field(() => WindowProofType, { nullable: true, description: '登记的核验；被拒绝为空。The check; null where it was refused.' })
  proof!: WindowProofType | null;

  @Field(() => [UserError], { description: '拒绝理由；为空即成功。The refusals; empty on success.' })
  userErrors!: readonly UserError[];
}

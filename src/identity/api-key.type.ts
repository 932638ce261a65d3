import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { InstantScalar, Node, UserError, connectionTypes } from '../platform/graphql/index.js';
import type { KeyLimitClass, Reach } from './rules/api-key.js';
import { enumOf } from './party.type.js';

export const ReachEnum = enumOf<Reach>(
  'KeyReach',
  { PARTY: { zh: '仅本主体', en: 'what is its party’s' }, JURISDICTION: { zh: '本行政区及下级', en: 'what lies in its jurisdiction' }, PLATFORM: { zh: '全平台', en: 'everything' } },
  '密钥所及范围。How far a key reaches.',
);

export const LimitClassEnum = enumOf(
  'LimitClass',
  {
    ANONYMOUS: { zh: '匿名', en: 'nobody in particular' },
    KEY: { zh: '普通密钥', en: 'an ordinary key or person' },
    OPERATOR: { zh: '运营企业', en: 'an operator' },
    AUTHORITY: { zh: '主管部门', en: 'a department in charge' },
    BENCH: { zh: '压测', en: 'the benches' },
  },
  '限额类别。The class whose limits apply.',
);

@ObjectType({ implements: Node, description: '接口密钥；密文只在签发时显示一次。An API key; its secret is shown once, when it is issued.' })
export class ApiKey extends Node {
  partyId!: string;

  @Field(() => String, { description: '名称。Its name.' })
  name!: string;

  @Field(() => String, { description: '可见前缀，如 chw_live_AbCd1234。The part of the key that may be shown.' })
  shownPrefix!: string;

  @Field(() => [String], { description: '权限清单。The actions it may do.' })
  scopes!: readonly string[];

  @Field(() => ReachEnum, { description: '范围。How far it reaches.' })
  reach!: Reach;

  @Field(() => String, { nullable: true, description: '行政区划代码；范围非 JURISDICTION 时为空。Its division; null unless it reaches by jurisdiction.' })
  jurisdictionCode!: string | null;

  @Field(() => LimitClassEnum, { description: '限额类别。The class of its limits.' })
  limitClass!: KeyLimitClass;

  @Field(() => InstantScalar, { description: '签发时刻。When it was issued.' })
  issuedAt!: Date;

  @Field(() => InstantScalar, { nullable: true, description: '到期时刻（不含）；为空无期限。When it ends, exclusive; null for no end.' })
  expiresAt!: Date | null;

  @Field(() => InstantScalar, { nullable: true, description: '吊销时刻；未吊销为空。When it was revoked; null where it was not.' })
  revokedAt!: Date | null;

  @Field(() => InstantScalar, { nullable: true, description: '最近使用，精度一分钟；从未使用为空。Its last use, to the minute; null where it was never used.' })
  lastUsedAt!: Date | null;
}

export const ApiKeyConnection = connectionTypes('ApiKey', () => ApiKey, { zh: '接口密钥', en: 'API keys' });

@InputType({ description: '签发密钥的输入。What a key is issued with.' })
export class IssueApiKeyInput {
  @Field(() => ID, { description: '密钥所属主体。The party of the key.' })
  partyId!: string;

  @Field(() => String, { description: '名称，1–100 字。Its name, 1 to 100 characters.' })
  name!: string;

  @Field(() => [String], { description: '权限清单，如 window:publish。The actions, such as window:publish.' })
  scopes!: string[];

  @Field(() => ReachEnum, { nullable: true, description: '范围；为空即 PARTY。How far it reaches; null for PARTY.' })
  reach?: Reach | null;

  @Field(() => String, { nullable: true, description: '行政区划代码；范围为 JURISDICTION 时必填。Division code; required by the reach JURISDICTION.' })
  jurisdictionCode?: string | null;

  @Field(() => LimitClassEnum, { nullable: true, description: '限额类别；为空即 KEY。The class of limits; null for KEY.' })
  limitClass?: KeyLimitClass | null;

  @Field(() => InstantScalar, { description: '到期时刻，两年之内。Its end, within two years.' })
  expiresAt!: number;

  @Field(() => String, { nullable: true, description: '幂等键；重试不再显示密文。Idempotency key; a retry shows no secret.' })
  idempotencyKey?: string | null;
}

@InputType({ description: '轮换密钥的输入。What a key is rotated with.' })
export class RotateApiKeyInput {
  @Field(() => ID, { description: '被替换的密钥；密钥可轮换自己。The key to replace; a key may rotate itself.' })
  keyId!: string;

  @Field(() => Int, { nullable: true, description: '新旧并存小时数，0–720，默认 24。Hours that both live, 0 to 720, 24 by default.' })
  overlapHours?: number | null;

  @Field(() => String, { nullable: true, description: '幂等键；重试不再显示密文。Idempotency key; a retry shows no secret.' })
  idempotencyKey?: string | null;
}

@InputType({ description: '吊销密钥的输入；由它轮换出的密钥一并吊销。Which key to revoke; those rotated out of it go with it.' })
export class RevokeApiKeyInput {
  @Field(() => ID, { description: '密钥标识。The key.' })
  keyId!: string;

  @Field(() => String, { description: '原因，写入审计。The reason, written into the audit.' })
  reason!: string;

  @Field(() => String, { nullable: true, description: '幂等键，至多 255 字符，保留 72 小时；为空则每次调用各自执行。Idempotency key, at most 255 characters, kept for 72 hours; null: each call acts by itself.' })
  idempotencyKey?: string | null;
}

@ObjectType({ description: '签发或轮换的结果。What issuing or rotating a key gave.' })
export class IssueApiKeyPayload {
  @Field(() => ApiKey, { nullable: true, description: '密钥；被拒绝时为空。The key; null where it was refused.' })
  apiKey!: ApiKey | null;

  @Field(() => String, { nullable: true, description: '密文，仅此一次；重试或被拒绝时为空。The secret, this once; null on a retry or a refusal.' })
  secret!: string | null;

  @Field(() => [UserError], { description: '业务拒绝；成功时为空列表。Refusals; empty on success.' })
  userErrors!: UserError[];
}

@ObjectType({ description: '吊销密钥的结果。What revoking a key gave.' })
export class RevokeApiKeyPayload {
  @Field(() => ApiKey, { nullable: true, description: '密钥；被拒绝时为空。The key; null where it was refused.' })
  apiKey!: ApiKey | null;

  @Field(() => [UserError], { description: '业务拒绝；成功时为空列表。Refusals; empty on success.' })
  userErrors!: UserError[];
}

import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { InstantScalar, Node, UserError, connectionTypes } from '../platform/graphql/index.js';
import { DEPARTMENTS, PARTY_KINDS, type Department, type PartyKind } from './rules/party-kinds.js';
import type { StoredVerdict } from './rules/party.js';
import type { PersonalField } from './reveal-personal-field.js';

/** Makes a GraphQL enum of a table of bilingual words, so that the table is the only place where a value is named. */
export function enumOf<Value extends string>(name: string, words: Readonly<Record<Value, { readonly zh: string; readonly en: string }>>, description: string): Readonly<Record<Value, Value>> {
  const values = Object.keys(words) as Value[];
  const made = Object.fromEntries(values.map(value => [value, value])) as Record<Value, Value>;
  const valuesConfig = Object.fromEntries(values.map(value => [value, { description: `${words[value].zh}。${words[value].en}.` }]));
  registerEnumType(made, { name, description, valuesConfig: valuesConfig as Record<Value, { description: string }> });
  return made;
}

export const PartyKindEnum = enumOf('PartyKind', PARTY_KINDS, '主体类别。The kind of a party.');
export const DepartmentEnum = enumOf('Department', DEPARTMENTS, '主管部门（四（二））。The departments whose support the policy names (4.2-1).');
export const CreditCodeVerdictEnum = enumOf<StoredVerdict>(
  'CreditCodeVerdict',
  {
    VALID: { zh: '校验位相符（GB 32100-2015）', en: 'the check character fits (GB 32100-2015)' },
    LEGACY: { zh: '试点期旧码，合法但校验位不符', en: 'a lawful code of the early trial whose check character does not fit' },
    OVERRIDDEN: { zh: '校验位不符，经说明理由并留审计后登记', en: 'the check character does not fit; let through with a reason that the audit keeps' },
  },
  '统一社会信用代码的核验结论。What was found of a unified social credit code.',
);
export const PersonalFieldEnum = enumOf<PersonalField>(
  'PersonalField',
  { NAME: { zh: '姓名', en: 'the name of a person' }, PHONE: { zh: '电话', en: 'the telephone number' } },
  '可申请明文查看的个人信息。A personal field that can be asked for in clear.',
);

@ObjectType({ implements: Node, description: '主体：机关、企业、物业、业主大会、街道、部门、运营商或个人（1-4）。A party: whoever owns, manages, operates, oversees or uses parking (1-4).' })
export class Party extends Node {
  @Field(() => PartyKindEnum, { description: '主体类别。The kind of party.' })
  kind!: PartyKind;

  @Field(() => DepartmentEnum, { nullable: true, description: '部门（4.2-1）；非主管部门为空。Which department it is (4.2-1); null for any other kind.' })
  department!: Department | null;

  @Field(() => String, { description: '名称；个人只显示姓氏，如“张**”，个人信息已删除的为“已删除”。The name; of a person only its first character, as 张**; of one who was erased 已删除.' })
  name!: string;

  @Field(() => String, { nullable: true, description: '掩码电话，如 138****5678；未登记或无权查看时为空。The masked phone; null where there is none or the caller does not reach this party.' })
  phone!: string | null;

  @Field(() => String, { nullable: true, description: '统一社会信用代码（GB 32100-2015）；个人或未登记为空。The unified social credit code; null for a person or where none is registered.' })
  creditCode!: string | null;

  @Field(() => CreditCodeVerdictEnum, { nullable: true, description: '信用代码核验结论；无代码时为空。What was found of the code; null where there is none.' })
  creditCodeVerdict!: StoredVerdict | null;

  @Field(() => String, { nullable: true, description: '登记地行政区划代码；跨区或未登记为空。Division code of where it is registered; null where it belongs to none.' })
  jurisdictionCode!: string | null;

  @Field(() => InstantScalar, { nullable: true, description: '应本人请求删除其个人信息的时间（eraseDriver）；未删除为空。When its personal data were destroyed, as it asked; null where they were not.' })
  erasedAt!: number | null;
}

export const PartyConnection = connectionTypes('Party', () => Party, { zh: '主体', en: 'parties' });

@InputType({ description: '主体的筛选；各项同时满足，为空不限，空列表不匹配任何主体。Filter of parties; all of it holds, null does not filter, and an empty list matches none.' })
export class PartyWhere {
  @Field(() => [PartyKindEnum], { nullable: true, description: '类别之一；为空不限。One of these kinds; null for any.' })
  kinds?: PartyKind[] | null;

  @Field(() => DepartmentEnum, { nullable: true, description: '部门；为空不限。This department; null for any.' })
  department?: Department | null;

  @Field(() => String, { nullable: true, description: '名称包含；个人姓名已加密，不参与。Part of the name; names of persons are sealed and never match.' })
  nameContains?: string | null;

  @Field(() => String, { nullable: true, description: '行政区划代码及其下级。Within this division, at any depth.' })
  jurisdictionCode?: string | null;

  @Field(() => String, { nullable: true, description: '统一社会信用代码，全等。This credit code exactly.' })
  creditCode?: string | null;

  @Field(() => String, { nullable: true, description: '电话全等（以盲索引查找）。This phone exactly, found by its blind index.' })
  phone?: string | null;
}

@InputType({ description: '登记主体的输入。What a party is registered with.' })
export class RegisterPartyInput {
  @Field(() => PartyKindEnum, { description: '主体类别。The kind of party.' })
  kind!: PartyKind;

  @Field(() => String, { description: '名称，1–200 字；个人姓名加密保存。The name, 1 to 200 characters; a person’s is sealed.' })
  name!: string;

  @Field(() => DepartmentEnum, { nullable: true, description: '主管部门必填，其他为空。Required of a department in charge, null for any other.' })
  department?: Department | null;

  @Field(() => String, { nullable: true, description: '电话：手机、带区号固话或 400；加密保存。A mobile, a landline with area code, or a 400 number; sealed.' })
  phone?: string | null;

  @Field(() => String, { nullable: true, description: '统一社会信用代码，18 位；个人为空。The unified social credit code; null for a person.' })
  creditCode?: string | null;

  @Field(() => String, { nullable: true, description: '校验位不符仍需登记的理由，留审计。Why a code is right though its check character fails; kept in the audit.' })
  creditCodeOverrideReason?: string | null;

  @Field(() => String, { nullable: true, description: '登记地行政区划代码（6、9 或 12 位），或开发区自定编码，如 QZ-TIA。Division code of 6, 9 or 12 digits, or a development zone’s own.' })
  jurisdictionCode?: string | null;

  @Field(() => String, { nullable: true, description: '数据来源；与 code 同时填写。Where the party was read from; comes with code.' })
  source?: string | null;

  @Field(() => String, { nullable: true, description: '在来源中的编码。Its code at that source.' })
  code?: string | null;

  @Field(() => String, { nullable: true, description: '幂等键，至多 255 字符，保留 72 小时；为空则每次调用各自执行。Idempotency key, at most 255 characters, kept for 72 hours; null: each call acts by itself.' })
  idempotencyKey?: string | null;
}

@ObjectType({ description: '登记主体的结果。What registering a party gave.' })
export class RegisterPartyPayload {
  @Field(() => Party, { nullable: true, description: '登记的主体；被拒绝时为空。The party; null where it was refused.' })
  party!: Party | null;

  @Field(() => [UserError], { description: '业务拒绝；成功时为空列表。Refusals; empty on success.' })
  userErrors!: UserError[];
}

@InputType({ description: '明文查看个人信息的输入。What reading a personal field in clear asks for.' })
export class RevealPersonalFieldInput {
  @Field(() => ID, { description: '主体标识。The party.' })
  partyId!: string;

  @Field(() => PersonalFieldEnum, { description: '查看哪一项。Which field.' })
  field!: PersonalField;

  @Field(() => String, { description: '用途，4–200 字，写入审计。The purpose, 4 to 200 characters, written into the audit.' })
  purpose!: string;
}

@ObjectType({ description: '明文查看的结果；每次查看都留审计（四（五））。One reading in clear; each leaves a line in the audit.' })
export class RevealPersonalFieldPayload {
  @Field(() => String, { nullable: true, description: '明文；未登记或被拒绝时为空。The field in clear; null where there is none or it was refused.' })
  value!: string | null;

  @Field(() => [UserError], { description: '业务拒绝；成功时为空列表。Refusals; empty on success.' })
  userErrors!: UserError[];
}

import { Field, ObjectType } from 'type-graphql';
import { InstantScalar } from '../platform/graphql/index.js';
import { LimitClassEnum } from './api-key.type.js';
import { Party, enumOf } from './party.type.js';
import type { CallerKind, LimitClass } from '../platform/index.js';

export const CallerKindEnum = enumOf<CallerKind>(
  'CallerKind',
  {
    ANONYMOUS: { zh: '匿名', en: 'without a credential' },
    API_KEY: { zh: '接口密钥', en: 'by an API key' },
    TOKEN: { zh: '身份令牌', en: 'by a token of the identity provider' },
    SYSTEM: { zh: '平台自身', en: 'the platform itself' },
  },
  '调用方以何种方式进入。How a caller came in.',
);

@ObjectType('Grant', { description: '一项权限及其范围。One right and how far it reaches.' })
export class GrantType {
  @Field(() => String, { description: '权限名，如 window:publish；* 为全部。The action; * for all.' })
  action!: string;

  @Field(() => String, { nullable: true, description: '限于此主体或密钥标识；为空不限。Only for the party or the key of this id; null for any.' })
  partyId!: string | null;

  @Field(() => String, { nullable: true, description: '限于此行政区及下级；为空不限。Only within this division; null for anywhere.' })
  jurisdictionCode!: string | null;
}

@ObjectType('Viewer', { description: '当前调用方：我是谁，可做什么。Who is asking, and what the caller may do.' })
export class ViewerType {
  @Field(() => CallerKindEnum, { description: '进入方式。How the caller came in.' })
  kind!: CallerKind;

  @Field(() => [Party], { description: '所代表的主体。The parties it acts for.' })
  parties!: Party[];

  @Field(() => [GrantType], { description: '权限及范围；不含人人可用的。Its rights, apart from those that everybody has.' })
  grants!: readonly GrantType[];

  @Field(() => [String], { description: '可用的全部权限名，含人人可用的。Every action it may do somewhere, with those that everybody may.' })
  actions!: string[];

  @Field(() => LimitClassEnum, { description: '限额类别。The class of its limits.' })
  limitClass!: LimitClass;

  @Field(() => InstantScalar, { nullable: true, description: '凭证到期时刻；无期限为空。When the credential ends; null for no end.' })
  expiresAt!: number | null;
}

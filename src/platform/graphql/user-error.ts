import { Field, InterfaceType, ObjectType } from 'type-graphql';
import { REMEDIES, type Problem, type Refusal, type Remedy } from '../../kernel/index.js';
import type { RequestScope } from '../scope.js';
import { enumOf } from './enum-of.js';

const REMEDY_WORDS = Object.fromEntries(Object.entries(REMEDIES).map(([remedy, { zh, en }]) => [remedy, `${zh}。${en[0]!.toUpperCase()}${en.slice(1)}.`])) as Record<Remedy, string>;

const RefusalRemedy = enumOf('RefusalRemedy', REMEDY_WORDS, '遭拒绝后可做什么；会增加，未知的值按 CORRECT_INPUT 处理。What can be done about a refusal; values may be added: treat an unknown one as CORRECT_INPUT.');

@InterfaceType({
  description: '业务拒绝：输入合法，但规则不允许；一次返回输入的全部问题。A domain refusal: the input is well formed but a rule forbids it; all problems of one input come at once.',
  // A refusal with data of its own is an instance of its own class; anything else is a plain one.
  resolveType: (error: object) => (error.constructor === Object ? 'RuleRefusal' : error.constructor.name),
})
export abstract class UserError {
  @Field(() => String, { description: '稳定的拒绝代码，见 /docs。A stable code, listed at /docs.' })
  code!: string;

  @Field(() => RefusalRemedy, { nullable: true, description: '可做什么，由代码决定，故未识别的代码也能处理；已停用的代码为空。What can be done, as the code says, so that a client can act on a code that it does not know; null for a code that is not in use any more.' })
  remedy?: Remedy | null;

  @Field(() => String, { description: '按 Accept-Language 的说明，含对象与数字。The message in the language of the request, naming the thing and the number.' })
  message!: string;

  @Field(() => String, { nullable: true, description: '出错的输入字段路径，如 rules[0].until；与字段无关时为空。Path of the input field, such as rules[0].until; null where it is about no single field.' })
  field!: string | null;

  @Field(() => String, { nullable: true, description: '所依据的政策条款，如 2.3-6；非政策规则时为空。The policy item that decided, such as 2.3-6; null for a rule that is not of the policy.' })
  clause!: string | null;
}

@ObjectType({ implements: UserError, description: '由规则作出的拒绝。A refusal by a rule.' })
export class RuleRefusal extends UserError {}

/** A problem as the schema shows it, in the caller's language. */
export function userErrorOf(problem: Problem, scope: RequestScope): UserError {
  return Object.assign(new RuleRefusal(), { code: problem.code, message: scope.say(problem), field: problem.field ?? null, clause: problem.clause ?? null, ...problem.data });
}

export function userErrorsOf(refusal: Refusal, scope: RequestScope): UserError[] {
  return refusal.problems.map(problem => userErrorOf(problem, scope));
}

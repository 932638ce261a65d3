import { Field, ObjectType } from 'type-graphql';
import { LocalDateScalar } from '../platform/graphql/index.js';

@ObjectType({ description: '服务信息：版本与所执行政策的有效期。What this service is: its version, and the validity of the policy it carries out.' })
export class ServiceInfo {
  @Field(() => String, { description: '软件版本，如 0.1.0。Version of the software, such as 0.1.0.' })
  version!: string;

  @Field(() => String, { description: '所执行的政策。The policy it carries out.' })
  policyTitle!: string;

  @Field(() => LocalDateScalar, { description: '政策施行日。The day from which the policy is in force.' })
  policyInForceOn!: string;

  @Field(() => LocalDateScalar, { description: '政策有效期的最后一日（含当日）。The last day of the policy’s validity, that day included (T14).' })
  policyLastDayOn!: string;

  @Field(() => Boolean, { description: '政策此刻是否有效。Whether the policy is in force now.' })
  isPolicyInForce!: boolean;

  @Field(() => String, { description: '架构文档的路径。Path of the schema’s documentation.' })
  documentationPath!: string;
}

import { Ctx, Query, Resolver } from 'type-graphql';
import type { RequestScope } from '../platform/index.js';
import { Allow } from '../identity/index.js';
import { ServiceInfo } from './service-info.type.js';
import { VERSION } from './version.js';

const IN_FORCE_ON = '2022-07-19';
const LAST_DAY_ON = '2026-12-31';
const BEGINS_AT = Date.parse(`${IN_FORCE_ON}T00:00:00+08:00`);
const ENDS_AT = Date.parse('2027-01-01T00:00:00+08:00');

@Resolver()
export class ServiceInfoResolver {
  @Allow('service:read')
  @Query(() => ServiceInfo, { description: '服务信息：版本与所执行政策的有效期。What this service is: its version and the policy’s validity.' })
  serviceInfo(@Ctx() scope: RequestScope): ServiceInfo {
    const now = scope.clock.now();
    return {
      version: VERSION,
      policyTitle: '泉州市错时共享停车泊位的实施意见',
      policyInForceOn: IN_FORCE_ON,
      policyLastDayOn: LAST_DAY_ON,
      isPolicyInForce: now >= BEGINS_AT && now < ENDS_AT,
      documentationPath: '/docs',
    };
  }
}

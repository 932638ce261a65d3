import { Field, Int, ObjectType } from 'type-graphql';
import { InstantScalar, enumOf } from '../platform/graphql/index.js';

/** State comes first: a number stands only with OPEN or FULL (P3, C2). */
export const AvailabilityState = enumOf('AvailabilityState', {
  OPEN: '正在出借且有空位。Spaces are lent and some are free.',
  FULL: '正在出借但已无空位。Spaces are lent, none is free.',
  CLOSED: '此时段不出借。Nothing is lent in this interval.',
  SUSPENDED: '因安全或突发情况暂停。Suspended for safety or an emergency.',
  UNKNOWN: '数据缺失或已过期。The figure is missing or too old.',
}, '可用状态；关闭、满位与未知互不相同。What can be done there; CLOSED, FULL and UNKNOWN are three different things.');
export type AvailabilityState = keyof typeof AvailabilityState;

/** Where a figure of availability comes from. */
export const AvailabilitySource = enumOf('AvailabilitySource', {
  WINDOWS: '由共享时段减去停用泊位得出。What the windows lend, less what is out of service.',
  REPORT: '由运营方占用上报得出。An occupancy report of the operator.',
}, '数字的来源。Where the figure comes from.');
export type AvailabilitySource = keyof typeof AvailabilitySource;

@ObjectType({
  simpleResolvers: true,
  description: '可用泊位（2.2-5、3.6-5）：先看状态，再看数字；区间内取最小值。What can still be promised or entered over the interval asked for: the minimum over it. State first, a number only with OPEN or FULL.',
})
export class Availability {
  @Field(() => AvailabilityState, { description: '状态。The state over the interval.' })
  state!: AvailabilityState;

  @Field(() => Int, { nullable: true, description: '区间内最少可用泊位数；状态非 OPEN 或 FULL 时为空。Least number of free spaces over the interval; null unless the state is OPEN or FULL.' })
  free!: number | null;

  @Field(() => Int, { nullable: true, description: '区间内最少出借泊位数；不出借时为空。Least number of spaces lent over the interval; null where nothing is lent.' })
  quota!: number | null;

  @Field(() => Int, { description: '该泊位类型的总泊位数。All spaces of the class, shared or not.' })
  capacity!: number;

  @Field(() => InstantScalar, { nullable: true, description: '所依据观测的时刻；来源为共享时段时为空。When the count was taken; null where the source is WINDOWS.' })
  observedAt!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: '平台收到观测的时刻；来源为共享时段时为空。When the platform received it; null where the source is WINDOWS.' })
  receivedAt!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: '此后该数字失效转为 UNKNOWN；不会过期时为空。When the figure turns UNKNOWN by itself; null where it cannot grow stale.' })
  staleAfter!: number | null;

  @Field(() => AvailabilitySource, { description: '数字的来源。Where the figure comes from.' })
  source!: AvailabilitySource;

  @Field(() => InstantScalar, { nullable: true, description: '区间内最紧张的时刻（瓶颈）；无瓶颈时为空。The instant of the least free spaces; null where nothing is lent.' })
  bottleneckAt!: number | null;

  @Field(() => String, { nullable: true, description: '没有数字的原因，代码：NOT_LENT 区间内并非始终出借；会增加；有数字时为空。Why there is no number, as a code: NOT_LENT where not all of the interval is lent; more may come; null where there is a number.' })
  reason!: string | null;
}

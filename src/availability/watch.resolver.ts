import { Arg, Args, ArgsType, Ctx, Extensions, Field, FieldResolver, ID, Int, Query, Resolver, Root, Subscription } from 'type-graphql';
import { Allow } from '../identity/index.js';
import { Facility, FacilityType, FacilityWhere } from '../facilities/index.js';
import { EventQueue, type RequestScope } from '../platform/index.js';
import { changesSince } from './changes-since.js';
import { findDistrictTotals, watchDistrictTotals } from './district-totals.js';
import { LIVE_OF_FACILITY } from './live.loaders.js';
import { AvailabilityChanges, AvailabilityEvent, DistrictTotals, FacilityAvailability } from './live.type.js';
import { endWatch, watchAvailability } from './watch-availability.js';
import type { WatchValue } from './watch-event.js';
import type { Watcher } from './watcher.js';

/** Events that wait for one reader of the ordinary executor before they are merged. */
const MOST_WAITING = 64;

@ArgsType()
class WatchArgs {
  @Field(() => FacilityWhere, { nullable: true, description: '与 facilities 相同的筛选；为空即全市。The filter of `facilities`; null watches the whole city.' })
  where?: FacilityWhere | null;

  @Field(() => String, { nullable: true, description: '此前收到的游标：补发所缺；为空则从快照开始。A cursor from before: what was missed comes first; null begins with a snapshot.' })
  since?: string | null;

  @Field(() => Int, { nullable: true, description: '两次发送间的最短间隔，毫秒，0–60000；其间的变化合并；为空即不等待。Least milliseconds between two deliveries, 0 to 60,000; what changes meanwhile is merged. Null: no wait.' })
  minIntervalMs?: number | null;
}

@Resolver()
export class WatchResolver {
  @Allow('availability:read')
  @Subscription(() => AvailabilityEvent, {
    subscribe: ({ args, context }: { args: WatchArgs; context: RequestScope }) => watchedBy(context, args),
    description: '实时可用情况（3.6-5、P8）：先快照，后变化；每处设施版本逐一递增，不重不漏不乱序；断线后凭 since 续传。机关大院对公众只给档次并迟 15 分钟（P10）。过慢的读取方只得各设施最新状态并附 coalescedVersions，仍跟不上则以 1013 断开。',
  })
  availabilityChanged(@Root() event: WatchValue, @Args(() => WatchArgs) _args: WatchArgs): typeof AvailabilityEvent {
    return event as never;
  }

  @Allow('availability:read')
  @Subscription(() => DistrictTotals, {
    subscribe: ({ args, context }: { args: { jurisdictionId: string; minIntervalMs?: number | null }; context: RequestScope }) => watchDistrictTotals(context, args),
    description: '行政区实时合计：先给现状，此后有变化时至多每秒一次。Totals of a jurisdiction: what stands, then each change, at most once a second.',
  })
  districtTotalsChanged(
    @Root() totals: DistrictTotals,
    @Arg('jurisdictionId', () => ID, { description: '行政区标识。A jurisdiction.' }) _jurisdictionId: string,
    @Arg('minIntervalMs', () => Int, { nullable: true, description: '最短间隔，毫秒，至多 60000，不足 1000 或为空按 1000。Least milliseconds between two totals, at most 60,000; less than 1,000, or null, is 1,000.' }) _minIntervalMs?: number | null,
  ): DistrictTotals {
    return totals;
  }

  @Allow('availability:read')
  @Query(() => DistrictTotals, { description: '行政区此刻的合计。What a jurisdiction’s facilities add up to now. NOT_FOUND where there is none with this id.' })
  districtTotals(@Ctx() scope: RequestScope, @Arg('jurisdictionId', () => ID, { description: '行政区标识。A jurisdiction.' }) jurisdictionId: string): Promise<DistrictTotals> {
    return findDistrictTotals(scope, jurisdictionId);
  }

  @Allow('availability:read')
  @Extensions({ firstPerPoint: 5 })
  @Query(() => AvailabilityChanges, { description: '自某游标起的变化日志，供集成方批量同步（P8）；为空则只答当前游标：先取游标，再分页读 facilities 的 liveAvailability，即无遗漏。The log from a cursor on, in bulk. Without a cursor it answers where the log stands: take that first, read `liveAvailability` of the facilities by pages, then go on from it.' })
  changesSince(
    @Ctx() scope: RequestScope,
    @Arg('cursor', () => String, { nullable: true, description: '上次返回的游标；为空只答当前游标，不含变化。The cursor of the last answer; null tells the present one, without changes.' }) cursor: string | null | undefined,
    @Arg('where', () => FacilityWhere, { nullable: true, description: '与 facilities 相同的筛选；为空即全市。The filter of `facilities`; null for the whole city.' }) where: FacilityWhere | null,
    @Arg('first', () => Int, { defaultValue: 100, description: '至多几条，1–1000。At most so many, 1 to 1,000.' }) first: number,
  ): Promise<AvailabilityChanges> {
    return changesSince(scope, { cursor, where, first }) as unknown as Promise<AvailabilityChanges>;
  }
}

@Resolver(() => FacilityType)
export class FacilityLiveResolver {
  @FieldResolver(() => FacilityAvailability, { nullable: true, description: '实时可用情况；不对此调用方公开、或尚无泊位时为空。Live availability; null where it is not shown to this caller or there are no spaces.' })
  liveAvailability(@Root() facility: Facility, @Ctx() scope: RequestScope): Promise<FacilityAvailability | null> {
    return scope.load(LIVE_OF_FACILITY, facility.id) as Promise<FacilityAvailability | null>;
  }
}

/** The stream as the ordinary executor reads it: the plain twin of the compiled one. */
async function watchedBy(scope: RequestScope, args: WatchArgs): Promise<AsyncIterable<WatchValue>> {
  let watcher: Watcher | null = null;
  let hasEnded = false;
  const queue = new EventQueue<WatchValue>(MOST_WAITING, {
    onRoom: () => watcher?.resume(),
    onEnd: () => {
      hasEnded = true;
      if (watcher) endWatch(scope, watcher);
    },
  });
  watcher = await watchAvailability(scope, args, {
    get isClogged() {
      return queue.isFull;
    },
    send: event => queue.push(event.value),
  });
  if (hasEnded) endWatch(scope, watcher);
  return queue;
}

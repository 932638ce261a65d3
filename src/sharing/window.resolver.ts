import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { FACILITY_BY_ID, FacilityType, ZONE_BY_ID, ZoneType } from '../facilities/index.js';
import { Allow } from '../identity/index.js';
import type { RequestScope } from '../platform/index.js';
import { connectionTypes, InstantScalar, LocalDateScalar, PageArgs, type Connection } from '../platform/graphql/index.js';
import { evaluateWindow, occurrencesWithin } from './evaluate-window.js';
import { IntervalInput } from './interval.type.js';
import { calendarDays, listWindows, policyValidity, windowsOfFacility } from './list-windows.js';
import { SUSPENSIONS_OF_WINDOW, WINDOW_BY_ID } from './window.loaders.js';
import { CalendarDayType, PolicyValidityType, SharingWindow, SharingWindowWhere, Suspension, WindowEvaluationType, WindowOccurrenceType } from './window.type.js';

export const SharingWindowConnection = connectionTypes('SharingWindow', () => SharingWindow, { zh: '共享时段', en: 'sharing windows' });

@Resolver(() => SharingWindow)
export class SharingWindowResolver {
  @Allow('window:read')
  @Query(() => SharingWindow, { nullable: true, description: '按标识取共享时段；不存在或不可见为空。A window by its id; null where there is none that the caller may see.' })
  sharingWindow(@Arg('id', () => ID, { description: '共享时段标识。Its id.' }) id: string, @Ctx() scope: RequestScope): Promise<SharingWindow | null> {
    return scope.load(WINDOW_BY_ID, id);
  }

  @Allow('window:read')
  @Query(() => SharingWindowConnection, { description: '共享时段列表；未发布的只有有权发布者可见。Windows; what is not published is seen by whoever may publish there.' })
  sharingWindows(
    @Arg('where', () => SharingWindowWhere, { nullable: true, description: '筛选；为空不限。Filters; null for all.' }) where: SharingWindowWhere | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: RequestScope,
  ): Promise<Connection<SharingWindow>> {
    return listWindows(scope, where ?? null, page);
  }

  @FieldResolver(() => FacilityType, { description: '所属停车设施。The facility.' })
  facility(@Root() window: SharingWindow, @Ctx() scope: RequestScope): Promise<FacilityType> {
    return scope.load(FACILITY_BY_ID, window.facilityId) as Promise<unknown> as Promise<FacilityType>;
  }

  @FieldResolver(() => ZoneType, { description: '所属分区。The zone whose spaces it lends.' })
  zone(@Root() window: SharingWindow, @Ctx() scope: RequestScope): Promise<ZoneType> {
    return scope.load(ZONE_BY_ID, window.zoneId) as Promise<unknown> as Promise<ZoneType>;
  }

  @FieldResolver(() => [Suspension], { description: '涉及它的紧急暂停，含已结束的（4.5-7）。The suspensions that concern it, past ones included.' })
  suspensions(@Root() window: SharingWindow, @Ctx() scope: RequestScope): Promise<readonly Suspension[]> {
    return scope.load(SUSPENSIONS_OF_WINDOW, window.id);
  }

  @FieldResolver(() => WindowEvaluationType, { description: '某一时刻是否出借，由哪条规则决定（P4）。Whether it lends at an instant, and which rule decided.' })
  evaluate(@Root() window: SharingWindow, @Arg('at', () => InstantScalar, { description: '时刻。The instant.' }) at: number, @Ctx() scope: RequestScope): Promise<WindowEvaluationType> {
    return evaluateWindow(scope, window, at);
  }

  @FieldResolver(() => [WindowOccurrenceType], { description: '与时段相交的全部实例；至多 400 天、1000 个。Every occurrence that touches an interval of at most 400 days; at most 1,000.' })
  occurrences(@Root() window: SharingWindow, @Arg('between', () => IntervalInput, { description: '时段。The interval.' }) between: IntervalInput, @Ctx() scope: RequestScope): Promise<readonly WindowOccurrenceType[]> {
    return occurrencesWithin(scope, window, between);
  }
}

@Resolver(() => FacilityType)
export class FacilityWindowsResolver {
  @FieldResolver(() => SharingWindowConnection, { description: '已发布的共享时段，按游标分页。Its published windows, in pages.' })
  windows(@Root() facility: FacilityType, @Args(() => PageArgs) page: PageArgs, @Ctx() scope: RequestScope): Promise<Connection<SharingWindow>> {
    return windowsOfFacility(scope, facility.id, page);
  }
}

@Resolver(() => Suspension)
export class SuspensionResolver {
  @FieldResolver(() => SharingWindow, { nullable: true, description: '所暂停的时段；暂停的是设施或行政区时为空。The window that it suspends; null where it is a facility or a jurisdiction.' })
  async window(@Root() suspension: Suspension, @Ctx() scope: RequestScope): Promise<SharingWindow | null> {
    return suspension.windowId === null ? null : scope.load(WINDOW_BY_ID, suspension.windowId);
  }

  @FieldResolver(() => FacilityType, { nullable: true, description: '所暂停的设施；暂停的是时段或行政区时为空。The facility that it suspends; null where it is a window or a jurisdiction.' })
  async facility(@Root() suspension: Suspension, @Ctx() scope: RequestScope): Promise<FacilityType | null> {
    return suspension.facilityId === null ? null : (scope.load(FACILITY_BY_ID, suspension.facilityId) as Promise<unknown> as Promise<FacilityType | null>);
  }
}

@Resolver()
export class CalendarResolver {
  @Allow('window:read')
  @Query(() => [CalendarDayType], { description: '工作日历：每天的日期类型与依据（T6–T9），至多 800 天。The work calendar, day by day, at most 800 days.' })
  workCalendar(
    @Arg('from', () => LocalDateScalar, { description: '首日。First day.' }) from: string,
    @Arg('until', () => LocalDateScalar, { description: '止日，不含。Last day, excluded.' }) until: string,
    @Ctx() scope: RequestScope,
  ): Promise<CalendarDayType[]> {
    return calendarDays(scope, from, until);
  }

  @Allow('window:read')
  @Query(() => PolicyValidityType, { description: '实施意见的有效期（0-5、0-6）。When the policy holds.' })
  policyValidity(@Ctx() scope: RequestScope): PolicyValidityType {
    return policyValidity(scope);
  }
}

import { localTime, type Day, type WorkCalendar } from '../kernel/index.js';
import { reachOf } from '../identity/index.js';
import type { RequestScope } from '../platform/index.js';
import { badInput, decodeCursor, pageOf, pageSize, type Connection } from '../platform/graphql/index.js';
import { workCalendar } from './calendar.js';
import { countWindows, listWindowIds, type WindowFilter } from './reads.sql.js';
import { POLICY_VALIDITY } from './rules/publish.js';
import { dayOf } from './terms-of-input.js';
import { WINDOWS_OF_FACILITY, WINDOW_BY_ID } from './window.loaders.js';
import type { CalendarDayType, PolicyValidityType, SharingWindow, SharingWindowWhere } from './window.type.js';

const MOST_FACILITIES = 1_000;
const MOST_CALENDAR_DAYS = 800;

interface Page {
  readonly first: number;
  readonly after: string | null;
}

const idAfter = ({ after }: Page): string | null => (after == null ? null : String(decodeCursor(after, ['string'])[0]));

/** The windows that fit a filter and that the viewer may see, by id. */
export async function listWindows(scope: RequestScope, where: SharingWindowWhere | null, page: Page): Promise<Connection<SharingWindow>> {
  const facilityIds = where?.facilityIds ?? null;
  if (facilityIds !== null && facilityIds.length > MOST_FACILITIES) {
    throw badInput({ zh: `至多 ${MOST_FACILITIES} 个设施，收到 ${facilityIds.length} 个`, en: `at most ${MOST_FACILITIES} facilities, got ${facilityIds.length}` }, 'where.facilityIds');
  }
  const filter: WindowFilter = { facilityIds, jurisdictionCode: where?.jurisdictionCode ?? null, modes: where?.modes ?? null, statuses: where?.statuses ?? null, audiences: where?.audiences ?? null, source: where?.source ?? null };
  const reach = reachOf(scope.viewer, 'window:publish');
  const ids = await listWindowIds(scope.database, reach, filter, { after: idAfter(page), limit: pageSize(page.first) + 1 });
  const windows = await Promise.all(ids.map(id => scope.load(WINDOW_BY_ID, id)));
  return pageOf(windows.filter(window => window !== null), { first: page.first, after: page.after ?? null, keyOf: window => [window.id], count: () => countWindows(scope.database, reach, filter) });
}

/** A page of the published windows of one facility: few enough to be read whole, and for many facilities in one statement. */
export async function windowsOfFacility(scope: RequestScope, facilityId: string, page: Page): Promise<Connection<SharingWindow>> {
  const first = pageSize(page.first);
  const after = idAfter(page);
  const all = await scope.load(WINDOWS_OF_FACILITY, facilityId);
  const following = after === null ? all : all.filter(window => window.id > after);
  return pageOf(following.slice(0, first + 1), { first, after: page.after ?? null, keyOf: window => [window.id], count: async () => all.length });
}

/** The work calendar of [fromOn, untilOn). */
export async function calendarDays(scope: RequestScope, fromOn: string, untilOn: string): Promise<CalendarDayType[]> {
  const [from, until] = [dayOf(fromOn), dayOf(untilOn)];
  if (until <= from || until - from > MOST_CALENDAR_DAYS) throw badInput({ zh: `日历区间须为 1–${MOST_CALENDAR_DAYS} 天`, en: `the calendar is asked for 1 to ${MOST_CALENDAR_DAYS} days` }, 'until');
  const calendar = await workCalendar(scope);
  return Array.from({ length: until - from }, (_, index) => dayInWords(calendar, from + index));
}

/** One day of the work calendar. */
export async function calendarDay(scope: RequestScope, day: Day): Promise<CalendarDayType> {
  return dayInWords(await workCalendar(scope), day);
}

function dayInWords(calendar: WorkCalendar, day: Day): CalendarDayType {
  const { dayType, provisional, noticeId, name } = calendar.dayTypeOf(day);
  return { onDate: localTime.formatDay(day), dayType, isProvisional: provisional, isEveOfRest: calendar.isEveOfRest(day), noticeId, name };
}

/** When the policy holds, and whether it does now (0-5). */
export function policyValidity(scope: RequestScope): PolicyValidityType {
  const { fromDay, untilDay } = POLICY_VALIDITY;
  const today = localTime.shanghai().dayOf(scope.clock.now());
  return { fromOn: localTime.formatDay(fromDay), untilOn: localTime.formatDay(untilDay), isInForce: today >= fromDay && today < untilDay };
}

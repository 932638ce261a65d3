import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { isRefusal } from '../kernel/index.js';
import { Allow } from '../identity/index.js';
import type { RequestScope } from '../platform/index.js';
import { userErrorOf, userErrorsOf } from '../platform/graphql/index.js';
import { RecordCalendarNoticeInput, RecordCalendarNoticePayload } from './calendar-notice.type.js';
import { calendarDay } from './list-windows.js';
import { recordCalendarNotice } from './record-calendar-notice.js';
import { dayOf } from './terms-of-input.js';

@Resolver()
export class CalendarNoticeResolver {
  @Allow('calendar:write')
  @Mutation(() => RecordCalendarNoticePayload, { description: '登记国务院办公厅的放假安排（T6–T8）：逐日以后发布的通知为准，出借时间有变的时段逐一通告。Records a notice of the calendar; every window that lends otherwise is announced.' })
  async recordCalendarNotice(@Arg('input', () => RecordCalendarNoticeInput, { description: '通知的内容。What the notice says.' }) input: RecordCalendarNoticeInput, @Ctx() scope: RequestScope): Promise<RecordCalendarNoticePayload> {
    const { noticeId, title, publishedOn, year, days, idempotencyKey } = input;
    const draft = { noticeId, title, publishedOn: dayOf(publishedOn), year, days: days.map(({ date, dayType, name }) => ({ day: dayOf(date), dayType, name })) };
    const outcome = await recordCalendarNotice(scope, { ...draft, idempotencyKey });
    if (isRefusal(outcome)) return { notice: null, findings: [], userErrors: userErrorsOf(outcome, scope) };
    const { changedDays, changedWindows, findings } = outcome.value;
    const notice = { noticeId: outcome.value.noticeId, changedWindows, changedDays: await Promise.all(changedDays.map(date => calendarDay(scope, dayOf(date)))) };
    return { notice, findings: findings.map(finding => userErrorOf(finding, scope)), userErrors: [] };
  }
}

import { localTime, problem, type CalendarNotice, type CalendarRow, type Day, type DayType, type Problem } from '../../kernel/index.js';

/** A notice as it is told: the year that it settles, and every date that it takes out of the ordinary week. */
export interface NoticeDraft {
  readonly noticeId: string;
  readonly title: string;
  readonly publishedOn: Day;
  readonly year: number;
  readonly days: ReadonlyArray<{ readonly day: Day; readonly dayType: DayType; readonly name: string }>;
}

export interface NoticeVerdict {
  readonly refusals: readonly Problem[];
  readonly findings: readonly Problem[];
}

/** A holiday of one year may begin or be made up for in the year beside it; a date further off is a slip of the pen. */
const SPILL_DAYS = 31;
/** No notice has named seventy dates of a year. */
const MOST_DAYS = 200;

/** Whether a notice can be recorded (T7): every problem at once. A date whose type contradicts its weekday is a finding, because a government may well mean it. */
export function checkNotice(draft: NoticeDraft, { today, notices }: { readonly today: Day; readonly notices: readonly CalendarNotice[] }): NoticeVerdict {
  const { days } = draft;
  return {
    refusals: [...checkHead(draft, today), ...checkKnown(draft, notices), ...checkCount(days.length), ...days.flatMap((_, index) => checkDay(draft, index))],
    findings: days.flatMap(checkWeekday),
  };
}

function checkHead({ noticeId, title, publishedOn, year }: NoticeDraft, today: Day): readonly Problem[] {
  const problems: Problem[] = [];
  if (noticeId.trim() === '' || noticeId.length > 60) problems.push(problem('NOTICE_ID_INVALID', { zh: `文号须为 1–60 字，收到 ${noticeId.length} 字`, en: `a notice has a number of 1 to 60 characters, got ${noticeId.length}`, field: 'noticeId' }));
  if (title.trim() === '' || title.length > 200) problems.push(problem('TITLE_INVALID', { zh: `标题须为 1–200 字，收到 ${title.length} 字`, en: `a notice has a title of 1 to 200 characters, got ${title.length}`, field: 'title' }));
  if (publishedOn > today) problems.push(problem('PUBLISHED_IN_THE_FUTURE', { zh: `发布日期 ${localTime.formatDay(publishedOn)} 晚于今天 ${localTime.formatDay(today)}`, en: `published on ${localTime.formatDay(publishedOn)}, after today, ${localTime.formatDay(today)}`, field: 'publishedOn' }));
  const publishedYear = localTime.yearOf(publishedOn);
  if (year < publishedYear || year > publishedYear + 2) problems.push(problem('YEAR_IMPLAUSIBLE', { zh: `${publishedYear} 年发布的通知不能安排 ${year} 年，只能是 ${publishedYear} 至 ${publishedYear + 2} 年`, en: `a notice published in ${publishedYear} does not settle ${year}, only ${publishedYear} to ${publishedYear + 2}`, field: 'year' }));
  return problems;
}

function checkKnown({ noticeId }: NoticeDraft, notices: readonly CalendarNotice[]): readonly Problem[] {
  const known = notices.find(notice => notice.noticeId === noticeId.trim());
  if (known === undefined) return [];
  return [problem('NOTICE_RECORDED', { zh: `通知 ${known.noticeId} 已于日历中（${known.year} 年）：通知不能改写，更正以新的通知为准`, en: `the notice ${known.noticeId} is in the calendar already (${known.year}): a notice is never rewritten, a later one corrects it`, field: 'noticeId' })];
}

function checkCount(count: number): readonly Problem[] {
  if (count >= 1 && count <= MOST_DAYS) return [];
  return [problem('DAYS_OUT_OF_RANGE', { zh: `通知须列出 1–${MOST_DAYS} 个日期，收到 ${count} 个`, en: `a notice names 1 to ${MOST_DAYS} dates, got ${count}`, field: 'days' })];
}

function checkDay({ days, year }: NoticeDraft, index: number): readonly Problem[] {
  const { day, name } = days[index]!;
  const [text, problems] = [localTime.formatDay(day), [] as Problem[]];
  const [first, last] = [localTime.dayOf(year, 1, 1) - SPILL_DAYS, localTime.dayOf(year, 12, 31) + SPILL_DAYS];
  if (day < first || day > last) problems.push(problem('DATE_OUTSIDE_YEAR', { zh: `${text} 不在 ${year} 年及其前后 ${SPILL_DAYS} 天之内`, en: `${text} lies neither in ${year} nor within ${SPILL_DAYS} days of it`, field: `days[${index}].date` }));
  const earlier = days.findIndex(other => other.day === day);
  if (earlier < index) problems.push(problem('DATE_REPEATED', { zh: `${text} 在第 ${earlier + 1} 项已列出`, en: `${text} is named already by the item ${earlier + 1}`, field: `days[${index}].date` }));
  if (name.trim() === '' || name.length > 60) problems.push(problem('NAME_INVALID', { zh: `${text} 的名称须为 1–60 字，收到 ${name.length} 字`, en: `the name of ${text} has 1 to 60 characters, got ${name.length}`, field: `days[${index}].name` }));
  return problems;
}

function checkWeekday({ day, dayType }: NoticeDraft['days'][number], index: number): readonly Problem[] {
  const isWeekend = localTime.weekdayOf(day) >= 6;
  const belongsToWeekend = dayType === 'MAKEUP_WORKDAY' || dayType === 'REST';
  if (dayType === 'HOLIDAY' || isWeekend === belongsToWeekend) return [];
  const [zh, en] = isWeekend ? ['周末', 'a weekend day'] : ['周一至周五', 'no weekend day'];
  return [problem('WEEKDAY_UNUSUAL', { zh: `${localTime.formatDay(day)} 是${zh}，却列为 ${dayType}：请核对`, en: `${localTime.formatDay(day)} is ${en}, and is told as ${dayType}: check it`, field: `days[${index}].dayType` })];
}

/** The notice and its rows as the calendar holds them. */
export function rowsOfNotice({ noticeId, title, publishedOn, year, days }: NoticeDraft): { readonly notice: CalendarNotice; readonly rows: readonly CalendarRow[] } {
  const id = noticeId.trim();
  return { notice: { noticeId: id, title: title.trim(), publishedOn, year }, rows: days.map(({ day, dayType, name }) => ({ day, dayType, name: name.trim(), noticeId: id })) };
}

import { Field, InputType, Int, ObjectType } from 'type-graphql';
import type { DayType } from '../kernel/index.js';
import { LocalDateScalar, UserError } from '../platform/graphql/index.js';
import { DayTypeEnum } from './enums.type.js';
import { CalendarDayType } from './window.type.js';

@InputType({ description: '放假安排中的一个日期。One date of a notice.' })
export class CalendarNoticeDayInput {
  @Field(() => LocalDateScalar, { description: '日期，在所安排的年份或其前后 31 天之内。The date, in the settled year or within 31 days of it.' })
  date!: string;

  @Field(() => DayTypeEnum, { description: '日期类型。Its type.' })
  dayType!: DayType;

  @Field(() => String, { description: '节日名称，1–60 字。Name of the holiday, 1 to 60 characters.' })
  name!: string;
}

@InputType({ description: '登记国务院办公厅的放假安排（T6–T8）。Records a notice of the State Council’s General Office.' })
export class RecordCalendarNoticeInput {
  @Field(() => String, { description: '文号，如 国办发明电〔2025〕7号，1–60 字。Number of the notice, 1 to 60 characters.' })
  noticeId!: string;

  @Field(() => String, { description: '标题，1–200 字。Title, 1 to 200 characters.' })
  title!: string;

  @Field(() => LocalDateScalar, { description: '发布日期，不晚于今天；同一日期以后发布的为准。When it was published, not after today; of two notices on one date the later published one rules.' })
  publishedOn!: string;

  @Field(() => Int, { description: '所安排的年份：该年自此不再是暂定的。The year that it settles, which is provisional no longer.' })
  year!: number;

  @Field(() => [CalendarNoticeDayInput], { description: '通知列明的日期，1–200 个；其余日期按星期。The dates that it names, 1 to 200; every other one follows its weekday.' })
  days!: CalendarNoticeDayInput[];

  @Field(() => String, { description: '幂等键，至多 255 字符，保留 72 小时。Idempotency key, at most 255 characters, kept for 72 hours.' })
  idempotencyKey!: string;
}

@ObjectType('CalendarNotice', { simpleResolvers: true, description: '放假安排通知及其影响。A notice of the calendar, and what it changed.' })
export class CalendarNoticeType {
  @Field(() => String, { description: '文号。Its number.' })
  noticeId!: string;

  @Field(() => [CalendarDayType], { description: '今后 400 天内日期类型有变的日期。The dates of the coming 400 days whose type is another one now.' })
  changedDays!: readonly CalendarDayType[];

  @Field(() => Int, { description: '今后 400 天内出借时间有变的共享时段数。How many windows lend otherwise in the coming 400 days.' })
  changedWindows!: number;
}

@ObjectType({ description: '登记放假安排的结果。What came of recording a notice.' })
export class RecordCalendarNoticePayload {
  @Field(() => CalendarNoticeType, { nullable: true, description: '登记的通知；被拒绝为空。The notice; null where it was refused.' })
  notice!: CalendarNoticeType | null;

  @Field(() => [UserError], { description: '不构成拒绝的发现：请核对的日期，以及依新日历共享数量超过可共享数的分区（至多 100 个）。No refusal: dates to be checked, and zones that by the new calendar lend more than they can share, at most 100.' })
  findings!: readonly UserError[];

  @Field(() => [UserError], { description: '拒绝理由；为空即成功。The refusals; empty on success.' })
  userErrors!: readonly UserError[];
}

import { registerEnumType } from 'type-graphql';
import type { DayType } from '../kernel/index.js';
import { enumOf } from '../platform/graphql/index.js';
import type { Proof } from './rules/publish.js';
import type { Audience, DecisionKind, ExceptionEffect, WindowMode, WindowStatus } from './rules/window.js';

export const WindowModeEnum = enumOf<WindowMode>('WindowMode', {
  OFF_PEAK_SHARE: '错时共享。Staggered sharing: spaces that stand idle at recurring hours.',
  TEMPORARY: '临时停放。Temporary parking.',
}, '使用方式：错时或临时停放（2.1-5）。Mode of use: staggered or temporary.');

export const WindowStatusEnum = enumOf<WindowStatus>('WindowStatus', {
  DRAFT: '草稿，不出借。A draft; lends nothing.',
  PUBLISHED: '已发布，按规则出借。Published: lends as its rules say.',
  PAUSED: '已暂停，可恢复。Paused by its supplier; may be resumed.',
  WITHDRAWN: '已撤回，不再恢复。Withdrawn for good.',
}, '共享时段状态；只有 PUBLISHED 出借。State of a window; only a published one lends.');

export const AudienceKindEnum = enumOf<Audience['kind']>('AudienceKind', {
  PUBLIC: '面向社会。Everybody.',
  RESIDENTS: '本小区住户（2.5-5）。Residents of the estate.',
  NEIGHBOURS: '若干米以内的周边居民（2.5-5）。Those who live within so many metres.',
  AGREEMENT_HOLDERS: '协议持有人。Holders of an agreement.',
}, '为谁开放（2.5-2）。For whom a window is.');

export const DayTypeEnum = enumOf<DayType>('DayType', {
  WORKDAY: '工作日。An ordinary working day.',
  REST: '普通周末。A plain weekend day.',
  HOLIDAY: '法定节假日及调休放假。A public holiday, with the days off around it.',
  MAKEUP_WORKDAY: '调休上班。A weekend day that is worked to make up.',
}, '日期类型，依国务院办公厅放假安排（T6）。Type of a day, by the notices of the State Council.');

export const DecisionKindEnum = enumOf<DecisionKind>('DecisionKind', {
  SUSPENSION: '紧急暂停，优先于一切。An emergency suspension, above all else.',
  EXCEPTION: '例外安排。An exception.',
  DAY_TYPE_RULE: '日期类型规则。A rule on day types or eves of rest.',
  WEEKLY_RULE: '每周规则。A weekly rule.',
  VALIDITY: '不在有效期。Outside its validity.',
  STATUS: '未发布。Not published.',
  RELEASE_PLAN: '定时发布尚未到时（2.2-6）。Not released yet.',
  NO_RULE: '没有适用的规则。No rule speaks of that day.',
}, '由什么决定；优先次序：紧急暂停 > 例外 > 日期类型规则 > 每周规则（P4）。What decided, in order of precedence.');

export const ExceptionKindEnum = enumOf<ExceptionEffect['kind']>('ExceptionKind', {
  CLOSED: '关闭。Nothing is lent.',
  HOURS: '另定时间。Other hours.',
  QUOTA: '另定数量。Another quota.',
}, '例外安排的种类。What an exception does.');

export const ProofKindEnum = enumOf<Proof['kind']>('ProofKind', {
  OWNERS_RESOLUTION: '业主大会决议的计票（2.5-4，民法典第278条）。The tallies of an owners’ resolution.',
  TITLE_VERIFICATION: '产权核验（2.6-1）。Verification of title.',
  BUSINESS_REGISTRATION: '经营登记备案（2.4-1）。Business registration.',
  SECURITY_PLAN: '内部安全方案（2.2-2）。A plan for security and order.',
  PROCUREMENT_REFERENCE: '政府采购依据（3.5-2）。A procurement reference.',
  SPACE_ADDITION_CHECKS: '增设泊位的四项检查（2.5-1）。The four checks of added spaces.',
}, '核验种类。Kind of check.');

/** Monday is 1, as ISO 8601 and GB/T 7408 count (T12). */
export enum Weekday {
  MONDAY = 1,
  TUESDAY = 2,
  WEDNESDAY = 3,
  THURSDAY = 4,
  FRIDAY = 5,
  SATURDAY = 6,
  SUNDAY = 7,
}

registerEnumType(Weekday, {
  name: 'Weekday',
  description: '星期，一周始于星期一。Day of the week; a week begins on Monday.',
  valuesConfig: {
    MONDAY: { description: '星期一。Monday.' },
    TUESDAY: { description: '星期二。Tuesday.' },
    WEDNESDAY: { description: '星期三。Wednesday.' },
    THURSDAY: { description: '星期四。Thursday.' },
    FRIDAY: { description: '星期五。Friday.' },
    SATURDAY: { description: '星期六。Saturday.' },
    SUNDAY: { description: '星期日。Sunday.' },
  },
});

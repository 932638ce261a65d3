import type { Room } from '../platform/index.js';
import { CalendarNoticeResolver } from './calendar-notice.resolver.js';
import { WindowMutationResolver } from './mutation.resolver.js';
import { SHARING_REFUSALS } from './refusals.js';
import { windowEntities } from './window.entity.js';
import { SUSPENSION_BY_ID, WINDOW_BY_ID } from './window.loaders.js';
import { CalendarResolver, FacilityWindowsResolver, SharingWindowResolver, SuspensionResolver } from './window.resolver.js';
import { SharingWindow, Suspension } from './window.type.js';

export { seedWorkCalendar, seenWorkCalendar, workCalendar, workCalendarWithin } from './calendar.js';
export { ruleInWords } from './describe-terms.js';
export { DayTypeEnum, WindowModeEnum } from './enums.type.js';
export { inputPath } from './input-path.js';
export { IntervalInput, IntervalType } from './interval.type.js';
export { publishWindows } from './publish-windows.js';
export { putProof } from './record-proof.js';
export { lentThen } from './lent-then.js';
export { DayRuleInput, DayRuleType, RuleDaysInput, RuleDaysType } from './rule.type.js';
export type { PublishedWindow, WindowEffect } from './publish-windows.js';
export { evaluateAt } from './rules/evaluate.js';
export type { ExplainedDecision, WindowEvaluation } from './rules/evaluate.js';
export { occurrencesOf } from './rules/occurrences.js';
export type { WindowOccurrence } from './rules/occurrences.js';
export { decodeTerms, encodeTerms } from './rules/terms-codec.js';
export type { StoredTerms } from './rules/terms-codec.js';
export type * from './rules/window-draft.js';
export { closingMinuteBy } from './rules/window-draft.js';
export { checkRules } from './rules/window-terms-check.js';
export type * from './rules/window.js';
export { cutsByDefault, SPACE_CLASSES, quotaOf } from './rules/window.js';
export { daysOf, rulesOf } from './terms-of-input.js';
export { WINDOW_BY_ID } from './window.loaders.js';
export { SharingWindow } from './window.type.js';
export { listTariffsOfWindows, listWindowsOfTariff } from './windows.sql.js';
export type { SearchableWindow } from './suspensions.sql.js';

/** When a supplier lends how many spaces to whom: windows, exceptions, release plans, suspensions. */
export const sharingRoom: Room = {
  name: 'sharing',
  entities: windowEntities,
  resolvers: [SharingWindowResolver, FacilityWindowsResolver, SuspensionResolver, CalendarResolver, CalendarNoticeResolver, WindowMutationResolver],
  orphanedTypes: [SharingWindow, Suspension],
  refusals: SHARING_REFUSALS,
  nodes: [
    { kind: 'window', loader: WINDOW_BY_ID },
    { kind: 'suspension', loader: SUSPENSION_BY_ID },
  ],
};

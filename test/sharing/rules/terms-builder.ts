import { localTime, seededWorkCalendar, type DayRule } from '../../../src/kernel/index.js';
import { quotaOf, type EvaluationContext, type WindowException, type WindowTerms } from '../../../src/sharing/rules/window.js';
import { valueOf } from '../../kernel/value-of.js';

export const day = (text: string): number => valueOf(localTime.parseDay(text));
export const at = (text: string): number => Temporal.PlainDateTime.from(text).toZonedDateTime('Asia/Shanghai').epochMilliseconds;
export const WORK = ['WORKDAY', 'MAKEUP_WORKDAY'] as const;
export const REST = ['REST', 'HOLIDAY'] as const;

/** Every evening 18:00 to 07:30. */
export const NIGHTLY: DayRule = { days: { weekdays: [1, 2, 3, 4, 5, 6, 7] }, from: { minute: 1080 }, until: { minute: 450, dayOffset: 1 } };

export const context: EvaluationContext = { zone: localTime.shanghai(), calendar: seededWorkCalendar(), closingMinuteOf: () => 22 * 60, suspensions: [] };

/** An office that lends ten spaces every night of 2026, unless told otherwise. */
export function terms(some: Partial<WindowTerms> = {}): WindowTerms {
  return {
    name: '夜间共享', mode: 'OFF_PEAK_SHARE', rules: [NIGHTLY], exceptions: [], quota: quotaOf({ STANDARD: 10 }), audience: { kind: 'PUBLIC' }, leastCredit: null, tariffId: null,
    entryCurfews: [], exitCurfews: [], releasePlan: null, validFrom: day('2026-01-01'), validUntil: day('2027-01-01'), status: 'PUBLISHED', ...some,
  };
}

export function closure(some: Partial<WindowException> & { fromDay: number; untilDay: number }): WindowException {
  return { id: 'exc_closed', effect: { kind: 'CLOSED' }, cutsRunningTails: true, reason: '设施检修', ...some };
}

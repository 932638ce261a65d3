import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY_TYPES, seededWorkCalendar, WorkCalendar, workCalendarSeed, type CalendarRow } from '../../../src/kernel/index.js';
import { asksTheCalendar, changedOccurrences, type CalendarChange } from '../../../src/sharing/rules/changed-occurrences.js';
import { evaluateAt } from '../../../src/sharing/rules/evaluate.js';
import { occurrencesOf } from '../../../src/sharing/rules/occurrences.js';
import { arbitraryDay, arbitrarySuspensions, arbitraryTerms } from './arbitrary-terms.js';
import { at, context, day, NIGHTLY, terms, WORK } from './terms-builder.js';

const before = seededWorkCalendar();
const within = { startsAt: at('2026-01-20T00:00'), endsAt: at('2026-04-10T00:00') };
const HOUR = 3_600_000;

/** The calendar of 2026 after one more notice. */
function amended(rows: ReadonlyArray<Pick<CalendarRow, 'day' | 'dayType'>>): WorkCalendar {
  const seed = workCalendarSeed();
  const notice = { noticeId: '更正', year: 2026, publishedOn: day('2026-01-15'), title: '更正' };
  return WorkCalendar.of([...seed.rows, ...rows.map(row => ({ ...row, noticeId: '更正', name: '更正' }))], [...seed.notices, notice]);
}

function changeTo(after: WorkCalendar): CalendarChange | null {
  const days = after.changedDays(before, { fromDay: day('2026-01-20'), toDay: day('2026-04-10') });
  return days.length === 0 ? null : { before, after, days: days as CalendarChange['days'] };
}

const amendment = fc.uniqueArray(fc.record({ day: arbitraryDay, dayType: fc.constantFrom(...DAY_TYPES) }), { minLength: 1, maxLength: 5, selector: row => row.day });

test('T7: a workday that becomes a holiday changes what a workday window lends that night, and nothing else', () => {
  const nights = terms({ rules: [{ ...NIGHTLY, days: { dayTypes: WORK } }] });
  const change = changeTo(amended([{ day: day('2026-03-04'), dayType: 'HOLIDAY' }]))!;

  expect(changedOccurrences(nights, change, within, context)).toEqual({ startsAt: at('2026-03-04T18:00'), endsAt: at('2026-03-05T07:30') });
  expect(changedOccurrences(terms(), change, within, context)).toBeNull();
  expect(asksTheCalendar(terms())).toBe(false);
});

test('T7: outside the span both calendars lend alike at every hour; null means everywhere', () => {
  fc.assert(fc.property(arbitraryTerms, arbitrarySuspensions, amendment, (some, suspensions, rows) => {
    const change = changeTo(amended(rows));
    fc.pre(change !== null);
    const [old, recent] = [{ ...context, suspensions, calendar: before }, { ...context, suspensions, calendar: change!.after }];

    const span = changedOccurrences(some, change!, within, { ...context, suspensions });

    for (let instant = within.startsAt; instant < within.endsAt; instant += HOUR) {
      if (span !== null && instant >= span.startsAt && instant < span.endsAt) continue;
      const [then, now] = [evaluateAt(some, instant, old), evaluateAt(some, instant, recent)];
      expect([instant, now.lent, now.quota]).toEqual([instant, then.lent, then.quota]);
    }
  }), { numRuns: 5 });
});

test('T7: the span begins and ends with an occurrence that only one of the calendars gives', () => {
  fc.assert(fc.property(arbitraryTerms, amendment, (some, rows) => {
    const change = changeTo(amended(rows));
    fc.pre(change !== null);
    const key = ({ decidedBy: _decidedBy, provisional: _provisional, ...rest }: ReturnType<typeof occurrencesOf>[number]) => JSON.stringify(rest);
    const [old, recent] = [before, change!.after].map(calendar => occurrencesOf(some, within, { ...context, calendar })) as [ReturnType<typeof occurrencesOf>, ReturnType<typeof occurrencesOf>];
    const [oldKeys, recentKeys] = [new Set(old.map(key)), new Set(recent.map(key))];
    const different = [...old.filter(each => !recentKeys.has(key(each))), ...recent.filter(each => !oldKeys.has(key(each)))];

    expect(changedOccurrences(some, change!, within, context)).toEqual(different.length === 0 ? null : { startsAt: Math.min(...different.map(each => each.startsAt)), endsAt: Math.max(...different.map(each => each.endsAt)) });
  }), { numRuns: 60 });
});

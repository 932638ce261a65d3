import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { spans, weekPattern, type DayRule } from '../../../src/kernel/index.js';
import { evaluateAt } from '../../../src/sharing/rules/evaluate.js';
import { lentSpans, occurrencesOf } from '../../../src/sharing/rules/occurrences.js';
import { quotaOf, totalOf, type EvaluationContext, type WindowTerms } from '../../../src/sharing/rules/window.js';
import { arbitraryDay, arbitrarySuspensions, arbitraryTerms } from './arbitrary-terms.js';
import { at, closure, context, day, REST, terms, WORK } from './terms-builder.js';

const MINUTE = 60_000;

function lentBetween(of: WindowTerms, from: string, to: string, using: EvaluationContext = context) {
  return lentSpans(occurrencesOf(of, { startsAt: at(from), endsAt: at(to) }, using)).map(each => [format(each.startsAt), format(each.endsAt)]);
}

function format(instant: number): string {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO('Asia/Shanghai').toPlainDateTime().toString({ smallestUnit: 'minute' });
}

test('T1: asked at 03:00, the night that began yesterday is found whole', () => {
  expect(lentBetween(terms(), '2026-03-04T03:00', '2026-03-04T03:01')).toEqual([['2026-03-03T18:00', '2026-03-04T07:30']]);
});

test('T6: Spring Festival is one unbroken stretch of adjacent occurrences', () => {
  const office: readonly DayRule[] = [
    { days: { dayTypes: WORK }, from: { minute: 1080 }, until: { minute: 450, dayOffset: 1 } },
    { days: { dayTypes: REST }, from: { minute: 0 }, until: { untilNext: { dayTypes: WORK, minute: 450 } } },
  ];

  expect(lentBetween(terms({ rules: office }), '2026-02-14T12:00', '2026-02-24T12:00')).toEqual([['2026-02-14T18:00', '2026-02-24T07:30']]);
});

test('P4: on a date with a day-type rule the weekly rules are silent', () => {
  const holiday: DayRule = { days: { dayTypes: ['HOLIDAY'] }, from: { minute: 600 }, until: { durationMinutes: 60 } };
  const both = terms({ rules: [{ days: { weekdays: [3, 4, 5] }, from: { minute: 1080 }, until: { durationMinutes: 60 } }, holiday] });

  expect(lentBetween(both, '2026-04-30T00:00', '2026-05-02T00:00')).toEqual([['2026-04-30T18:00', '2026-04-30T19:00'], ['2026-05-01T10:00', '2026-05-01T11:00']]);
});

test('T3: a closure on Wednesday cuts Tuesday\'s tail, unless it says that it does not', () => {
  const wednesday = { fromDay: day('2026-03-04'), untilDay: day('2026-03-05') };

  expect(lentBetween(terms({ exceptions: [closure(wednesday)] }), '2026-03-03T12:00', '2026-03-05T12:00')).toEqual([['2026-03-03T18:00', '2026-03-04T00:00']]);
  expect(lentBetween(terms({ exceptions: [closure({ ...wednesday, cutsRunningTails: false })] }), '2026-03-03T12:00', '2026-03-05T12:00')).toEqual([['2026-03-03T18:00', '2026-03-04T07:30']]);
});

test('T3: changed hours on Wednesday leave Tuesday\'s tail alone', () => {
  const hours = closure({ id: 'exc_hours', fromDay: day('2026-03-04'), untilDay: day('2026-03-05'), cutsRunningTails: false, effect: { kind: 'HOURS', rules: [{ days: { weekdays: [3] }, from: { minute: 720 }, until: { durationMinutes: 60 } }] } });

  expect(lentBetween(terms({ exceptions: [hours] }), '2026-03-04T00:00', '2026-03-05T12:00')).toEqual([['2026-03-03T18:00', '2026-03-04T07:30'], ['2026-03-04T12:00', '2026-03-04T13:00']]);
});

test('T3: of two exceptions on one date the later listed wins', () => {
  const range = { fromDay: day('2026-03-02'), untilDay: day('2026-03-08') };
  const reduced = closure({ id: 'exc_quota', fromDay: day('2026-03-04'), untilDay: day('2026-03-05'), cutsRunningTails: false, effect: { kind: 'QUOTA', quota: quotaOf({ STANDARD: 2 }) } });
  const [only] = occurrencesOf(terms({ exceptions: [closure({ ...range, cutsRunningTails: false }), reduced] }), { startsAt: at('2026-03-04T00:00'), endsAt: at('2026-03-05T00:00') }, context);

  expect([only!.quota.STANDARD, only!.decidedBy]).toEqual([2, { kind: 'EXCEPTION', id: 'exc_quota', ruleIndex: null }]);
});

test('a suspension in the night splits an occurrence in two, and is above everything', () => {
  const suspended = { ...context, suspensions: [{ id: 'sus_1', during: { startsAt: at('2026-03-03T22:00'), endsAt: at('2026-03-04T01:00') }, reason: '火警' }] };

  expect(lentBetween(terms(), '2026-03-03T12:00', '2026-03-04T12:00', suspended)).toEqual([['2026-03-03T18:00', '2026-03-03T22:00'], ['2026-03-04T01:00', '2026-03-04T07:30']]);
  expect(evaluateAt(terms(), at('2026-03-03T23:00'), suspended)).toMatchObject({ lent: false, decidedBy: { kind: 'SUSPENSION', id: 'sus_1', zh: expect.stringContaining('火警') } });
});

test('T10: within a curfew staying goes on, entering and leaving do not', () => {
  const [night] = occurrencesOf(terms({ entryCurfews: [{ fromMinute: 1320, untilMinute: 360 }], exitCurfews: [{ fromMinute: 0, untilMinute: 300 }] }), { startsAt: at('2026-03-03T20:00'), endsAt: at('2026-03-03T20:01') }, context);

  expect(night!.entry.map(each => [format(each.startsAt), format(each.endsAt)])).toEqual([['2026-03-03T18:00', '2026-03-03T22:00'], ['2026-03-04T06:00', '2026-03-04T07:30']]);
  expect(night!.exit.map(each => [format(each.startsAt), format(each.endsAt)])).toEqual([['2026-03-03T18:00', '2026-03-04T00:00'], ['2026-03-04T05:00', '2026-03-04T07:30']]);
  expect(spans.minutes([night!])).toBe(810);
});

test('2.2-6: before the release time nothing is lent, from then on exactly n spaces, accessible ones last', () => {
  const planned = terms({ quota: quotaOf({ STANDARD: 15, ACCESSIBLE: 10 }), releasePlan: { atMinute: 1170, spaces: 20 } });

  expect(evaluateAt(planned, at('2026-03-03T19:29'), context)).toMatchObject({ lent: false, decidedBy: { kind: 'RELEASE_PLAN', zh: expect.stringContaining('19:30') } });
  expect(evaluateAt(planned, at('2026-03-03T19:30'), context).quota).toEqual(quotaOf({ STANDARD: 15, ACCESSIBLE: 5 }));
});

test('the last night of a window\'s validity runs to its morning', () => {
  expect(lentBetween(terms({ validUntil: day('2026-03-04') }), '2026-03-03T12:00', '2026-03-06T12:00')).toEqual([['2026-03-03T18:00', '2026-03-04T07:30']]);
  expect(evaluateAt(terms({ validUntil: day('2026-03-04') }), at('2026-03-04T20:00'), context).decidedBy.kind).toBe('VALIDITY');
});

test.each([
  ['a draft', terms({ status: 'DRAFT' }), '2026-03-03T20:00', 'STATUS'],
  ['a closed date', terms({ exceptions: [closure({ fromDay: day('2026-03-03'), untilDay: day('2026-03-04') })] }), '2026-03-03T20:00', 'EXCEPTION'],
  ['noon', terms(), '2026-03-03T12:00', 'WEEKLY_RULE'],
  ['a Sunday of a Monday window', terms({ rules: [{ days: { weekdays: [1] }, from: { minute: 0 }, until: { durationMinutes: 60 } }] }), '2026-03-01T12:00', 'NO_RULE'],
  ['noon of a workday under day-type rules', terms({ rules: [{ days: { dayTypes: WORK }, from: { minute: 1080 }, until: { durationMinutes: 60 } }] }), '2026-02-14T12:00', 'DAY_TYPE_RULE'],
])('the evaluation of %s names what decided', (_name, of, instant, kind) => {
  expect(evaluateAt(of, at(instant), context)).toMatchObject({ lent: false, occurrence: null, quota: quotaOf({}), decidedBy: { kind } });
});

test('an endless span is a defect of the caller', () => {
  expect(() => occurrencesOf(terms({ validUntil: null }), { startsAt: at('2026-03-03T00:00'), endsAt: Number.POSITIVE_INFINITY }, context)).toThrow('at most 1200');
});

/** Brute force for one instant: dates from the latest, rules from the first, the precedence spelled out. */
function spacesByBruteForce(of: WindowTerms, instant: number, using: EvaluationContext): number {
  if (of.status !== 'PUBLISHED' || using.suspensions.some(each => each.during.startsAt <= instant && instant < each.during.endsAt)) return 0;
  const today = using.zone.dayOf(instant);
  const winner = (date: number) => [...of.exceptions].reverse().find(each => each.fromDay <= date && date < each.untilDay);
  for (let date = today; date > today - 20; date -= 1) {
    const exception = winner(date);
    if (date < of.validFrom || (of.validUntil !== null && date >= of.validUntil) || exception?.effect.kind === 'CLOSED') continue;
    const running = date < today ? winner(today) : undefined;
    const cuts = running !== undefined && running.cutsRunningTails && running.fromDay > date;
    if (cuts && running.effect.kind !== 'QUOTA') continue;
    const rules = exception?.effect.kind === 'HOURS' ? exception.effect.rules : of.rules;
    const chosen = rules.filter(rule => weekPattern.selects(rule.days, date, using.calendar));
    const strongest = chosen.some(rule => !('weekdays' in rule.days)) ? chosen.filter(rule => !('weekdays' in rule.days)) : chosen;
    const release = of.releasePlan === null ? Number.NEGATIVE_INFINITY : using.zone.instant(date, of.releasePlan.atMinute);
    const holds = strongest.some(rule => {
      const occurrence = weekPattern.occurrenceOn(rule, 0, date, using);
      return occurrence !== null && occurrence.startsAt <= instant && instant < occurrence.endsAt && instant >= release;
    });
    if (!holds) continue;
    const quota = cuts && running.effect.kind === 'QUOTA' ? running.effect.quota : exception?.effect.kind === 'QUOTA' ? exception.effect.quota : of.quota;
    return Math.min(totalOf(quota), of.releasePlan?.spaces ?? Number.POSITIVE_INFINITY);
  }
  return 0;
}

test('T13, T15: occurrences, evaluation and a brute force agree at every quarter of an hour', () => {
  fc.assert(fc.property(arbitraryTerms, arbitrarySuspensions, arbitraryDay, (of, suspensions, on) => {
    const using = { ...context, suspensions };
    const start = context.zone.instant(on, 0);
    const found = occurrencesOf(of, { startsAt: start, endsAt: start + 1440 * MINUTE }, using);
    const probes = Array.from({ length: 96 }, (_, index) => start + index * 15 * MINUTE);
    const byOccurrences = probes.map(probe => found.filter(each => each.startsAt <= probe && probe < each.endsAt).map(each => totalOf(each.quota)));
    const byBruteForce = probes.map(probe => spacesByBruteForce(of, probe, using));

    expect(byOccurrences).toEqual(byBruteForce.map(spaces => (spaces === 0 ? [] : [spaces])));
    const evaluations = probes.filter((_, index) => index % 8 === 0).map(probe => evaluateAt(of, probe, using));
    expect(evaluations.map(each => totalOf(each.quota))).toEqual(byBruteForce.filter((_, index) => index % 8 === 0));
    expect(evaluations.every(each => each.lent === (each.occurrence !== null) && each.decidedBy.zh !== '')).toBe(true);
  }), { numRuns: 300, seed: 2026 });
});

test('an occurrence is the same whatever span it is asked through', () => {
  fc.assert(fc.property(arbitraryTerms, arbitraryDay, fc.integer({ min: 0, max: 95 }), (of, on, quarter) => {
    const instant = context.zone.instant(on, quarter * 15);
    const [narrow] = occurrencesOf(of, { startsAt: instant, endsAt: instant + 1 }, context);
    const wide = occurrencesOf(of, { startsAt: context.zone.instant(on - 3, 0), endsAt: context.zone.instant(on + 3, 0) }, context);
    if (narrow !== undefined) expect(wide).toContainEqual(narrow);
  }), { numRuns: 300, seed: 11 });
});

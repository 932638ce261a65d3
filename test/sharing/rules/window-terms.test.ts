import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeTerms, encodeTerms } from '../../../src/sharing/rules/terms-codec.js';
import { checkWindowTerms } from '../../../src/sharing/rules/window-terms-check.js';
import { cutsByDefault, quotaOf, windowLifecycle } from '../../../src/sharing/rules/window.js';
import { arbitraryTerms } from './arbitrary-terms.js';
import { closure, day, NIGHTLY, terms } from './terms-builder.js';

test('sound terms have no problem', () => {
  expect(checkWindowTerms(terms({ entryCurfews: [{ fromMinute: 1320, untilMinute: 360 }], releasePlan: { atMinute: 1050, spaces: 10 } }))).toEqual([]);
});

test('every problem of terms is told at once, each with its path', () => {
  const broken = terms({
    name: ' ',
    rules: [{ ...NIGHTLY, until: { minute: 450, dayOffset: 0 } }, { ...NIGHTLY, days: { weekdays: [] } }, NIGHTLY, NIGHTLY, { ...NIGHTLY, until: { durationMinutes: 20_161 } }, { ...NIGHTLY, days: { weekdays: [0, 8] }, from: { minute: 1440 } }],
    quota: quotaOf({ STANDARD: -1 }),
    audience: { kind: 'NEIGHBOURS', withinMetres: 0 },
    leastCredit: Number.NaN,
    exitCurfews: [{ fromMinute: 60, untilMinute: 60 }],
    releasePlan: { atMinute: 1440, spaces: 0 },
    validUntil: day('2026-01-01'),
    exceptions: [closure({ fromDay: 20_600, untilDay: 20_600, reason: '' }), closure({ fromDay: 20_600, untilDay: 20_601, effect: { kind: 'HOURS', rules: [] } })],
  });

  expect(checkWindowTerms(broken).map(each => `${each.field} ${each.code}`)).toEqual([
    'name NAME_EMPTY', 'rules[0].until DURATION_INVALID', 'rules[1].days DAYS_EMPTY', 'rules[3] RULE_DUPLICATE', 'rules[4].until DURATION_INVALID', 'rules[5].days WEEKDAY_INVALID', 'rules[5].from.minute MINUTE_INVALID',
    'quota.STANDARD QUOTA_INVALID', 'audience.withinMetres NEIGHBOURHOOD_INVALID', 'leastCredit LEAST_CREDIT_INVALID', 'exitCurfews[0] CURFEW_INVALID', 'releasePlan.atMinute MINUTE_INVALID', 'releasePlan.spaces RELEASE_SPACES_INVALID',
    'validUntil VALIDITY_EMPTY', 'exceptions[0].untilDay EXCEPTION_EMPTY', 'exceptions[0].reason REASON_INVALID', 'exceptions[1].id EXCEPTION_DUPLICATE', 'exceptions[1].effect.rules RULES_EMPTY',
  ]);
});

test('T1: an end before its start on the same day is refused with the hint to say the next day', () => {
  const [only] = checkWindowTerms(terms({ rules: [{ ...NIGHTLY, until: { minute: 450, dayOffset: 0 } }] }));

  expect(only!.zh).toBe('时段长 -630 分钟，应大于 0 且不超过 14 天（20160 分钟）；跨夜请写明次日');
});

test('terms that lend nothing are refused, no rules and no quota alike', () => {
  expect(checkWindowTerms(terms({ rules: [], quota: quotaOf({}) })).map(each => each.code)).toEqual(['RULES_EMPTY', 'QUOTA_EMPTY']);
});

test('T3: a closure cuts running tails unless told otherwise, changed hours and quotas do not', () => {
  expect([cutsByDefault({ kind: 'CLOSED' }), cutsByDefault({ kind: 'HOURS', rules: [] }), cutsByDefault({ kind: 'QUOTA', quota: quotaOf({}) })]).toEqual([true, false, false]);
});

test('P11: a withdrawn window stays withdrawn', () => {
  expect(windowLifecycle.states.filter(windowLifecycle.isTerminal)).toEqual(['WITHDRAWN']);
  expect(windowLifecycle.transition('WITHDRAWN', 'resume')).toMatchObject({ problems: [{ code: 'ILLEGAL_TRANSITION', data: { from: 'WITHDRAWN', to: 'PUBLISHED' } }] });
});

test('terms survive storage as JSON', () => {
  fc.assert(fc.property(arbitraryTerms, of => {
    expect(decodeTerms(JSON.parse(JSON.stringify(encodeTerms(of))))).toEqual(of);
  }), { numRuns: 300 });
});

test('what is absent, zero or empty takes no room in storage', () => {
  expect(Object.keys(encodeTerms(terms())).sort()).toEqual(['audience', 'mode', 'name', 'quota', 'rules', 'status', 'v', 'validFrom', 'validUntil']);
  expect(encodeTerms(terms()).quota).toEqual({ STANDARD: 10 });
});

test('damaged storage throws with the name of the member', () => {
  expect(() => decodeTerms({ v: 2 })).toThrow('version 1');
  expect(() => decodeTerms({ ...encodeTerms(terms()), rules: 'all' })).toThrow("no readable 'rules'");
});

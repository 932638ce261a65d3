import fc from 'fast-check';
import type { DayRule } from '../../../src/kernel/index.js';
import { quotaOf, type Suspension, type WindowException, type WindowTerms } from '../../../src/sharing/rules/window.js';
import { day, REST, terms, WORK } from './terms-builder.js';

const quarter = fc.integer({ min: 0, max: 95 }).map(each => each * 15);
const FIRST = day('2026-02-01');
const dayNearFestival = fc.integer({ min: FIRST, max: FIRST + 35 });

export const arbitraryRule: fc.Arbitrary<DayRule> = fc.record({
  days: fc.oneof(
    fc.record({ weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }) }),
    fc.record({ dayTypes: fc.constantFrom([...WORK], [...REST], ['HOLIDAY' as const], ['MAKEUP_WORKDAY' as const]) }),
    fc.constant({ eveOfRest: true as const }),
  ),
  from: fc.oneof(fc.record({ minute: quarter }), fc.record({ afterCloseMinutes: fc.integer({ min: 0, max: 20 }).map(each => each * 15) })),
  until: fc.oneof(
    fc.record({ durationMinutes: fc.integer({ min: 1, max: 200 }).map(each => each * 15) }),
    fc.record({ minute: quarter, dayOffset: fc.integer({ min: 0, max: 2 }) }),
    fc.record({ untilNext: fc.record({ dayTypes: fc.constantFrom([...WORK], [...REST]), minute: quarter }) }),
  ),
});

const arbitraryQuota = fc.record({ STANDARD: fc.integer({ min: 1, max: 9 }), ACCESSIBLE: fc.integer({ min: 0, max: 3 }) }).map(quotaOf);

const arbitraryException: fc.Arbitrary<Omit<WindowException, 'id'>> = fc.record({
  fromDay: dayNearFestival, length: fc.integer({ min: 1, max: 5 }), cutsRunningTails: fc.boolean(),
  effect: fc.oneof(
    fc.constant({ kind: 'CLOSED' as const }),
    fc.record({ kind: fc.constant('HOURS' as const), rules: fc.array(arbitraryRule, { minLength: 1, maxLength: 2 }) }),
    fc.record({ kind: fc.constant('QUOTA' as const), quota: arbitraryQuota }),
  ),
}).map(({ fromDay, length, cutsRunningTails, effect }) => ({ fromDay, untilDay: fromDay + length, cutsRunningTails, effect, reason: '测试' }));

/** Terms of every shape around Spring Festival 2026, all times on quarters of an hour. */
export const arbitraryTerms: fc.Arbitrary<WindowTerms> = fc.record({
  rules: fc.array(arbitraryRule, { minLength: 1, maxLength: 4 }),
  exceptions: fc.array(arbitraryException, { maxLength: 3 }).map(list => list.map((each, index) => ({ ...each, id: `exc_${index}` }))),
  quota: arbitraryQuota,
  releasePlan: fc.option(fc.record({ atMinute: quarter, spaces: fc.integer({ min: 1, max: 12 }) })),
  validFrom: fc.constantFrom(day('2026-01-01'), FIRST + 10),
  validUntil: fc.constantFrom(null, FIRST + 25),
  leastCredit: fc.option(fc.integer({ min: 0, max: 100 })),
  tariffId: fc.option(fc.constant('tar_1')),
  audience: fc.constantFrom({ kind: 'PUBLIC' as const }, { kind: 'NEIGHBOURS' as const, withinMetres: 500 }),
}).map(terms);

export const arbitrarySuspensions: fc.Arbitrary<readonly Suspension[]> = fc.array(fc.record({ from: fc.integer({ min: 0, max: 34 * 96 }), length: fc.integer({ min: 1, max: 300 }), open: fc.boolean() }), { maxLength: 2 })
  .map(list => list.map(({ from, length, open }, index) => {
    const startsAt = FIRST * 86_400_000 - 8 * 3_600_000 + from * 900_000;
    return { id: `sus_${index}`, during: { startsAt, endsAt: open ? Number.POSITIVE_INFINITY : startsAt + length * 900_000 }, reason: '火警' };
  }));
export const arbitraryDay = dayNearFestival;

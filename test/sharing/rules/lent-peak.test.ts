import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lentPeak } from '../../../src/sharing/rules/lent-peak.js';
import { checkQuotaFit } from '../../../src/sharing/rules/quota-fit.js';
import { quotaOf, SPACE_CLASSES, type WindowTerms } from '../../../src/sharing/rules/window.js';
import { arbitraryTerms } from './arbitrary-terms.js';
import { context, day, NIGHTLY, terms } from './terms-builder.js';

const TODAY = day('2026-02-01');
const bearers = (all: readonly WindowTerms[]) => all.map((each, index) => ({ id: `w${index}`, terms: each }));
const peak = (...all: WindowTerms[]) => lentPeak(bearers(all), TODAY, context).STANDARD;

test('P1: windows that meet add up, windows that do not share their spaces, and what is over or paused takes none', () => {
  const daytime = terms({ rules: [{ ...NIGHTLY, from: { minute: 450 }, until: { minute: 1080, dayOffset: 0 } }] });

  expect([peak(), peak(terms()), peak(terms(), terms()), peak(terms(), daytime)]).toEqual([0, 10, 20, 10]);
  expect([peak(terms(), terms(), daytime, daytime, daytime), peak(terms(), terms({ quota: quotaOf({ STANDARD: 4 }) }), daytime)]).toEqual([30, 14]);
  expect(peak(terms({ status: 'PAUSED' }), terms({ validFrom: day('2025-01-01'), validUntil: day('2026-01-01') }))).toBe(0);
});

test('P1: the peak is the least capacity into which the windows fit', () => {
  fc.assert(fc.property(fc.array(arbitraryTerms, { minLength: 2, maxLength: 3 }), fc.boolean(), (some, isDoubled) => {
    const all = isDoubled ? [...some, some[0]!] : some;
    const most = lentPeak(bearers(all), TODAY, context);
    const conflicts = SPACE_CLASSES.filter(each => most[each] > 0).map(each => checkQuotaFit(bearers(all), { ...most, [each]: most[each] - 1 }, TODAY, context)?.data?.spaceClass);

    expect(checkQuotaFit(bearers(all), most, TODAY, context)).toBeNull();
    expect(conflicts).toEqual(SPACE_CLASSES.filter(each => most[each] > 0));
    expect(most).toEqual({ ...quotaOf({}), STANDARD: most.STANDARD, ACCESSIBLE: most.ACCESSIBLE });
  }), { numRuns: 40 });
});

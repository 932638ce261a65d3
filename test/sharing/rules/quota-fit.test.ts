import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { occurrencesOf } from '../../../src/sharing/rules/occurrences.js';
import { checkQuotaFit } from '../../../src/sharing/rules/quota-fit.js';
import { quotaOf, SPACE_CLASSES, type WindowTerms } from '../../../src/sharing/rules/window.js';
import { arbitraryTerms } from './arbitrary-terms.js';
import { closure, context, day, NIGHTLY, terms } from './terms-builder.js';

const QUARTER = 900_000;
const TODAY = day('2026-02-01');
const bearers = (all: readonly WindowTerms[]) => all.map((each, index) => ({ id: `w${index}`, terms: each }));
const fit = (shareable: number, ...all: WindowTerms[]) => checkQuotaFit(bearers(all), quotaOf({ STANDARD: shareable }), TODAY, context);

test('P1: two nights of ten fit into twenty spaces and not into nineteen; the first night is named', () => {
  expect(fit(20, terms(), terms())).toBeNull();
  expect(fit(19, terms({ name: '甲' }), terms({ name: '乙' }))).toMatchObject({ code: 'QUOTA_EXCEEDS_CAPACITY', en: 'from 2026-01-31 18:00 on the windows lend 20 spaces of STANDARD, the zone can share 19 (windows: 甲, 乙)', data: { windowIds: ['w0', 'w1'] } });
});

test('P1, T5: a window that ends when another begins shares its spaces with it', () => {
  const daytime = terms({ rules: [{ ...NIGHTLY, from: { minute: 450 }, until: { minute: 1080, dayOffset: 0 } }] });

  expect(fit(10, terms(), daytime)).toBeNull();
  expect(fit(10, terms(), { ...daytime, rules: [{ ...NIGHTLY, from: { minute: 450 }, until: { minute: 1081, dayOffset: 0 } }] })).toMatchObject({ data: { quota: 20 } });
});

test('P1: an exception months ahead, and a window that starts months ahead, are walked too', () => {
  const more = closure({ cutsRunningTails: false, fromDay: day('2026-10-10'), untilDay: day('2026-10-11'), effect: { kind: 'QUOTA', quota: quotaOf({ STANDARD: 11 }) } });

  expect(fit(20, terms({ exceptions: [more] }), terms())).toMatchObject({ zh: expect.stringContaining('2026-10-10 18:00 起') });
  expect(fit(19, terms({ validFrom: day('2026-09-01') }), terms())).toMatchObject({ zh: expect.stringContaining('2026-09-01 18:00 起') });
});

test('P1: what is paused or withdrawn takes nothing', () => {
  expect(fit(10, terms(), terms({ status: 'PAUSED' }), terms({ status: 'WITHDRAWN' }))).toBeNull();
});

test('P1: the fit agrees with counting every quarter of an hour of two months', () => {
  fc.assert(fc.property(fc.array(arbitraryTerms, { minLength: 2, maxLength: 3 }), fc.integer({ min: 1, max: 20 }), (all, spaces) => {
    const shareable = quotaOf({ STANDARD: spaces, ACCESSIBLE: 4 });
    const horizon = { startsAt: context.zone.instant(TODAY, 0), endsAt: context.zone.instant(TODAY + 60, 0) };
    const lent = all.map(each => occurrencesOf(each, horizon, context));
    let conflictAt: number | null = null;
    for (let at = horizon.startsAt; at < horizon.endsAt && conflictAt === null; at += QUARTER) {
      const running = lent.flatMap(occurrences => occurrences.filter(each => each.startsAt <= at && at < each.endsAt));
      if (SPACE_CLASSES.some(each => running.reduce((sum, occurrence) => sum + occurrence.quota[each], 0) > shareable[each])) conflictAt = at;
    }

    const conflict = checkQuotaFit(bearers(all), shareable, TODAY, context);

    if (conflictAt !== null) expect(Math.max(conflict!.data!.at as number, horizon.startsAt)).toBe(conflictAt);
    else expect((conflict?.data?.at as number | undefined) ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(horizon.endsAt);
  }), { numRuns: 150 });
});

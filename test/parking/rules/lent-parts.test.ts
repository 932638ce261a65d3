import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isUnpriced, lentParts, pricedByLast } from '../../../src/parking/rules/lent-parts.js';

const tariff = fc.constantFrom('t1', 't2', null);
const lentArbitrary = fc.array(fc.record({ id: fc.nat(4), from: fc.nat(80), length: fc.integer({ min: 1, max: 25 }), tariffId: tariff }), { maxLength: 6 });
const claimedArbitrary = fc.array(fc.record({ gap: fc.nat(10), length: fc.integer({ min: 1, max: 15 }), windowId: fc.constantFrom('c1', 'c2', null), tariffId: tariff }), { maxLength: 3 });

test('every minute of a stay is priced by the window that lent it then, else by the one that lent last, else by the first of the stay', () => {
  fc.assert(fc.property(lentArbitrary, claimedArbitrary, fc.integer({ min: 20, max: 60 }), fc.integer({ min: 1, max: 45 }), (drawn, claims, from, length) => {
    const during = { startsAt: from, endsAt: from + length };
    const lent = drawn.map(({ id, from: startsAt, length: minutes, tariffId }) => ({ windowId: `w${id}`, tariffId, startsAt, endsAt: Math.min(startsAt + minutes, during.endsAt) })).filter(each => each.startsAt < each.endsAt);
    let at = from - 5;
    const claimed = claims.map(({ gap, length: minutes, windowId, tariffId }) => {
      const startsAt = at + gap;
      at = startsAt + minutes;
      return { windowId, tariffId: windowId === null ? null : tariffId, during: { startsAt, endsAt: at } };
    });

    const laid = lentParts(during, claimed, lent);
    const priced = pricedByLast(laid, lent);

    expect(laid.map(part => part.during.startsAt)).toEqual([during.startsAt, ...laid.slice(0, -1).map(part => part.during.endsAt)]);
    expect(laid.at(-1)!.during.endsAt).toBe(during.endsAt);
    expect(priced.map(({ windowId, during: same }) => ({ windowId, same }))).toEqual(laid.map(({ windowId, during: same }) => ({ windowId, same })));
    const partAt = (minute: number) => priced.find(part => part.during.startsAt <= minute && minute < part.during.endsAt);
    const lendersAt = (minute: number) => lent.filter(each => each.startsAt <= minute && minute < each.endsAt);
    /** The tariffs that a minute was lent by, of those that ask a price: of the stay itself its part's comes first. */
    const tariffsAt = (minute: number): readonly string[] => {
      const part = partAt(minute);
      const own = part && part.windowId !== null ? part.tariffId : null;
      return own !== null ? [own] : lendersAt(minute).flatMap(each => each.tariffId ?? []);
    };
    for (let minute = during.startsAt; minute < during.endsAt; minute++) {
      const part = partAt(minute)!;
      const claim = claimed.find(each => each.windowId !== null && each.during.startsAt <= minute && minute < each.during.endsAt);
      if (claim) {
        expect([part.windowId, part.tariffId]).toEqual([claim.windowId, claim.tariffId]);
      } else if (lendersAt(minute).length > 0) {
        expect(lendersAt(minute).map(each => `${each.windowId} ${each.tariffId}`)).toContain(`${part.windowId} ${part.tariffId}`);
      } else {
        expect(part.windowId).toBeNull();
        let before = minute - 1;
        while (before >= 0 && tariffsAt(before).length === 0) before -= 1;
        let after = minute + 1;
        while (after < during.endsAt && tariffsAt(after).length === 0) after += 1;
        const wanted = before >= 0 ? tariffsAt(before) : after < during.endsAt ? tariffsAt(after) : [];
        expect(isUnpriced(part)).toBe(wanted.length === 0);
        if (part.tariffId !== null) expect(wanted).toContain(part.tariffId);
      }
    }
  }), { numRuns: 500 });
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_TERMS } from '../../../src/parking/rules/booking-terms.js';
import { changeCost, dearerChangeProblem, borneOfNoShow, relocationsOf, stillBorne, type Relocated } from '../../../src/parking/rules/change-cost.js';

const HOUR = 3_600_000;
const before = { claimId: 'c', facilityId: 'f', spaceClass: 'STANDARD', spaceId: null, spaces: 1, startsAt: 10 * HOUR, endsAt: 12 * HOUR, amountFen: 600, terms: DEFAULT_TERMS };
const shorter = { ...before, endsAt: 11 * HOUR, priceFen: 300 };
const moved = (differs: Partial<Relocated> = {}): Relocated => ({ id: 'r', claimId: 'was', state: 'MOVED', movedToFacilityId: 'f', supplierFen: 400, ...differs });

test('giving up late what was promised costs what cancelling late costs; in time, or giving up nothing, it costs nothing', () => {
  const [inTime, late] = [9.5 * HOUR, 9.5 * HOUR + 1];

  expect([inTime, late].map(now => changeCost(before, shorter, [], now).changeFeeFen)).toEqual([0, 120]);
  expect(changeCost(before, { ...before, endsAt: 13 * HOUR, priceFen: 900 }, [], late)).toEqual({ changeFeeFen: 0, supplierFen: 0 });
});

test('P9: what is being taken back, or was moved, is changed without a fee', () => {
  const late = 9.9 * HOUR;

  expect(changeCost(before, shorter, [moved({ claimId: 'c', state: 'PENDING', movedToFacilityId: null, supplierFen: null })], late).changeFeeFen).toBe(0);
  expect(changeCost(before, shorter, [moved()], late).changeFeeFen).toBe(0);
  expect(changeCost(before, shorter, [moved({ state: 'LAPSED', movedToFacilityId: null, supplierFen: null })], late).changeFeeFen).toBe(120);
});

test('where it was moved the supplier goes on bearing its part; a driver that goes elsewhere pays what it costs there', () => {
  const there = (priceFen: number, facilityId = 'f') => changeCost(before, { ...before, facilityId, priceFen }, [moved()], 0).supplierFen;

  expect([there(1_500), there(1_000), there(500), there(0)]).toEqual([400, 400, 200, 0]);
  expect(there(1_600, 'elsewhere')).toBe(0);
  expect(relocationsOf({ facilityId: 'f' }, [moved({ id: 'lapsed', state: 'LAPSED' }), moved({ id: 'newest' }), moved({ id: 'within' }), moved({ movedToFacilityId: 'g' }), moved({ id: 'oldest' })]).map(each => each.id)).toEqual(['newest', 'within']);
  expect(relocationsOf({ facilityId: 'chosen' }, [moved()])).toEqual([]);
});

test('P9: where nobody came, what not coming costs at the whole price is borne, less the driver’s part of it', () => {
  const borne = (percent: number, fen: number) => borneOfNoShow({ ...before, terms: { ...DEFAULT_TERMS, noShowFee: { percent, fen } } }, 400);

  expect([borne(100, 0), borne(50, 0), borne(33, 0), borne(0, 0), borne(0, 500), borne(50, 500)]).toEqual([400, 200, 132, 0, 0, 200]);
  fc.assert(fc.property(fc.nat(1_000_000), fc.nat(1_000_000), fc.nat(100), (amountFen, borneFen, percent) => {
    const found = borneOfNoShow({ ...before, amountFen, terms: { ...DEFAULT_TERMS, noShowFee: { percent, fen: 0 } } }, borneFen);
    expect(found >= 0 && found <= borneFen).toBe(true);
  }));
});

test('what the supplier bears and what the driver owes are the price, none of them below 0; a dearer stay never costs the driver less', () => {
  const fen = fc.integer({ min: 0, max: 1_000_000 });
  fc.assert(fc.property(fen, fen, fen, fen, (agreedFen, borneFen, priceFen, moreFen) => {
    const borne = stillBorne({ agreedFen, borneFen }, priceFen);
    const borneOfMore = stillBorne({ agreedFen, borneFen }, priceFen + moreFen);

    expect(borne >= 0 && borne <= Math.min(borneFen, priceFen)).toBe(true);
    expect(priceFen + moreFen - borneOfMore).toBeGreaterThanOrEqual(priceFen - borne);
    if (priceFen === agreedFen + borneFen) expect(priceFen - borne).toBe(agreedFen);
  }));
});

test('no change costs more than was quoted: a fee that has grown, or a part that is borne no more, is refused with the sums', () => {
  const quoted = { changeFeeFen: 100, supplierFen: 400 };

  expect(dearerChangeProblem(quoted, { changeFeeFen: 160, supplierFen: 400 })).toMatchObject({ code: 'CHANGE_COSTS_MORE', field: 'quoteId', data: { quotedFeeFen: 100, feeFen: 160, moreFen: 60 } });
  expect(dearerChangeProblem(quoted, { changeFeeFen: 100, supplierFen: 0 })).toMatchObject({ code: 'CHANGE_COSTS_MORE', data: { moreFen: 400 } });
  expect([{ ...quoted }, { changeFeeFen: 0, supplierFen: 400 }, { changeFeeFen: 150, supplierFen: 450 }].map(now => dearerChangeProblem(quoted, now))).toEqual([null, null, null]);
});

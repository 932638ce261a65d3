import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import '../support/property-seed.js';
import { checkRevenueRule, payeesOf, revenueKindOf, splitRefund, splitRevenue, WHOLE, type RevenueSource } from '../../src/billing/rules/split-revenue.js';

const shop: RevenueSource = { facilityId: 'fac', category: 'COMMERCIAL', ownership: 'ENTERPRISE', earnsForTreasury: false, ownerId: 'owner', managerId: null, operatorId: 'operator', rule: null };
const weights = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 10 }).map(parts => parts.map(basisPoints => ({ basisPoints })));
const amounts = fc.integer({ min: 1, max: 1_000_000_000_000 });
const sum = (parts: readonly number[]): number => parts.reduce((total, part) => total + part, 0);

test('no fen is lost: the parts of any amount sum to it, none is below zero, and each is within a fen of its share', () => {
  fc.assert(fc.property(amounts, weights, (amountFen, shares) => {
    const parts = splitRevenue(amountFen, shares);
    const total = BigInt(sum(shares.map(share => share.basisPoints)));

    expect(sum(parts)).toBe(amountFen);
    parts.forEach((part, index) => {
      const off = BigInt(part) * total - BigInt(amountFen) * BigInt(shares[index]!.basisPoints);
      expect(part >= 0 && off < total && off > -total).toBe(true);
    });
  }));
});

test('refunds, one after another: nobody gives back more than is left of its part, and all of it leaves nothing', () => {
  fc.assert(fc.property(amounts, weights, fc.array(amounts, { maxLength: 8 }), (amountFen, shares, asked) => {
    let left = splitRevenue(amountFen, shares);
    for (const wanted of [...asked, Number.MAX_SAFE_INTEGER]) {
      const refundFen = Math.min(wanted, sum(left));
      if (refundFen === 0) continue;
      const parts = splitRefund(refundFen, left);
      expect(sum(parts)).toBe(refundFen);
      left = left.map((part, index) => part - parts[index]!);
      expect(left.every(part => part >= 0)).toBe(true);
    }
    expect(sum(left)).toBe(0);
  }));
});

test('what earns for the treasury goes there undivided, whatever rule anybody wrote down', () => {
  const rule = { kind: 'AGREED' as const, shares: [{ role: 'OPERATOR' as const, partyId: null, basisPoints: WHOLE }] };
  const agency = { ...shop, earnsForTreasury: true, rule };

  expect(revenueKindOf(agency)).toBe('TREASURY');
  expect(payeesOf(agency)).toEqual([{ account: 'TREASURY', partyId: 'owner', facilityId: null, basisPoints: WHOLE }]);
});

test('jointly owned residential space shares costs, though a rule says otherwise', () => {
  const estate = { ...shop, category: 'RESIDENTIAL', ownership: 'JOINT' };

  expect(payeesOf(estate)).toEqual([{ account: 'COST_SHARING', partyId: 'owner', facilityId: 'fac', basisPoints: WHOLE }]);
  expect(revenueKindOf({ ...estate, rule: { kind: 'AGREED', shares: [] } })).toBe('COST_SHARING');
});

test('an agreed split pays each role’s party; a party of two roles gets one part; what has no party yet is kept for the facility', () => {
  const shares = [
    { role: 'OWNER' as const, partyId: null, basisPoints: 6_000 },
    { role: 'OPERATOR' as const, partyId: null, basisPoints: 2_000 },
    { role: 'MANAGER' as const, partyId: null, basisPoints: 1_500 },
    { role: 'PLATFORM' as const, partyId: 'owner', basisPoints: 500 },
  ];

  expect(payeesOf({ ...shop, rule: { kind: 'AGREED', shares } })).toEqual([
    { account: 'PAYABLE', partyId: 'owner', facilityId: null, basisPoints: 6_500 },
    { account: 'PAYABLE', partyId: 'operator', facilityId: null, basisPoints: 2_000 },
    { account: 'PAYABLE', partyId: null, facilityId: 'fac', basisPoints: 1_500 },
  ]);
});

test('a rule whose shares are not the whole is refused with their sum', () => {
  const rule = { shares: [{ role: 'OWNER' as const, partyId: null, basisPoints: 9_999 }, { role: 'PLATFORM' as const, partyId: null, basisPoints: 0 }], legalBasis: ' ', validFrom: 5, validUntil: 5 };

  expect(checkRevenueRule(rule).map(({ code, field }) => [code, field])).toEqual([
    ['SHARES_NOT_WHOLE', 'shares'], ['SHARE_EMPTY', 'shares[1].basisPoints'], ['PLATFORM_PARTY_MISSING', 'shares[1].partyId'], ['LEGAL_BASIS_MISSING', 'legalBasis'], ['INTERVAL_EMPTY', 'validUntil'],
  ]);
});

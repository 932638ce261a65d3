import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { spaceLedger } from '../../../src/availability/rules/space-ledger.js';
import '../../support/property-seed.js';

const zone = fc.record({ total: fc.nat(20), shareable: fc.nat(20), outOfService: fc.nat(20), lent: fc.nat(20), held: fc.nat(6), booked: fc.nat(12) })
  .map(each => ({ ...each, shareable: Math.min(each.shareable, each.total), outOfService: Math.min(each.outOfService, each.total) }));

test('the ledger adds up exactly, and no part of it is below zero', () => {
  fc.assert(fc.property(fc.array(zone, { maxLength: 4 }), zones => {
    const ledger = spaceLedger(zones);

    expect(ledger.protected + ledger.shared + ledger.walkIn + ledger.outOfService + ledger.held + ledger.booked - ledger.missing).toBe(ledger.total);
    expect(Object.values(ledger).every(spaces => spaces >= 0)).toBe(true);
  }), { numRuns: 2_000 });
});

test('20 spaces, 15 to share, 2 out of service, 10 lent, 4 booked', () => {
  expect(spaceLedger([{ total: 20, shareable: 15, outOfService: 2, lent: 10, held: 0, booked: 4 }])).toEqual({ total: 20, protected: 5, shared: 6, walkIn: 3, outOfService: 2, held: 0, booked: 4, missing: 0 });
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Draw } from '../../../src/demo/rules/draw.js';
import { drawWindows } from '../../../src/demo/rules/lending.js';
import { drawFacilities } from '../../../src/demo/rules/stock.js';

test('the same seed draws the same city, another seed another one', () => {
  expect(drawFacilities(new Draw(2022))).toEqual(drawFacilities(new Draw(2022)));
  expect(drawFacilities(new Draw(2023))).not.toEqual(drawFacilities(new Draw(2022)));
});

test('whatever the seed: 300 facilities with names of their own, lending no more than they may share', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 2_147_483_647 }), seed => {
    const draw = new Draw(seed);
    const drafts = drawFacilities(draw).map(({ draft }) => draft);

    expect(new Set(drafts.map(({ name }) => name)).size).toBe(300);
    for (const draft of drafts) {
      for (const { zone, terms } of drawWindows(draw, draft)) {
        const capacity = draft.zones.find(({ code }) => zone != null && 'code' in zone && code === zone.code)!.capacity!;
        for (const { spaceClass, shareable } of capacity) expect(terms.quota[spaceClass]).toBeLessThanOrEqual(shareable!);
      }
    }
  }), { numRuns: 20 });
});

import { expect, test } from '@jest/globals';
import { drawBytes } from '../../src/platform/random-bytes.js';

test('G26: no bytes are drawn twice, nor does a later draw change what was drawn before', () => {
  const drawn = Array.from({ length: 2_000 }, (_, nth) => drawBytes(8 + (nth % 9)));
  const texts = drawn.map(bytes => Buffer.from(bytes).toString('hex'));

  expect(drawn.map(bytes => bytes.length)).toEqual(drawn.map((_, nth) => 8 + (nth % 9)));
  expect(new Set(texts.map(text => text.slice(0, 16))).size).toBe(2_000);
  expect(drawn.map(bytes => Buffer.from(bytes).toString('hex'))).toEqual(texts);
});

test('as many as the pool holds are drawn whole, and more are refused', () => {
  drawBytes(10);
  expect(drawBytes(4_096).filter(byte => byte !== 0).length).toBeGreaterThan(3_900);
  expect(() => drawBytes(4_097)).toThrow('at most 4096 bytes');
});

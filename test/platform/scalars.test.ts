import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InstantScalar, LocalTimeScalar, formatInstant } from '../../src/platform/graphql/index.js';

test('an instant is written with +08:00 and read back as itself, whatever it is', () => {
  fc.assert(fc.property(fc.integer({ min: -62_135_000_000_000, max: 253_402_000_000_000 }), instant => {
    const text = formatInstant(instant);

    expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?\+08:00$/);
    expect(InstantScalar.parseValue(text)).toBe(instant);
  }));
  expect(formatInstant(Date.parse('2026-02-13T10:00:00Z'))).toBe('2026-02-13T18:00:00+08:00');
  expect(formatInstant(new Date('2026-02-13T16:00:00.5Z'))).toBe('2026-02-14T00:00:00.500+08:00');
});

test.each(['2026-02-13T18:00:00', '2026-02-13 18:00:00+08:00', '2026-02-30T18:00:00+08:00', '2026-02-13T25:00:00+08:00', '2026-02-13T18:00+08:00', '2026-02-13T18:00:00+08:00[Asia/Shanghai]', '', 1_770_000_000_000])('T12: the naive or impossible instant %s is refused', value => {
  expect(() => InstantScalar.parseValue(value)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
});

test('T4: 24:00 is the end of a day, 24:01 is none', () => {
  expect(LocalTimeScalar.parseValue('24:00')).toBe(1_440);
  expect(LocalTimeScalar.serialize(1_440)).toBe('24:00');
  expect(() => LocalTimeScalar.parseValue('24:01')).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
});

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { RETENTION, keptSince } from '../../src/platform/index.js';

test('README says of everything that is forgotten how long it is kept', () => {
  const readme = readFileSync('README.md', 'utf8');
  const told = [...readme.matchAll(/^\| (\d+) \| (.+) · (.+) \|$/gm)].map(([, days, zh, en]) => ({ days: Number(days), zh, en }));

  expect(told).toEqual(Object.values(RETENTION));
});

test('network records are kept for six calendar months, whichever these are', () => {
  const longest = Math.max(...Array.from({ length: 48 }, (_, month) => {
    const from = Temporal.PlainDate.from('2024-01-01').add({ months: month });
    return from.until(from.add({ months: 6 }), { largestUnit: 'day' }).days;
  }));

  expect(longest).toBe(184);
  expect(RETENTION.reports.days).toBeGreaterThan(longest);
  expect(keptSince('reports', Date.parse('2026-07-05T00:00:00Z'))).toBe(Date.parse('2026-01-01T00:00:00Z'));
});

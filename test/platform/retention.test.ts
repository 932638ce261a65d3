import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { RETENTION, forgetAnnouncements, forgetOldKeys, keptSince, type Database } from '../../src/platform/index.js';
import { openTestDatabase } from '../support/database.js';

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
});

afterAll(() => database.close());

const NOW = Date.parse('2026-07-05T00:00:00Z');

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

test('announcements and keys go a bounded number at a time, the oldest first, and none before its day', async () => {
  // Three are older than they are kept, one is as old, and one is younger.
  const daysAgo = (least: number) => [3, 2, 1, 0, -1].map(beyond => NOW - (least + beyond) * 86_400_000);
  for (const [nth, at] of daysAgo(30).entries()) await database.query(`insert into outbox_event (id, topic, payload, announced_at) values ($1, 'told', '{}', to_timestamp($2 / 1000.0))`, [`obx_${String(nth).padStart(26, '0')}`, at]);
  for (const [nth, at] of daysAgo(3).entries()) await database.query(`insert into idempotency_record (actor_id, operation, key, input_hash, answer, created_at) values ('somebody', 'operation', $1, '\\x00', '{}', to_timestamp($2 / 1000.0))`, [`key ${nth}`, at]);
  const left = async (): Promise<unknown> => (await database.query(`select (select array_agg(right(id, 1) order by position) from outbox_event) as told, (select array_agg(key order by key) from idempotency_record) as keys`))[0];

  expect([await forgetAnnouncements(database, NOW, 2), await forgetOldKeys(database, NOW, 2)]).toEqual([2, 2]);
  expect(await left()).toEqual({ told: ['2', '3', '4'], keys: ['key 2', 'key 3', 'key 4'] });

  expect([await forgetAnnouncements(database, NOW), await forgetOldKeys(database, NOW)]).toEqual([1, 1]);
  expect(await left()).toEqual({ told: ['3', '4'], keys: ['key 3', 'key 4'] });
  expect([await forgetAnnouncements(database, NOW), await forgetOldKeys(database, NOW)]).toEqual([0, 0]);
});

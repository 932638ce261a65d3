import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoStarter, loadDemoCity, type DemoSummary } from '../../src/demo/index.js';
import { readConfiguration, type Database, type Services } from '../../src/platform/index.js';
import { rooms } from '../../src/server/rooms.js';
import { openTestDatabase } from '../support/database.js';
import { testServices } from '../support/scope.js';

let database: Database;
let services: Services;
let folder: string;
let summary: DemoSummary;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chaowei-demo-'));
  database = await openTestDatabase(rooms.flatMap(room => room.entities));
  services = testServices(database, { configuration: readConfiguration({ DATA_FOLDER: folder, DEMO_CITY: 'true' }) });
  summary = await loadDemoCity(services, { seed: 2022 });
});

afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

test('the demo city stands: 300 facilities, and every one that is open lends', async () => {
  expect(summary).toEqual({ isNew: true, jurisdictions: 189, parties: 170, facilities: 300, windows: expect.any(Number), keyPlaces: 10, hubs: 4 });

  const [open] = await database.query<{ open: number; lending: number }>(
    `select count(*)::int as open, count(*) filter (where jsonb_array_length(windows) > 0)::int as lending from facility_search where status = 'OPEN'`,
  );
  expect(open!.lending).toBe(open!.open);
});

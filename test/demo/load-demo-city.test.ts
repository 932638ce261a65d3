import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoStarter, loadDemoCity, type DemoSummary } from '../../src/demo/index.js';
import { authenticate } from '../../src/identity/index.js';
import { readConfiguration, type Database, type Services } from '../../src/platform/index.js';
import { rooms } from '../../src/server/rooms.js';
import { assembleSchema } from '../../src/server/schema.js';
import { graphql } from 'graphql';
import { openTestDatabase } from '../support/database.js';
import { anonymous, scopeOf, testServices } from '../support/scope.js';

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

const rows = <Row extends object>(sql: string): Promise<Row[]> => database.query<Row>(sql);

test('the city has 300 facilities of all six categories, and every open one lends', async () => {
  expect(summary).toEqual({ isNew: true, jurisdictions: 189, parties: 170, facilities: 300, windows: 498, keyPlaces: 10, hubs: 4 });

  expect(await rows(`select category, count(*)::int as count from facility group by category order by category`)).toEqual([
    { category: 'COMMERCIAL', count: 50 },
    { category: 'INSTITUTION', count: 60 },
    { category: 'KEY_AREA_PUBLIC', count: 50 },
    { category: 'PRIVATE_SPACE', count: 30 },
    { category: 'RESIDENTIAL', count: 55 },
    { category: 'SOCIAL_PUBLIC', count: 55 },
  ]);
  expect(await rows(`select facility_id from facility_search where (status = 'OPEN') <> (jsonb_array_length(windows) > 0)`)).toEqual([]);
});

test('what is lent has a price that its category would ask: after closing one for the night, public car parks by blocks, residents free', async () => {
  const priced = await rows(
    `select f.category, count(*)::int as windows, count(w.terms ->> 'tariffId')::int as priced, array_agg(distinct p.band -> 'price' ->> 'kind' order by p.band -> 'price' ->> 'kind') filter (where p.band is not null) as kinds
     from sharing_window w join facility f on f.id = w.facility_id
     left join tariff_terms v on v.tariff_id = w.terms ->> 'tariffId' left join lateral (select v.terms -> 'bands' -> 0 as band) p on true
     group by f.category order by f.category`,
  );

  expect(priced).toEqual([
    { category: 'COMMERCIAL', windows: 133, priced: 133, kinds: ['FLAT_AFTER_CLOSING', 'PER_BLOCK', 'PER_ENTRY'] },
    { category: 'INSTITUTION', windows: 60, priced: 30, kinds: ['PER_ENTRY'] },
    { category: 'KEY_AREA_PUBLIC', windows: 68, priced: 68, kinds: ['PER_BLOCK'] },
    { category: 'PRIVATE_SPACE', windows: 30, priced: 30, kinds: ['PER_HOUR'] },
    { category: 'RESIDENTIAL', windows: 135, priced: 83, kinds: ['PER_HOUR'] },
    { category: 'SOCIAL_PUBLIC', windows: 72, priced: 51, kinds: ['PER_BLOCK'] },
  ]);
  expect(await rows(`select t.id from tariff t left join sharing_window w on w.terms ->> 'tariffId' = t.id where w.facility_id is distinct from t.facility_id`)).toEqual([]);
  expect(await rows(`select w.id from sharing_window w where w.audience = 'RESIDENTS' and w.terms ->> 'tariffId' is not null`)).toEqual([]);
});

test('whatever shows of it says that it is synthetic', async () => {
  expect(await rows(`select name from facility where not is_synthetic or name !~ '（演示）$'`)).toEqual([]);
  expect(await rows(`select name from key_place where not is_synthetic or name !~ '（演示）$'`)).toEqual([]);
  expect(await rows(`select name from hub where not is_synthetic or name !~ '（演示）$'`)).toEqual([]);
  expect(await rows(`select name from party where name is not null and name !~ '（演示）$'`)).toEqual([]);
  expect(await rows(`select name from sharing_window where name !~ '（演示）$'`)).toEqual([]);
  expect(await rows(`select name from shuttle_service where name !~ '（演示）$'`)).toEqual([]);
});

test('G8: a development zone reports for its sub-districts, and the units add up to the city', async () => {
  const members = await rows<{ zone: string; members: string[] }>(
    `select u.code as zone, array_agg(d.code order by d.code) as members from reporting_unit_member m join jurisdiction u on u.id = m.reporting_unit_id join jurisdiction d on d.id = m.id group by u.code order by u.code`,
  );
  const [counted] = await rows<{ city: number; byUnit: number; inZones: number }>(
    `select count(*)::int as city, count(*) filter (where u.is_reporting_unit)::int as "byUnit", count(*) filter (where u.kind = 'DEVELOPMENT_ZONE')::int as "inZones"
     from facility f join jurisdiction u on u.id = f.reporting_unit_id`,
  );

  expect(members).toEqual([
    { zone: 'QZ-ETDZ', members: ['350502400'] },
    { zone: 'QZ-TIZ', members: ['350521104', '350521105', '350521106', '350521200'] },
  ]);
  expect(counted!.byUnit).toBe(counted!.city);
  expect(counted!.inZones).toBe(counted!.city - (await rows(`select f.id from facility f join jurisdiction u on u.id = f.reporting_unit_id where u.kind in ('DISTRICT', 'COUNTY')`)).length);
});

test('loading it again changes nothing, not even with another seed', async () => {
  const audited = `select count(*)::int as count from audit_entry`;
  const before = await rows(audited);

  expect(await loadDemoCity(services, { seed: 7 })).toEqual({ isNew: false, jurisdictions: 0, parties: 0, facilities: 0, windows: 0, keyPlaces: 0, hubs: 0 });
  expect(await rows(audited)).toEqual(before);
});

test('two starters at once load one city', async () => {
  const empty = await openTestDatabase(rooms.flatMap(room => room.entities));
  try {
    const two = await Promise.all([1, 2].map(() => loadDemoCity(testServices(empty), { seed: 2022 })));

    expect(two.filter(({ isNew }) => isNew)).toEqual([summary]);
    expect(await empty.query(`select count(*)::int as count from facility`)).toEqual([{ count: 300 }]);
    // And it is the same city: the seed decides, not the hour.
    const told = `select code, name, longitude, latitude, category from facility order by code`;
    expect(await empty.query(told)).toEqual(await database.query(told));
  } finally {
    await empty.close();
  }
});

test('the start prints a query with a key that works, and the same key at the next start', async () => {
  const [, keyLine, tryLine] = await demoStarter(services);
  const key = keyLine!.trim().split(/\s+/).at(-1)!;

  expect(await authenticate(services, key)).toMatchObject({ kind: 'API_KEY', limitClass: 'KEY' });
  expect(tryLine).toContain(`Bearer ${key}`);
  expect(statSync(join(folder, 'demo-keys.json')).mode & 0o777).toBe(0o600);
  expect((await demoStarter(services))[1]).toBe(keyLine);
});

test('3.2-8: the partner app may sign up, book and pay, and one operator’s key works its gates', async () => {
  const printed = await demoStarter(services);
  const keyOf = (word: string): string => printed.find(line => line.includes(word))!.trim().split(/\s+/).at(-1)!;
  const [partner, gate] = [await authenticate(services, keyOf('密钥 key')), await authenticate(services, keyOf('道闸 gate'))];

  const actions = ({ grants }: typeof partner) => grants.map(({ action }) => action);
  expect(actions(partner)).toEqual(expect.arrayContaining(['driver:sign-up', 'driver:leave', 'reservation:write', 'payment:pay', 'charge:read', 'notice:read']));
  expect(actions(gate)).toEqual(['gate:operate', 'session:read', 'reservation:read', 'charge:read', 'facility:read', 'occupancy:report', 'key:rotate']);
  expect(gate.partyIds).not.toEqual(partner.partyIds);
  expect(printed.filter(line => line.includes('codeUrl'))).toHaveLength(1);
});

test('a key of an earlier version, which may do less, is replaced by one that may do what the start shows', async () => {
  const path = join(folder, 'demo-keys.json');
  const kept = JSON.parse(readFileSync(path, 'utf8')) as { partner: string; gate: string; reporters: Record<string, string> };
  writeFileSync(path, JSON.stringify({ partner: kept.reporters['OPR-1'], reporters: kept.reporters }));
  await demoStarter(services);

  const renewed = JSON.parse(readFileSync(path, 'utf8')) as typeof kept;
  expect([renewed.partner === kept.reporters['OPR-1'], renewed.gate === kept.gate]).toEqual([false, false]);
});

test('everybody who reports gets a key that may report, read what became of it, and nothing else', async () => {
  const { reporters } = JSON.parse(readFileSync(join(folder, 'demo-keys.json'), 'utf8')) as { reporters: Record<string, string> };
  const viewer = await authenticate(services, reporters['OPR-1']!);

  expect(Object.keys(reporters)).toHaveLength(56);
  expect(viewer.grants.map(({ action }) => action)).toEqual(['occupancy:report', 'occupancy:read', 'key:rotate']);
  expect(viewer.partyIds).toHaveLength(1);
});

test('a key that the database does not know is replaced, and so is a broken file', async () => {
  const path = join(folder, 'demo-keys.json');
  writeFileSync(path, JSON.stringify({ partner: `chw_live_${'0'.repeat(49)}` }));
  const [, unknownReplaced] = await demoStarter(services);
  writeFileSync(path, '{"partner": "chw');
  const [, brokenReplaced] = await demoStarter(services);

  expect(unknownReplaced).toMatch(/chw_live_[0-9A-Za-z]{49}$/);
  expect(brokenReplaced).not.toBe(unknownReplaced);
  const kept = JSON.parse(readFileSync(path, 'utf8')) as { partner: string; reporters: Record<string, string> };
  expect([kept.partner, Object.keys(kept.reporters).length]).toEqual([brokenReplaced!.trim().split(/\s+/).at(-1), 56]);
});

test.each(['03:00', '10:30', '15:00', '22:10', '23:59'])('the printed query finds facilities round the bell tower at %s', async time => {
  const [, , tryLine] = await demoStarter(services);
  const { query } = JSON.parse(/-d '(.*)'$/.exec(tryLine!)![1]!) as { query: string };
  const during = `during: {startsAt: "2026-02-14T${time}:00+08:00", endsAt: "2026-02-14T${time}:30+08:00"}`;

  const answer = await graphql({ schema: assembleSchema(rooms), source: query.replace('first: 3', `first: 3, ${during}`), contextValue: scopeOf(services, anonymous) });

  expect(answer.errors).toBeUndefined();
  expect((answer.data as { nearbyFacilities: { edges: unknown[] } }).nearbyFacilities.edges).toHaveLength(3);
});

test('without the configuration asking for it nothing is loaded', async () => {
  const quiet = testServices(database, { configuration: readConfiguration({ DATA_FOLDER: folder, DEMO_CITY: 'false' }) });

  expect(await demoStarter(quiet)).toEqual([]);
});

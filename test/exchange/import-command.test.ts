import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database, Services } from '../../src/platform/index.js';
import { identityRoom, registerParty } from '../../src/identity/index.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { importCommand } from '../../src/exchange/index.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';
import { HEADING, facility, registerQuanzhou, table } from './register.js';

let database: Database;
let services: Services;
const folder = mkdtempSync(join(tmpdir(), 'chaowei-command-'));

beforeAll(async () => {
  database = await openTestDatabase([...identityRoom.entities, ...facilitiesRoom.entities]);
  services = testServices(database);
  await registerQuanzhou(scopeOf(services));
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

async function run(kind: string, content: string, flags: Record<string, string | boolean> = {}): Promise<Ran> {
  const file = join(folder, 'file.csv');
  writeFileSync(file, content);
  return runOn(kind, file, flags);
}

interface Ran {
  readonly code: number;
  readonly out: readonly string[];
  readonly told: readonly string[];
  readonly complaints: readonly string[];
}

async function runOn(kind: string, file: string, flags: Record<string, string | boolean> = {}): Promise<Ran> {
  const out: string[] = [];
  const told: string[] = [];
  const complaints: string[] = [];
  const code = await importCommand(line => void told.push(line)).run({ write: line => void out.push(line), complain: line => void complaints.push(line), services: async () => services }, [kind, file], flags);
  return { code, out, told, complaints };
}

const DECLARED = { source: 'command', city: '350500', crs: 'WGS84', 'observed-on': '2026-01-31' };

test('a sound file is written: exit code 0, counts on standard output, progress beside it', async () => {
  const { code, out, told } = await run('facilities', table(HEADING, facility('A')), DECLARED);

  expect(code).toBe(0);
  expect(out[0]).toBe('已全部写入 / all is written');
  expect(out[2]).toBe('  文件 file     CSV, UTF-8；1 行 rows');
  expect(told).toHaveLength(1);
});

test('the same file again says that nothing changed', async () => {
  const { code, out } = await run('facilities', table(HEADING, facility('A')), DECLARED);

  expect([code, out[0]]).toEqual([0, '没有变化：1 条与现有数据相同 / nothing changed: 1 are as they stand']);
});

test('a refused row is exit code 1, and is told of in both languages with its place', async () => {
  const { code, out } = await run('facilities', table(HEADING, facility('B', { standardSpaces: '许多' })), DECLARED);

  expect([code, out[0]]).toEqual([1, '已拒绝，什么也没有写入 / refused, nothing was written']);
  expect(out.slice(4)).toEqual(['  ✗ 第 2 行 row 2 · standardSpaces · “许多” NOT_A_NUMBER', '      “许多”不是数字', "      '许多' is no number"]);
});

test('as JSON the report is what the API answers', async () => {
  const { code, out } = await run('facilities', table(HEADING, facility('C')), { ...DECLARED, json: true, 'dry-run': true });

  expect([code, JSON.parse(out.join('')).dryRun, JSON.parse(out.join('')).created]).toEqual([0, true, 1]);
});

test('a walking network needs no day, and is told by its ways', async () => {
  const ways = JSON.stringify({ type: 'FeatureCollection', features: [{ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [[118.6, 24.9], [118.601, 24.9]] } }] });
  const declared = { source: 'osm', city: '350500', crs: 'WGS84' };
  const { code, out } = await run('walk-network', ways, declared);
  const table = await run('walk-network', 'lengthMetres\n100\n', declared);

  expect([code, out[0], out[2]]).toEqual([0, '已全部写入 / all is written', '  文件 file     GEOJSON, UTF-8；1 行 rows']);
  expect([table.code, table.out.slice(4)]).toEqual([1, ['  ✗  FORMAT_NOT_TAKEN', '      walk-network 只接受 GEOJSON，此文件为 CSV', '      a walk-network is taken from GEOJSON alone, and this file is CSV']]);
});

test('what is misused is exit code 2, and what is not declared is told before anything is begun', async () => {
  expect((await run('spaces', '')).code).toBe(2);
  expect((await run('facilities', '', { ...DECLARED, mode: 'SOME' })).code).toBe(2);
  expect((await run('facilities', '', { ...DECLARED, as: 'somebody' })).code).toBe(2);
  const undeclared = await run('facilities', table(HEADING, facility('D')), { source: 'command', city: '350500', 'observed-on': '2026-01-31' });
  expect([undeclared.code, undeclared.out, undeclared.complaints[0]!.startsWith('CRS_UNDECLARED: ')]).toEqual([1, [], true]);
});

test('a heading without rows is said to be one', async () => {
  const { code, out } = await run('facilities', `${HEADING}\n`, DECLARED);

  expect([code, out[0]]).toEqual([0, '文件只有表头，没有数据行：什么也没有写入 / the file has a heading and no rows: nothing was written']);
});

test('a file or a mapping that is not there, or is a folder, is told in words with exit code 2', async () => {
  const nowhere = join(folder, 'nowhere.csv');
  const here = join(folder, 'here.csv');
  writeFileSync(here, table(HEADING, facility('D')));
  const runs = 'select count(*)::int as runs from import_run';
  const before = await database.query(runs);

  const absent = await runOn('facilities', nowhere, DECLARED);
  const directory = await runOn('facilities', folder, DECLARED);
  const mapping = await runOn('facilities', here, { ...DECLARED, mapping: nowhere });

  expect([absent.code, absent.out, absent.complaints]).toEqual([2, [], [`没有文件 ${nowhere} / there is no file ${nowhere}`]]);
  expect([directory.code, directory.complaints]).toEqual([2, [`${folder} 是目录，须为文件 / ${folder} is a folder, where a file is needed`]]);
  expect([mapping.code, mapping.complaints]).toEqual([2, [`没有文件 ${nowhere} / there is no file ${nowhere}`]]);
  expect(await database.query(runs)).toEqual(before);
});

test('--as gives the rights of a party: its own facilities, and nobody else’s', async () => {
  const party = await registerParty(scopeOf(services), { kind: 'ENTERPRISE', name: '刺桐停车', source: 'command', code: 'CT', jurisdictionCode: '350503' });
  const partyId = party.ok ? party.value.partyId : '';
  const { code, out } = await run('facilities', table(`${HEADING},ownerCode`, `${facility('E')},CT`, `${facility('F')},`), { ...DECLARED, as: partyId, mode: 'VALID_ROWS' });

  expect([code, out.filter(line => line.includes('NOT_ALLOWED'))]).toEqual([0, ['  ✗ 第 3 行 row 3 NOT_ALLOWED（3.6-3）']]);
  expect(await database.query(`select source_code from facility where source = 'command' and owner_party_id = $1`, [partyId])).toEqual([{ source_code: 'E' }]);
});

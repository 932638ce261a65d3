import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrations } from '../../migrations/index.js';
import { migrate, openDatabase, openLog, type Database } from '../../src/platform/index.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { holdRun, lockSource, releaseRun } from '../../src/exchange/import-run.sql.js';
import { openTestDatabase, urlOf } from '../support/database.js';
import { TEST_KEYS, scopeOf, testServices } from '../support/scope.js';
import { reportOf, templateMapping } from './importing.js';
import { HEADING, facility, registerQuanzhou, table } from './register.js';

const ROWS = 2_000;
const folder = mkdtempSync(join(tmpdir(), 'chaowei-crash-'));
const file = join(folder, 'facilities.csv');
let onServer: Database | undefined;
let environment: Record<string, string>;

beforeAll(async () => {
  writeFileSync(file, table(HEADING, ...Array.from({ length: ROWS }, (_, index) => facility(`P${index}`))));
  environment = { DATA_FOLDER: folder, LOG_LEVEL: 'silent' };
  if (process.env.DATABASE_URL) {
    onServer = await openTestDatabase();
    environment = { ...environment, DATABASE_URL: (await urlOf(onServer))!, SEALING_KEYS: TEST_KEYS.sealing.map(({ id, key }) => `${id}:${key}`).join(','), LOOKUP_KEY: TEST_KEYS.lookup };
  }
  await withDatabase(async database => {
    await migrate(database, migrations);
    await registerQuanzhou(scopeOf(testServices(database)));
  });
  // A cluster in a folder is made and migrated here: every suite beside this one may be doing the same.
}, 180_000);

afterAll(async () => {
  await onServer?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The database between two processes: of the embedded back end only one may have it open. */
async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  if (onServer) return work(onServer);
  const database = await openDatabase({ url: null, dataFolder: folder, poolSize: 2, statementMs: 60_000, acquireMs: 10_000, entities: facilitiesRoom.entities, migrations, log: openLog({ level: 'silent' }) });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Imports the file in a process of its own, and kills that the moment it has told of so many batches. */
async function importAndKill(source: string, batches: number): Promise<string | null> {
  const { NODE_OPTIONS: _ours, ...inherited } = process.env;
  const child = spawn(process.execPath, ['dist/src/cli.js', 'import', 'facilities', file, '--source', source, '--city', '350500', '--crs', 'WGS84', '--observed-on', '2026-01-31'], { env: { ...inherited, ...environment }, stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  child.stderr.on('data', chunk => {
    told += chunk;
    if (told.split('\n').filter(line => line.includes('rows/s')).length >= batches) child.kill('SIGKILL');
  });
  return new Promise(resolve => child.once('exit', (_code, signal) => resolve(signal)));
}

test('killed in the middle, an import leaves the old state; its run is found abandoned, and the file can be imported again', async () => {
  const signal = await importAndKill('middle', 2);

  await withDatabase(async database => {
    await settled(database, 'middle');
    expect(signal).toBe('SIGKILL');
    expect(await stateOf(database, 'middle')).toEqual({ facilities: 0, runs: ['RUNNING'], audited: 0 });

    const report = await reportOf(scopeOf(testServices(database)), templateMapping('facilities', { source: 'middle' }), table(HEADING, facility('P0')));

    expect([report.state, report.created]).toEqual(['DONE', 1]);
    expect((await stateOf(database, 'middle')).runs).toEqual(['ABANDONED', 'DONE']);
  });
}, 180_000);

test('killed as it commits, an import leaves the old state or the new one, and its run says which', async () => {
  await importAndKill('end', ROWS / 500);

  await withDatabase(async database => {
    await settled(database, 'end');
    const state = await stateOf(database, 'end');
    const isNew = state.facilities > 0;
    expect(state).toEqual({ facilities: isNew ? ROWS : 0, runs: [isNew ? 'DONE' : 'RUNNING'], audited: isNew ? 1 : 0 });
  });
}, 180_000);

/** Waits until the server has noticed that its client is gone: until then the killed process's locks are held. */
async function settled(database: Database, source: string): Promise<void> {
  await database.transactional((_em, sql) => lockSource(sql, source));
  for (const { id } of await database.query<{ id: string }>(`select id from import_run where state = 'RUNNING'`)) {
    await database.session(async session => {
      await holdRun(session, id);
      await releaseRun(session, id);
    });
  }
}

async function stateOf(database: Database, source: string): Promise<{ facilities: number; runs: readonly string[]; audited: number }> {
  const [row] = await database.query<{ facilities: number; audited: number }>(
    `select (select count(*)::int from facility where source = $1) as facilities,
       (select count(*)::int from audit_entry where action = 'import:run' and object_id in (select id from import_run where source = $1) and details ->> 'sha256' is not null and (details ->> 'rows')::int > 1) as audited`,
    [source],
  );
  const runs = await database.query<{ state: string }>('select state from import_run where source = $1 order by state', [source]);
  return { ...row!, runs: runs.map(run => run.state) };
}

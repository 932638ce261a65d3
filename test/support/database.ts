import { randomBytes } from 'node:crypto';
import type { EntitySchema } from '@mikro-orm/core';
import pg from 'pg';
import { migrations } from '../../migrations/index.js';
import { openDatabase, openLog, type Database } from '../../src/platform/index.js';
import { borrowEmbedded } from './borrowed-cluster.js';

/** A migrated, empty database of this suite alone, on the back end that the environment names. Close it in afterAll. */
export async function openTestDatabase(entities: ReadonlyArray<EntitySchema<any, any, any>> = []): Promise<Database> {
  const log = openLog({ level: 'silent' });
  const common = { dataFolder: null, poolSize: 6, statementMs: 20_000, acquireMs: 10_000, entities, migrations, log };
  if (!process.env.DATABASE_URL) {
    return openDatabase({ ...common, url: null, cluster: await borrowEmbedded() });
  }
  const name = `chaowei_test_${randomBytes(6).toString('hex')}`;
  await withAdmin(admin => admin.query(`create database ${name} template ${process.env.TEST_TEMPLATE} strategy wal_log`));
  const url = new URL(process.env.DATABASE_URL);
  url.pathname = `/${name}`;
  const database = await openDatabase({ ...common, url: url.href });
  return {
    ...database,
    close: async () => {
      await database.close();
      await withAdmin(admin => admin.query(`drop database ${name} with (force)`));
    },
  };
}

/** The URL of a database opened above, for suites that start whole processes on it; null on the embedded back end. */
export async function urlOf(database: Database): Promise<string | null> {
  if (!process.env.DATABASE_URL) return null;
  const [row] = await database.query<{ name: string }>('select current_database() as name');
  const url = new URL(process.env.DATABASE_URL);
  url.pathname = `/${row!.name}`;
  return url.href;
}

async function withAdmin(work: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

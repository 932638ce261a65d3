import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Prepares one migrated database for every suite to copy: a template database on PostgreSQL, a snapshot file for the
 * embedded back end. Both are named by the migrations' content, so that a changed migration makes a new one.
 */
export default async function setup() {
  const { migrations } = await import('../../dist/migrations/index.js');
  const { migrate, openDatabase, openLog } = await import('../../dist/src/platform/index.js');
  const version = createHash('sha256').update(JSON.stringify(migrations.map(m => [m.name, m.class.statements]))).digest('hex').slice(0, 16);
  const common = { dataFolder: null, poolSize: 2, statementMs: 60_000, acquireMs: 10_000, entities: [], migrations, log: openLog({ level: 'silent' }) };

  if (process.env.DATABASE_URL) {
    await prepareTemplate(`chaowei_template_${version}`, common, { migrate, openDatabase }, migrations);
    return;
  }
  const folder = new URL('../../node_modules/.cache/chaowei/', import.meta.url);
  const snapshot = new URL(`cluster-${version}.tar`, folder);
  process.env.TEST_SNAPSHOT = snapshot.pathname;
  if (existsSync(snapshot)) return;
  mkdirSync(folder, { recursive: true });
  for (const old of readdirSync(folder)) if (old.startsWith('cluster-')) rmSync(new URL(old, folder));
  const database = await openDatabase({ ...common, url: null });
  await migrate(database, migrations);
  const tar = await database.dump();
  writeFileSync(snapshot, Buffer.from(await tar.arrayBuffer()));
  await database.close();
}

async function prepareTemplate(name, common, { migrate, openDatabase }, migrations) {
  const { default: pg } = await import('pg');
  const admin = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await admin.connect();
  process.env.TEST_TEMPLATE = name;
  try {
    const { rows } = await admin.query('select 1 from pg_database where datname = $1', [name]);
    if (rows.length > 0) return;
    await admin.query(`create database ${name}_building`);
    const url = new URL(process.env.DATABASE_URL);
    url.pathname = `/${name}_building`;
    const database = await openDatabase({ ...common, url: url.href });
    await migrate(database, migrations);
    await database.close();
    await admin.query(`alter database ${name}_building rename to ${name}`);
  } finally {
    await admin.end();
  }
}

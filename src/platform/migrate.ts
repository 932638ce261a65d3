import { createHash } from 'node:crypto';
import type { MigrationObject } from '@mikro-orm/core';
import type { Database } from './database.js';
import { one } from './sql.js';

const MIGRATION_LOCK = 7_142_022;

/** A migration that ran was edited afterwards: the database and the code no longer tell the same story. */
export class MigrationEdited extends Error {
  constructor(names: readonly string[]) {
    super(`migrations were edited after they ran: ${names.join(', ')}; write a new migration instead`);
    this.name = 'MigrationEdited';
  }
}

/** A database whose texts are bytes: lengths would be counted in them, and characters cut in two. */
export class EncodingUnfit extends Error {
  constructor(encoding: string) {
    super(`数据库的编码为 ${encoding}，须为 UTF8：请另建数据库（create database … encoding 'UTF8' template template0） / the database's encoding is ${encoding}, and must be UTF8: make one with "create database … encoding 'UTF8' template template0"`);
    this.name = 'EncodingUnfit';
  }
}

/**
 * Brings the schema up to date. One process migrates, the others wait for its advisory lock (F11, G19). Each
 * migration waits at most a second for a table lock, so that it never queues the city's traffic behind itself.
 */
export async function migrate(database: Database, migrations: readonly MigrationObject[]): Promise<{ readonly applied: readonly string[] }> {
  return database.session(async sql => {
    const { encoding } = await one<{ encoding: string }>(sql, `select current_setting('server_encoding') as encoding`);
    if (encoding !== 'UTF8') throw new EncodingUnfit(encoding);
    await sql.query(`select set_config('statement_timeout', '0', false)`);
    await sql.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    try {
      await sql.query('create table if not exists migration_checksum (name text primary key, checksum text not null, applied_at timestamptz not null default now())');
      await refuseEdited(sql, migrations);
      const applied = await database.orm.migrator.up();
      for (const migration of migrations) {
        await sql.query('insert into migration_checksum (name, checksum) values ($1, $2) on conflict (name) do nothing', [migration.name, checksumOf(migration)]);
      }
      return { applied: applied.map(migration => migration.name) };
    } finally {
      await sql.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]);
      await sql.query('reset statement_timeout');
    }
  });
}

async function refuseEdited(sql: Parameters<Parameters<Database['session']>[0]>[0], migrations: readonly MigrationObject[]): Promise<void> {
  const known = await sql.query<{ name: string; checksum: string }>('select name, checksum from migration_checksum');
  const current = new Map(migrations.map(migration => [migration.name, checksumOf(migration)]));
  const edited = known.filter(row => current.has(row.name) && current.get(row.name) !== row.checksum).map(row => row.name);
  if (edited.length > 0) throw new MigrationEdited(edited);
}

/** The text of the migration's statements, so that a change of a comment in the file is no change of the migration. */
function checksumOf(migration: MigrationObject): string {
  const { statements } = migration.class as unknown as { statements?: readonly string[] };
  if (!statements) throw new Error(`migration ${migration.name} states no statements`);
  return createHash('sha256').update(statements.join(';\n')).digest('hex');
}

/** Whether every known migration has run, for the readiness check. */
export async function isMigrated(database: Database, migrations: readonly MigrationObject[]): Promise<boolean> {
  const row = await one<{ count: number }>(database, 'select count(*)::int as count from migration_checksum where name = any($1)', [migrations.map(m => m.name)]);
  return row.count === migrations.length;
}

import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Database } from '../../src/platform/index.js';
import { openTestDatabase } from './database.js';

// Where a second cluster is needed, it may have to be opened, on a busy machine.
jest.setTimeout(180_000);

/** What a migrated database looks like from inside, row by row. */
async function stateOf(database: Database): Promise<unknown> {
  const relations = await database.query<{ name: string }>("select relname as name, relkind, relfilenode from pg_class where relnamespace = 'public'::regnamespace order by relname");
  const counts = await database.query("select relname, query_to_xml('select * from ' || oid::regclass, true, false, '')::text as contents from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'spatial_ref_sys' order by relname");
  const triggers = await database.query('select tgname, tgrelid::regclass::text as relation, tgenabled from pg_trigger order by 2, 1');
  const sequences = await database.query('select schemaname, sequencename, last_value from pg_sequences order by 1, 2');
  const [settings] = await database.query("select current_setting('timezone') as zone, current_setting('search_path') as path, current_setting('statement_timeout') as timeout, current_role as role, current_setting('session_replication_role') as replication");
  const [session] = await database.query("select (select count(*) from pg_prepared_statements where name <> '')::int as prepared, (select count(*) from pg_locks where locktype = 'advisory')::int as locks, (select count(*) from pg_listening_channels())::int as channels");
  return { relations, counts, triggers, sequences, settings, session };
}

const damages: ReadonlyArray<readonly [string, readonly string[]]> = [
  ['rows written, seeded rows deleted and sequences advanced', ["select nextval(pg_get_serial_sequence('audit_entry', 'sequence')) from generate_series(1, 100)", 'delete from availability_log_floor', 'truncate city_setting cascade', "insert into availability_log_floor (position) values (7)"]],
  ['tables, partitions, types and functions made, others dropped', ['create table left_behind (id int primary key)', "create type left_type as enum ('A')", 'create function left_function() returns int language sql as $$ select 1 $$', 'drop table idempotency_key cascade', "select make_days_of('occupancy_report', '2026-03-01', '2026-03-05')"]],
  ['a session changed', ["set timezone = 'Asia/Shanghai'", 'set search_path = pg_catalog', 'set statement_timeout = 1', 'prepare left_statement as select 1', 'select pg_advisory_lock(42)', 'listen left_channel', 'create temporary table left_temporary (id int)', 'create role left_role', 'set role left_role']],
  ['a transaction left open', ['begin', 'create table left_behind (id int)', 'declare left_cursor cursor with hold for select 1']],
  ['a transaction left in failure', ['begin', 'select 1 / 0', 'select 2']],
  ['triggers switched off', ['alter table audit_entry disable trigger all', "set session_replication_role = 'replica'"]],
  ['more memory and files than there were', ["create table large as select g, repeat(md5(g::text), 30) as text from generate_series(1, 20000) g", 'vacuum full', 'checkpoint', "set work_mem = '64MB'", 'select count(*) from (select text from large order by text) as sorted']],
];

describe('a cluster that was given back is lent as if it were new', () => {
  let fresh: unknown;

  beforeAll(async () => {
    const database = await openTestDatabase();
    fresh = await stateOf(database);
    await database.close();
  });

  test.each(damages)('after %s', async (_name, statements) => {
    const damaged = await openTestDatabase();
    for (const statement of statements) await damaged.query(statement).catch((error: Error) => error);
    expect(await stateOf(damaged).catch((error: Error) => error)).not.toEqual(fresh);
    await damaged.close();

    const next = await openTestDatabase();

    expect(await stateOf(next)).toEqual(fresh);
    await next.close();
  });

  test('after hundreds of errors, which unwind the engine without its stack', async () => {
    const damaged = await openTestDatabase();
    for (let i = 0; i < 300; i++) await expect(damaged.query(`select ${i} / 0`)).rejects.toThrow('division by zero');
    await damaged.close();

    const next = await openTestDatabase();

    expect(await stateOf(next)).toEqual(fresh);
    await next.close();
  });

  test('after a library was loaded, which cannot be unloaded: by another cluster', async () => {
    const damaged = await openTestDatabase();
    await damaged.query("select convert_to('潮位', 'GBK')");
    await damaged.close();

    const next = await openTestDatabase();

    expect(await stateOf(next)).toEqual(fresh);
    await next.close();
  });
});

test('two open at a time are two: neither sees what the other writes', async () => {
  const [one, other] = [await openTestDatabase(), await openTestDatabase()];

  await one.query('create table of_one ()');

  expect(await one.query("select to_regclass('of_one')::text as name")).toEqual([{ name: 'of_one' }]);
  expect(await other.query("select to_regclass('of_one')::text as name")).toEqual([{ name: null }]);
  await one.close();
  await other.close();
});

test('what was given back answers its borrower no more, even in the middle of a transaction', async () => {
  const database = await openTestDatabase();
  let late: Promise<unknown> = Promise.resolve();
  let atClose = () => {};
  const closing = new Promise<void>(resolve => (atClose = resolve));
  const cut = database.transactional(async (_em, sql) => {
    await sql.query('create table half_way ()');
    await closing;
    late = sql.query('create table too_late ()');
    await late;
  });
  cut.catch(() => undefined);

  await new Promise(setImmediate);
  void database.close();
  const next = await openTestDatabase();
  atClose();

  await expect(cut).rejects.toThrow();
  await expect(late).rejects.toThrow();
  expect(await next.query("select to_regclass('half_way')::text as half, to_regclass('too_late')::text as late")).toEqual([{ half: null, late: null }]);
  await next.close();
});

test("values and errors are those of a cluster of one's own", async () => {
  const database = await openTestDatabase();

  const rows = await database.query("select 1 as n, array['a', 'b c'] as texts, '{\"a\": [1]}'::jsonb as json, '\\x0102'::bytea as bytes, 9007199254740993 as big");
  const error = await database.query('select 1 / 0').catch((fault: unknown) => fault);

  expect(rows[0]).toStrictEqual({ n: 1, texts: ['a', 'b c'], json: { a: [1] }, bytes: expect.any(Uint8Array), big: '9007199254740993' });
  expect(rows).toBeInstanceOf(Array);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ code: '22012' });
  await database.close();
});

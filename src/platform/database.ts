import type { EntitySchema, MigrationObject } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import type { EntityManager, MikroORM as SqlOrm } from '@mikro-orm/sql';
import type { Kysely } from 'kysely';
import type pg from 'pg';
import { openEmbedded, type EmbeddedCluster } from './embedded-database.js';
import type { Log } from './log.js';
import { RecurringTexts } from './recurring-texts.js';
import { sendTurnsTogether } from './send-turns-together.js';
import type { Sql, TransactionSql } from './sql.js';
import { TransactionLine } from './transaction-line.js';

export interface DatabaseOptions {
  /** null: the embedded database in `dataFolder` (null: in memory). */
  readonly url: string | null;
  readonly dataFolder: string | null;
  /** An embedded cluster that is open already, instead of one of its own; it is closed with the database. */
  readonly cluster?: EmbeddedCluster;
  readonly poolSize: number;
  readonly statementMs: number;
  readonly acquireMs: number;
  readonly entities: ReadonlyArray<EntitySchema<any, any, any>>;
  readonly migrations: readonly MigrationObject[];
  readonly log: Log;
}

/** The record of everything. Both back ends answer the same statements; only this file and `embedded-database` know which one runs. */
export interface Database extends Sql {
  readonly backEnd: 'POSTGRESQL' | 'EMBEDDED';
  readonly orm: SqlOrm;
  /** A statement prepared once a connection: for the hot paths, and for texts of which there are few. */
  queryPrepared<Row extends object>(text: string, params: readonly unknown[]): Promise<Row[]>;
  /** Beside whatever transactions are under way, on a connection that none of them can take; null where there is only one. */
  readonly beside: Sql | null;
  /**
   * Runs in one transaction; commits when `work` returns, rolls back when it throws. `isGathered`: it works for several callers,
   * through statements over arrays of any length; they find by key, and are planned once a connection.
   */
  transactional<T>(work: (em: EntityManager, sql: TransactionSql) => Promise<T>, options?: { readonly isGathered?: boolean }): Promise<T>;
  /** Runs on one connection outside any transaction, for session locks. On the embedded back end there is only one. */
  session<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  /** The embedded cluster as a tar; null on PostgreSQL. */
  dump(): Promise<Blob | null>;
  close(): Promise<void>;
}

export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const shared = {
    entities: [...options.entities],
    extensions: [Migrator],
    migrations: { migrationsList: [...options.migrations], tableName: 'schema_migration', snapshot: false, disableForeignKeys: false, transactional: true, allOrNothing: true },
    discovery: { warnWhenNoEntities: false },
    // A name that is typed wrongly is told, and no empty city made under it.
    ensureDatabase: false,
    allowGlobalContext: false,
    forceUtcTimezone: true,
    logger: (message: string) => options.log.debug({ orm: message.slice(0, 300) }, 'orm'),
    debug: false as const,
  };
  return options.url === null ? openOnEmbedded(options, shared) : openOnPostgres(options, options.url, shared);
}

/**
 * PostgreSQL compiles what it reckons to be dear, which takes some 50 ms: more than any statement of ours, all the more
 * where a transaction has put a scan off by its price.
 */
const NOT_COMPILED = '-c jit=off';

async function openOnPostgres(options: DatabaseOptions, url: string, shared: object): Promise<Database> {
  const { MikroORM } = await import('@mikro-orm/postgresql');
  const orm = await MikroORM.init({
    ...shared,
    clientUrl: url,
    pool: { min: 0, max: options.poolSize },
    driverOptions: {
      statement_timeout: options.statementMs,
      idle_in_transaction_session_timeout: 30_000,
      connectionTimeoutMillis: options.acquireMs,
      keepAlive: true,
      application_name: 'chaowei',
      options: NOT_COMPILED,
      // Statements of a transaction that do not wait for each other are on their way at one time.
      pipeline: true,
      onPoolCreated: (created: pg.Pool) => created.on('connect', sendTurnsTogether),
    },
  });
  const pool = (await (orm.em.getConnection() as unknown as { getNativeClient(): Promise<pg.Pool> }).getNativeClient());
  const recurring = new RecurringTexts();
  const beside = await openBeside(options, url);
  return {
    ...transactionsOf(orm as unknown as SqlOrm, onOneConnection(recurring)),
    backEnd: 'POSTGRESQL',
    orm: orm as unknown as SqlOrm,
    query: async (text, params = []) => (await pool.query(text, [...params])).rows,
    queryPrepared: async (text, params) => (await pool.query({ name: recurring.name(text), text, values: [...params] })).rows,
    async session(work) {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        return await work({ query: async (text, params = []) => (await client.query(text, [...params])).rows });
      } catch (error) {
        broken = error as Error;
        throw error;
      } finally {
        // A session that failed may still hold locks: it is closed, not returned.
        client.release(broken);
      }
    },
    beside: beside.sql,
    dump: async () => null,
    async close() {
      await beside.close();
      await orm.close(true);
    },
  };
}

/** One connection of its own: who waits for it holds locks, and must not wait for a pool that those who wait for these locks have emptied. */
async function openBeside({ statementMs, acquireMs, log }: DatabaseOptions, connectionString: string): Promise<{ readonly sql: Sql; close(): Promise<void> }> {
  const { Pool } = (await import('pg')).default;
  const pool = new Pool({ connectionString, max: 1, idleTimeoutMillis: 10_000, statement_timeout: statementMs, connectionTimeoutMillis: acquireMs, application_name: 'chaowei', options: NOT_COMPILED });
  pool.on('error', (error: Error) => log.warn({ message: error.message }, 'idle database connection'));
  return { sql: { query: async (text, params = []) => (await pool.query(text, [...params])).rows }, close: () => pool.end() };
}

async function openOnEmbedded(options: DatabaseOptions, shared: object): Promise<Database> {
  const { MikroORM } = await import('@mikro-orm/pglite');
  const cluster = options.cluster ?? await openEmbedded({ folder: options.dataFolder, statementMs: options.statementMs });
  try {
    const orm = await MikroORM.init({ ...shared, dbName: 'embedded', driverOptions: { pglite: () => cluster.pglite } });
    const query = async <Row extends object>(text: string, params: readonly unknown[] = []): Promise<Row[]> =>
      (await cluster.pglite.query<Row>(text, [...params])).rows;
    return {
      ...transactionsOf(orm as unknown as SqlOrm, onTheOnlyConnection),
      backEnd: 'EMBEDDED',
      orm: orm as unknown as SqlOrm,
      query,
      queryPrepared: query,
      beside: null,
      session: work => work({ query }),
      dump: () => cluster.pglite.dumpDataDir('none') as Promise<Blob>,
      async close() {
        await orm.close(true);
        await cluster.close();
      },
    };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

/** Opens what a transaction runs on, and the line of its statements. */
type Opening = <T>(client: Kysely<any>, isGathered: boolean, inside: (bound: Kysely<any>, line: TransactionLine) => Promise<T>) => Promise<T>;

/**
 * Left to itself PostgreSQL plans a statement over a short array anew each time, because a plan for any length seems dearer:
 * planning then costs more than all else that a small transaction of many does. What a connection plans once must not be
 * a scan because the table happened to be empty that day: these statements find by key.
 */
const GATHERED = 'begin; set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off';

/** PostgreSQL: begin and commit cost no round trip of their own. */
const onOneConnection = (recurring: RecurringTexts): Opening => (client, isGathered, inside) =>
  client.connection().execute(async bound => inside(bound, await TransactionLine.begin(bound, recurring, isGathered ? GATHERED : 'begin')));

/** The embedded back end has one connection, whose transactions keep everybody else out. */
const onTheOnlyConnection: Opening = (client, _isGathered, inside) =>
  client.transaction().execute(async transaction => inside(transaction, await TransactionLine.within(transaction)));

/**
 * One transaction on one connection, which goes back to the pool whatever becomes of it. MikroORM's own gives it back only
 * once a rollback was answered: each backend that PostgreSQL ends amid its work would cost the pool a connection for good.
 */
function transactionsOf(orm: SqlOrm, opening: Opening): Pick<Database, 'transactional'> {
  return {
    async transactional(work, { isGathered = false } = {}) {
      const em = orm.em.fork();
      let failure: { readonly cause: unknown } | null = null;
      try {
        return await opening(em.getConnection().getClient(), isGathered, async (bound, line) => {
          em.setTransactionContext(bound as never);
          try {
            const result = await work(em as EntityManager, line);
            await em.flush();
            await line.finish();
            return result;
          } catch (cause) {
            // The statements of entities that still wait for the connection must not run after the rollback either.
            await bound.getExecutor().provideConnection(async () => undefined);
            failure = { cause: await line.abandon(cause) };
            throw failure.cause;
          }
        });
      } catch (error) {
        // A connection that was lost cannot roll back either: what failed first is what is told.
        throw failure === null ? error : (failure as { readonly cause: unknown }).cause;
      } finally {
        em.resetTransactionContext();
      }
    },
  };
}

import { readFileSync } from 'node:fs';
import { ClusterImage } from './cluster-image.mjs';

/** Everything that migrations made, in one row: the definitions, how many rows each table holds, where each sequence stands. */
const FINGERPRINT = `
select jsonb_build_object(
  'relations', (select md5(string_agg(concat_ws(' ', c.oid, c.relname, c.relkind, c.relpersistence, c.relfilenode, c.relnatts, c.reltriggers), ',' order by c.oid))
    from (select *, (select count(*) from pg_trigger where tgrelid = pg_class.oid and tgenabled <> 'D') as reltriggers from pg_class) c),
  'columns', (select md5(string_agg(concat_ws(' ', attrelid, attnum, attname, atttypid, attnotnull, attisdropped), ',' order by attrelid, attnum)) from pg_attribute where attnum > 0),
  'defaults', (select md5(string_agg(concat_ws(' ', adrelid, adnum, adbin), ',' order by adrelid, adnum)) from pg_attrdef),
  'constraints', (select md5(string_agg(concat_ws(' ', oid, conname, conrelid, convalidated, conbin), ',' order by oid)) from pg_constraint),
  'functions', (select md5(string_agg(concat_ws(' ', oid, proname, md5(prosrc)), ',' order by oid)) from pg_proc),
  'settings', (select md5(string_agg(name || '=' || setting, ',' order by name)) from pg_settings where source in ('session', 'database', 'user') and name <> 'transaction_read_only'),
  'session', jsonb_build_array(
    (select count(*) from pg_prepared_statements where name <> ''), (select count(*) from pg_cursors where name <> ''),
    (select count(*) from pg_locks where locktype = 'advisory'), (select count(*) from pg_namespace where nspname like 'pg_temp%'), (select count(*) from pg_listening_channels())),
  'sequences', (select md5(string_agg(concat_ws(' ', schemaname, sequencename, last_value), ',' order by schemaname, sequencename)) from pg_sequences),
  'rows', (select md5(string_agg(c.oid || '=' || (xpath('/row/n/text()', query_to_xml('select count(*) as n from ' || c.oid::regclass, false, true, '')))[1]::text, ',' order by c.oid))
    from pg_class c join pg_namespace s on s.oid = c.relnamespace where c.relkind = 'r' and s.nspname = 'public')
)::text as fingerprint`;

/** The libraries that statements of ours may load: loaded before the image, since a loaded one cannot be unloaded. */
const LIBRARIES = ['plpgsql', 'postgis-3', 'btree_gist', 'pg_trgm', 'pgcrypto'];

const idle = [];
let opening = Promise.resolve();

/**
 * Lends an open, freshly migrated cluster to one suite. It stays open between suites, since opening one takes seconds
 * and going back to its image takes a fraction of one. What is lent is only the exchange of protocol messages, as bytes:
 * the client, with what it waits for and has half read, is the suite's own. One is lent after another, since opening
 * watches the whole process.
 */
export async function lendCluster(openEmbedded) {
  const cluster = await (opening = opening.catch(() => undefined).then(async () => (await takeIdle()) ?? openCluster(openEmbedded)));
  let lent = true;
  return {
    exchange(message, onData) {
      if (!lent) throw new Error('this cluster was given back: the suite that borrowed it has ended');
      // Nothing is awaited inside before the answer is complete, so a cluster that is given back is never half-way.
      void cluster.pglite.execProtocolRawStream(message, { syncToFs: false, onRawData: onData });
    },
    giveBack() {
      if (lent) idle.push(cluster);
      lent = false;
    },
  };
}

async function openCluster(openEmbedded) {
  const { value, table } = await watchInstantiation(() => openEmbedded({ folder: null, snapshot: new Blob([readFileSync(process.env.TEST_SNAPSHOT)]), statementMs: 20_000 }));
  const { pglite } = value;
  await pglite.exec(LIBRARIES.map(name => `load '$libdir/${name}';`).join(' '));
  const fingerprint = await fingerprintOf(pglite);
  return { pglite, fingerprint, image: new ClusterImage(pglite, table) };
}

/** A cluster that proves to be as it was when it was new; any other is thrown away, and that is said. */
async function takeIdle() {
  for (let cluster = idle.pop(); cluster; cluster = idle.pop()) {
    const reason = await whyNotFresh(cluster);
    if (reason === null) return cluster;
    process.stderr.write(`A used test cluster is thrown away, another is opened: ${reason}.\n`);
  }
  return null;
}

async function whyNotFresh(cluster) {
  try {
    const reason = cluster.image.restore();
    if (reason !== null) return reason;
    const now = await fingerprintOf(cluster.pglite);
    return now === cluster.fingerprint ? null : `its state ${now} is not the fresh one ${cluster.fingerprint}`;
  } catch (error) {
    return `it does not work any more: ${error}`;
  }
}

async function fingerprintOf(pglite) {
  const { rows } = await pglite.query(FINGERPRINT);
  return rows[0].fingerprint;
}

/**
 * Opens an engine and returns its function table with it, which it shows to nobody else. Its timers, which only remind an
 * idle session to report its statistics, no longer keep the process: an idle cluster is not closed before the worker ends.
 */
async function watchInstantiation(open) {
  const { instantiate } = WebAssembly;
  let table;
  WebAssembly.instantiate = (source, imports) => {
    if (imports?.env?.__indirect_function_table) {
      table = imports.env.__indirect_function_table;
      imports.env._setitimer_js = withoutHold(imports.env._setitimer_js);
    }
    return instantiate(source, imports);
  };
  try {
    return { value: await open(), table };
  } finally {
    WebAssembly.instantiate = instantiate;
  }
}

/** The same function, whose timers do not hold the process; it is synchronous, so nobody else's are meant. */
function withoutHold(arm) {
  return (...call) => {
    const { setTimeout } = globalThis;
    globalThis.setTimeout = (...timer) => setTimeout(...timer).unref();
    try {
      return arm(...call);
    } finally {
      globalThis.setTimeout = setTimeout;
    }
  };
}

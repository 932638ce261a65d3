import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** @typedef {{ readonly databaseUrl: string, readonly redisUrl: string, readonly postmasterPid: number | null, stop(): Promise<void> }} Cluster */

/** Below the range from which the system takes the ports of outgoing connections: ten thousand readers would hold any other (F13). */
const FIRST_PORT = 20_000;
const PORTS = 10_000;

/** @returns {Promise<number>} a port that was free a moment ago */
export async function freePort() {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    if (await isFree(port)) return port;
  }
  throw new Error(`no port from ${FIRST_PORT} to ${FIRST_PORT + PORTS} is free`);
}

function isFree(port) {
  return new Promise(resolve => {
    const probe = createServer().once('error', () => resolve(false)).listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** The newest PostgreSQL that the system has, or null. */
function binaries() {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return null;
  const newest = readdirSync(root).toSorted((a, b) => Number(b) - Number(a))[0];
  return newest ? join(root, newest, 'bin') : null;
}

const SETTINGS = {
  listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: '200', shared_buffers: '1GB', work_mem: '32MB',
  maintenance_work_mem: '512MB', max_wal_size: '8GB', jit: 'off',
};
/** Where only reads are measured nothing need survive; where writes are, a commit is one. */
const FLEETING = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', autovacuum: 'off' };
const DURABLE = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on', autovacuum: 'on' };

/**
 * A private PostgreSQL and Redis on free ports of the loopback, thrown away afterwards. Where the machine has no
 * PostgreSQL binaries, DATABASE_URL and REDIS_URL name what to use instead; their CPU is then not counted.
 * @param {{ readonly isDurable?: boolean }} [wish] whether a commit must survive a crash
 * @returns {Promise<Cluster>}
 */
export async function openCluster({ isDurable = false } = {}) {
  const bin = binaries();
  if (bin === null) {
    const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl } = process.env;
    if (!databaseUrl || !redisUrl) throw new Error('no PostgreSQL found: install postgresql-15-postgis-3 and redis-server, or set DATABASE_URL and REDIS_URL to an empty database');
    return { databaseUrl, redisUrl, postmasterPid: null, stop: async () => {} };
  }
  const folder = mkdtempSync(join(tmpdir(), 'chaowei-bench-'));
  const [port, redisPort] = [await freePort(), await freePort()];
  const owner = ownerOf(folder);
  const cluster = join(folder, 'postgres');
  execFileSync(join(bin, 'initdb'), ['-D', cluster, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'], { stdio: 'ignore', cwd: folder, ...owner });
  const settings = Object.entries({ ...SETTINGS, ...(isDurable ? DURABLE : FLEETING), port }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const postgres = spawn(join(bin, 'postgres'), ['-D', cluster, ...settings], { stdio: 'ignore', cwd: folder, ...owner });
  const databaseUrl = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const redis = spawn('redis-server', ['--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder], { stdio: 'ignore' });
  await untilReady(databaseUrl, postgres);
  return {
    databaseUrl,
    redisUrl: `redis://127.0.0.1:${redisPort}`,
    postmasterPid: postgres.pid ?? null,
    async stop() {
      await Promise.all([ended(postgres, 'SIGINT'), ended(redis, 'SIGTERM')]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until the database takes connections: at first it refuses them, then it says that it is starting. */
async function untilReady(connectionString, postgres) {
  for (let tries = 0; tries < 300; tries += 1) {
    if (postgres.exitCode !== null) throw new Error(`PostgreSQL ended with ${postgres.exitCode} before it was ready`);
    const client = new pg.Client({ connectionString });
    const isReady = await client.connect().then(() => true, () => false);
    await client.end().catch(() => {});
    if (isReady) return;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error('PostgreSQL takes no connections after 30 s');
}

/** PostgreSQL refuses to run as root: then it runs as the system's postgres user. */
function ownerOf(folder) {
  if (process.getuid?.() !== 0) return {};
  const line = readFileSync('/etc/passwd', 'utf8').split('\n').find(each => each.startsWith('postgres:'));
  if (!line) throw new Error('run as an ordinary user: there is no user postgres to run the database as');
  const [uid, gid] = line.split(':').slice(2, 4).map(Number);
  chownSync(folder, uid, gid);
  return { uid, gid };
}

/** Ends a process that we started, and waits until it has gone. */
export function ended(child, signal = 'SIGTERM') {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise(resolve => {
    child.once('exit', resolve);
    child.kill(signal);
  });
}

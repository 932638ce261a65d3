import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { TEST_KEYS } from '../support/scope.js';

/** Asks again and again until it holds; fails, in words, where it does not within the bound. Answers how long it took. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, mostMs: number): Promise<number> {
  const begun = performance.now();
  while (!(await holds())) {
    if (performance.now() - begun > mostMs) throw new Error(`not within ${mostMs} ms: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  return performance.now() - begun;
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

export function ended(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise(resolve => {
    child.once('exit', () => resolve());
    child.kill('SIGCONT');
    child.kill(signal);
  });
}

/** A Redis of one suite alone, which it may kill, hang and start again, empty each time. */
export class PrivateRedis {
  #child: ChildProcess | null = null;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly settings: readonly string[],
  ) {}

  static async start(...settings: readonly string[]): Promise<PrivateRedis> {
    const redis = new PrivateRedis(await freePort(), mkdtempSync(join(tmpdir(), 'chaowei-redis-')), settings);
    await redis.start();
    return redis;
  }

  /** A cluster of one node, which holds every slot, also after it was killed. */
  static async startCluster(): Promise<PrivateRedis> {
    const redis = await PrivateRedis.start('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1', '--cluster-node-timeout', '1000');
    redis.cli('cluster', 'addslotsrange', '0', '16383');
    await until('the cluster is whole', () => redis.cli('cluster', 'info').includes('cluster_state:ok'), 10_000);
    return redis;
  }

  /** A sentinel that watches over a server under a name. */
  static async startSentinel(master: PrivateRedis, name: string): Promise<PrivateRedis> {
    const redis = new PrivateRedis(await freePort(), mkdtempSync(join(tmpdir(), 'chaowei-sentinel-')), []);
    const file = join(redis.folder, 'sentinel.conf');
    writeFileSync(file, `port ${redis.port}\nbind 127.0.0.1\ndir ${redis.folder}\nsentinel monitor ${name} 127.0.0.1 ${master.port} 1\nsentinel down-after-milliseconds ${name} 1000\n`);
    redis.#child = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
    await until('the sentinel answers', () => redis.cli('ping').startsWith('PONG'), 5_000);
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    this.#child = spawn('redis-server', ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', this.folder, ...this.settings], { stdio: 'ignore' });
    await until('Redis answers', () => this.cli('ping').startsWith('PONG'), 5_000);
  }

  /** One command, answered as text; what fails answers nothing. */
  cli(...words: string[]): string {
    try {
      return execFileSync('redis-cli', ['-p', String(this.port), ...words], { stdio: ['ignore', 'pipe', 'ignore'], timeout: 2_000 }).toString();
    } catch {
      return '';
    }
  }

  /** Killed, and nothing of it left: it comes back empty. */
  async kill(): Promise<void> {
    if (this.#child) await ended(this.#child);
  }

  hang(): void {
    this.#child!.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child!.kill('SIGCONT');
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A PostgreSQL of one suite alone, which it may restart at once. */
export class PrivatePostgres {
  private constructor(
    private readonly bin: string,
    private readonly folder: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<PrivatePostgres> {
    const folder = mkdtempSync(join(tmpdir(), 'chaowei-postgres-'));
    const postgres = new PrivatePostgres(newestBinaries(), folder, await freePort());
    if (process.getuid?.() === 0) chownSync(folder, ...postgresUser());
    postgres.#run('initdb', '-D', join(folder, 'data'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync');
    postgres.#control('start');
    return postgres;
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`;
  }

  /** Ends every connection and process at once, as a crash does, and starts again. */
  restart(): void {
    this.#control('stop');
    this.#control('start');
  }

  close(): void {
    this.#control('stop');
    rmSync(this.folder, { recursive: true, force: true });
  }

  #control(act: 'start' | 'stop'): void {
    const settings = `-p ${this.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=60 -c fsync=off`;
    this.#run('pg_ctl', '-D', join(this.folder, 'data'), '-w', '-m', 'immediate', '-l', join(this.folder, 'log'), ...(act === 'start' ? ['-o', settings] : []), act);
  }

  /** PostgreSQL refuses to run as root: then it runs as the system's postgres user. */
  #run(program: string, ...words: string[]): void {
    const [uid, gid] = process.getuid?.() === 0 ? postgresUser() : [];
    execFileSync(join(this.bin, program), words, { stdio: 'ignore', cwd: this.folder, uid, gid });
  }
}

function newestBinaries(): string {
  const root = '/usr/lib/postgresql';
  const newest = existsSync(root) ? readdirSync(root).toSorted((a, b) => Number(b) - Number(a))[0] : undefined;
  return newest === undefined ? '' : join(root, newest, 'bin');
}

function postgresUser(): [number, number] {
  const line = readFileSync('/etc/passwd', 'utf8').split('\n').find(each => each.startsWith('postgres:'))!;
  const [uid, gid] = line.split(':').slice(2, 4).map(Number);
  return [uid!, gid!];
}

/** Runs statements on a connection of its own, outside the product. */
export async function withClient<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The compiled server as its own process. */
export interface ServerProcess {
  readonly address: string;
  readonly pid: number;
  readonly child: ChildProcess;
  /** Whether it still runs as it was started. */
  readonly lives: boolean;
  /** The end of what it has logged: why it answered as it did. */
  readonly said: string;
}

export async function startServerProcess(environment: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const { NODE_OPTIONS: _ours, DEMO_CITY: _demo, DATABASE_URL: _database, REDIS_URL: _redis, ...inherited } = process.env;
  const keys = { SEALING_KEYS: TEST_KEYS.sealing.map(({ id, key }) => `${id}:${key}`).join(','), LOOKUP_KEY: TEST_KEYS.lookup };
  const folder = mkdtempSync(join(tmpdir(), 'chaowei-server-'));
  const child = spawn(process.execPath, ['dist/src/main.js'], { env: { ...inherited, ...keys, PORT: '0', LOG_LEVEL: 'error', DEMO_CITY: 'false', DATABASE_POOL: '6', DATA_FOLDER: folder, ...environment } });
  let output = '';
  const address = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output = (output + chunk).slice(-20_000);
      const found = /(http:\/\/[\d.]+:\d+)\/graphql/.exec(output);
      if (found) resolve(found[1]!);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', code => reject(new Error(`the server ended with ${code}: ${output}`)));
  });
  return {
    address,
    pid: child.pid!,
    child,
    get lives() {
      return child.exitCode === null && child.signalCode === null;
    },
    get said() {
      return output;
    },
  };
}

import { afterEach, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../src/platform/index.js';
import { openTestDatabase, urlOf } from '../support/database.js';
import { TEST_KEYS } from '../support/scope.js';
import { withClient } from './machines.js';

const children: ChildProcess[] = [];
const databases: Database[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const database of databases.splice(0)) await database.close();
});

interface Started {
  readonly child: ChildProcess;
  readonly address: string;
  readonly ended: Promise<number | null>;
}

/** Starts the compiled server as its own process and waits until it says where it listens. */
async function start(environment: Record<string, string>): Promise<Started> {
  const { NODE_OPTIONS: _ours, DEMO_CITY: _demo, ...inherited } = process.env;
  const child = spawn(process.execPath, ['dist/src/main.js'], { env: { ...inherited, PORT: '0', LOG_LEVEL: 'warn', DEMO_CITY: 'false', ...environment } });
  children.push(child);
  let output = '';
  const ended = new Promise<number | null>(resolve => child.once('exit', resolve));
  const address = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk;
      const found = /(http:\/\/[\d.]+:\d+)\/graphql/.exec(output);
      if (found) resolve(found[1]!);
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', read);
    child.once('exit', code => reject(new Error(`the server ended with ${code}: ${output}`)));
  });
  return { child, address, ended };
}

async function configured(): Promise<Record<string, string>> {
  const database = await openTestDatabase();
  databases.push(database);
  return {
    DATABASE_URL: (await urlOf(database))!,
    SEALING_KEYS: TEST_KEYS.sealing.map(({ id, key }) => `${id}:${key}`).join(','),
    LOOKUP_KEY: TEST_KEYS.lookup,
    DATA_FOLDER: mkdtempSync(join(tmpdir(), 'chaowei-')),
  };
}

test('G16: SIGTERM ends the process with 0 within ten seconds, and what it served is gone', async () => {
  const { child, address, ended } = await start(await configured());
  expect((await fetch(`${address}/readyz`)).status).toBe(200);

  const begun = performance.now();
  child.kill('SIGTERM');

  expect(await ended).toBe(0);
  expect(performance.now() - begun).toBeLessThan(10_000);
  await expect(fetch(`${address}/healthz`)).rejects.toThrow();
});

test('G19: five servers started at once on one empty database migrate it once, and all serve', async () => {
  const environment = await configured();
  const url = new URL(environment.DATABASE_URL!);
  const name = `${url.pathname.slice(1)}_empty`;
  await databases[0]!.query(`create database ${name}`);
  url.pathname = `/${name}`;
  try {
    const servers = await Promise.all(Array.from({ length: 5 }, () => start({ ...environment, DATABASE_URL: url.href })));
    const states = await Promise.all(servers.map(async ({ address }) => (await fetch(`${address}/readyz`)).status));

    expect(states).toEqual([200, 200, 200, 200, 200]);
    for (const { child, ended } of servers) {
      child.kill('SIGTERM');
      await ended;
    }
  } finally {
    await databases[0]!.query(`drop database ${name} with (force)`);
  }
}, 60_000);

test('a wrong configuration ends the start with 1 and all its problems in words', async () => {
  await expect(start({ PORT: '99999', LOG_LEVEL: 'loud' })).rejects.toThrow(/The configuration has 2 problem\(s\)/);
});

test('local keys are made once, for their owner alone', async () => {
  const { SEALING_KEYS: _s, LOOKUP_KEY: _l, DATABASE_URL: _u, ...rest } = await configured();
  const { readOrMakeKeys } = await import('../../src/server/local-keys.js');
  const first = readOrMakeKeys(rest.DATA_FOLDER!);
  const path = join(rest.DATA_FOLDER!, 'keys.json');

  expect(readOrMakeKeys(rest.DATA_FOLDER!)).toEqual(first);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(Buffer.from((JSON.parse(readFileSync(path, 'utf8')) as typeof first).lookup, 'base64')).toHaveLength(32);
});

test('a database whose texts are bytes is refused in words, with what to do, and nothing is made in it', async () => {
  const environment = await configured();
  const name = `chaowei_test_bytes_${process.pid}`;
  const url = Object.assign(new URL(environment.DATABASE_URL!), { pathname: `/${name}` }).href;
  await withClient(environment.DATABASE_URL!, client => client.query(`create database ${name} encoding 'SQL_ASCII' locale 'C' template template0`));
  try {
    await expect(start({ ...environment, DATABASE_URL: url })).rejects.toThrow(/the server ended with 1: 数据库的编码为 SQL_ASCII，须为 UTF8：[^/]+ \/ the database's encoding is SQL_ASCII, and must be UTF8: make one with [^\n]+\n$/);

    expect(await withClient(url, async client => (await client.query(`select count(*)::int as tables from information_schema.tables where table_schema = 'public'`)).rows)).toEqual([{ tables: 0 }]);
  } finally {
    await withClient(environment.DATABASE_URL!, client => client.query(`drop database ${name} with (force)`));
  }
});

test('a database whose name is typed wrongly is told, and none is made under that name', async () => {
  const environment = await configured();
  const name = `chaowei_test_absent_${process.pid}`;
  const url = Object.assign(new URL(environment.DATABASE_URL!), { pathname: `/${name}` });

  await expect(start({ ...environment, DATABASE_URL: url.href })).rejects.toThrow(`the server of DATABASE_URL has no such database (${url.host}/${name}): check the name, or create it first`);

  expect(await withClient(environment.DATABASE_URL!, async client => (await client.query('select count(*)::int as made from pg_database where datname = $1', [name])).rows)).toEqual([{ made: 0 }]);
});

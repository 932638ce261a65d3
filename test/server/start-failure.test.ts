import { afterEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];
const servers: Server[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  for (const server of servers.splice(0)) server.close();
});

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chaowei-'));
  folders.push(folder);
  return folder;
}

const KEYS = { SEALING_KEYS: `main:${Buffer.alloc(32, 1).toString('base64')}`, LOOKUP_KEY: Buffer.alloc(32, 2).toString('base64') };

/** Starts the compiled server, or a command, as its own process and waits for its end. */
function ended(environment: Record<string, string>, line: readonly string[] = ['dist/src/main.js']): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, line, { env: { PATH: process.env.PATH, PORT: '0', DEMO_CITY: 'false', LOG_LEVEL: 'warn', ...environment } });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk));
  return new Promise(resolve => child.once('close', code => resolve({ code, out, err })));
}

test('a port that is taken is told at once, with what to set, and before anything is made', async () => {
  const holder = createServer();
  servers.push(holder);
  await new Promise<void>(resolve => holder.listen(0, '127.0.0.1', resolve));
  const { port } = holder.address() as AddressInfo;
  const folder = join(emptyFolder(), 'data');

  const { code, out, err } = await ended({ PORT: String(port), DATA_FOLDER: folder });

  expect({ code, out, err }).toEqual({ code: 1, out: '', err: `127.0.0.1 的 ${port} 端口已被占用：请停止占用它的程序，或将 PORT 设为其他端口 / port ${port} of 127.0.0.1 is taken: stop what holds it, or set PORT to another one\n` });
  expect(existsSync(folder)).toBe(false);
});

test('an address that is not of this machine is told by its setting', async () => {
  const folder = join(emptyFolder(), 'data');

  const { code, out, err } = await ended({ HOST: '192.0.2.1', DATA_FOLDER: folder });

  expect({ code, out, err }).toEqual({ code: 1, out: '', err: 'HOST 192.0.2.1 不是本机可监听的地址（EADDRNOTAVAIL） / HOST 192.0.2.1 is no address that this machine can listen on (EADDRNOTAVAIL)\n' });
  expect(existsSync(folder)).toBe(false);
});

test('a data folder that is a file is told by its setting, and the file stays as it was', async () => {
  const file = join(emptyFolder(), 'file');
  writeFileSync(file, 'mine');

  const { code, err } = await ended({ DATA_FOLDER: file });

  expect({ code, err }).toEqual({ code: 1, err: `数据目录 DATA_FOLDER（${file}）不能使用（EEXIST）：请给出可写的目录 / DATA_FOLDER '${file}' cannot be used (EEXIST): name a folder that can be written\n` });
});

test('a data folder where the system makes none is told at once by its setting', async () => {
  const { code, err } = await ended({ DATA_FOLDER: '/proc/chaowei/data' });

  expect({ code, err }).toEqual({ code: 1, err: "数据目录 DATA_FOLDER（/proc/chaowei/data）不能使用（ENOENT）：请给出可写的目录 / DATA_FOLDER '/proc/chaowei/data' cannot be used (ENOENT): name a folder that can be written\n" });
});

test('a database that is not there is told by its place, without its password, to a server and to a command', async () => {
  const holder = createServer();
  await new Promise<void>(resolve => holder.listen(0, '127.0.0.1', resolve));
  const { port } = holder.address() as AddressInfo;
  await new Promise(resolve => holder.close(resolve));

  const environment = { ...KEYS, DATA_FOLDER: emptyFolder(), DATABASE_URL: `postgres://chaowei:geheim@127.0.0.1:${port}/city` };
  const answers = [await ended(environment), await ended(environment, ['dist/src/cli.js', 'party', 'add', '刺桐停车', '--kind', 'operator'])];

  const told = `DATABASE_URL 所指的数据库（127.0.0.1:${port}/city）不能连接（ECONNREFUSED）：请核对地址、用户与密码，并确认它在运行 / the database of DATABASE_URL (127.0.0.1:${port}/city) cannot be reached (ECONNREFUSED): check its address, user and password, and that it runs\n`;
  expect(answers).toEqual([1, 2].map(() => ({ code: 1, out: '', err: told })));
});

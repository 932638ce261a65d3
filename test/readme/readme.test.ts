import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import { VARIABLES, type Database } from '../../src/platform/index.js';
import { openTestDatabase, urlOf } from '../support/database.js';

const readme = readFileSync('README.md', 'utf8');
const blocksOf = (text: string) => [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language, inside]) => ({ language: language!, text: inside!.trim() }));
const blocks = blocksOf(readme);
/** One walk: its blocks share a shell, and each but the first shows its answer. */
const walk = blocksOf(/## Park in ten minutes\n([\s\S]*?)\n## /.exec(readme)![1]!);
const commands = blocks.filter(block => block.language === 'sh').map(block => block.text).filter(text => !walk.some(step => step.text === text));

let folder: string;
let database: Database | undefined;
let environment: NodeJS.ProcessEnv;
let started: { readonly child: ChildProcess; readonly url: string; readonly printed: string };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chaowei-readme-'));
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !(name in VARIABLES)));
  environment = { ...inherited, DATA_FOLDER: folder, PORT: '0', DEMO_CITY: 'true', LOG_LEVEL: 'error' };
  if (process.env.DATABASE_URL) {
    database = await openTestDatabase();
    Object.assign(environment, { DATABASE_URL: (await urlOf(database))!, REDIS_URL: process.env.REDIS_URL, SEALING_KEYS: `readme:${Buffer.alloc(32, 1).toString('base64')}`, LOOKUP_KEY: Buffer.alloc(32, 2).toString('base64') });
  }
  started = await start();
}, 240_000);

afterAll(async () => {
  await stop(started.child);
  await database?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What `npm start` runs, from the same script, on a free port; resolves once it says where it serves. */
function start(): Promise<typeof started> {
  const child = spawn('npm', ['start'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  return new Promise((resolve, reject) => {
    let printed = '';
    let complaints = '';
    child.stderr.on('data', chunk => (complaints += String(chunk)));
    child.stdout.on('data', chunk => {
      printed += String(chunk);
      const url = /GraphQL\s+(http:\S+)\/graphql/.exec(printed)?.[1];
      if (url && printed.includes('curl ')) resolve({ child, url, printed });
    });
    child.once('exit', code => reject(new Error(`npm start ended with ${code}: ${complaints}${printed}`)));
  });
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.removeAllListeners('exit');
    child.once('exit', () => resolve());
    // npm and the shell between it and the server form one process group.
    process.kill(-child.pid!, 'SIGTERM');
  });
}

const sh = (command: string) => spawnSync('sh', ['-c', command], { encoding: 'utf8', env: environment, cwd: process.cwd() });

/** How each command block is executed here; a block that nobody knows fails the suite. */
const executed: Readonly<Record<string, () => void>> = {
  'npm ci && npm start': () => {
    expect(sh('npm ci --dry-run').status).toBe(0);
    expect(started.printed).toContain('/explorer');
  },
  'npm ci && npm test': () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    expect(scripts.test).toContain('jest/bin/jest.js');
  },
  'npm run -s chaowei -- demo feed': () => {
    const command = commands.find(each => each.startsWith('npm run -s chaowei -- demo feed'))!.replace('--for 1m', '--for 2s');
    const { stdout, stderr, status } = sh(`${command} --url ${started.url}`);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/accepted [1-9]\d* .* quarantined 0\n$/);
  },
  'curl -sN': () => {
    const command = commands.find(each => each.startsWith('curl -sN'))!.replace('http://127.0.0.1:4000', started.url);
    const [first] = sh(command).stdout.split('\n\n').filter(event => event.startsWith('event: next'));
    const { data } = JSON.parse(first!.slice(first!.indexOf('data: ') + 6)) as { data: { availabilityChanged: { __typename: string; facilities: unknown[] } } };
    expect([data.availabilityChanged.__typename, data.availabilityChanged.facilities.length]).toEqual(['AvailabilitySnapshot', 7]);
  },
  'SATURDAY=': () => {
    const command = commands.find(each => each.startsWith('SATURDAY='))!.replace('http://127.0.0.1:4000', started.url);
    const answer = JSON.parse(sh(command).stdout) as { data: object };
    const shown = JSON.parse(blocks.find(block => block.language === 'json')!.text) as { data: object };
    expect(undated(answer.data)).toEqual(undated(shown.data));
  },
  'npm run -s chaowei -- import': () => {
    const lots = join(folder, 'lots.csv');
    writeFileSync(lots, 'sourceCode,name,category,sector,resourceKind,jurisdictionCode,longitude,latitude,standardSpaces\n1,西街停车场,SOCIAL_PUBLIC,OTHER,PUBLIC,350502,118.5896,24.9074,40\n2,经纬度颠倒,SOCIAL_PUBLIC,OTHER,PUBLIC,350502,24.9074,118.5896,12\n');
    const command = commands.find(each => each.startsWith('npm run -s chaowei -- import'))!.replace('lots.csv', lots);
    const { stdout, status } = sh(`${command} --json`);
    const report = JSON.parse(stdout) as { rows: number; refused: number; problems: Array<{ row: number; rule: unknown }> };
    expect([status, report.rows, report.refused]).toEqual([1, 2, 1]);
    expect(report.problems.map(problem => problem.row)).toEqual([3]);
  },
  'office=': () => {
    const { stdout, stderr, status } = sh(commands.find(each => each.startsWith('office='))!);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^membership mem_\w+\nkey {5}key_\w+\nsecret {2}chw_live_\w+\n/);
  },
};

/** Which Saturday is next, and whether a holiday follows it, is another matter each week. */
function undated(told: object): unknown {
  return JSON.parse(JSON.stringify(told).replaceAll(/\d{4}-\d\d-\d\dT[\d:+]+/g, '…'));
}

/** The embedded database serves one process at a time: these have it once the server has stopped. */
const ALONE = ['npm run -s chaowei -- import', 'office='];

test('the printed query works as it is pasted, with its demo key', () => {
  const command = /curl .*/.exec(started.printed)![0];

  const answer = JSON.parse(sh(command).stdout) as { data: { nearbyFacilities: { edges: unknown[] } } };

  expect(answer.data.nearbyFacilities.edges).toHaveLength(3);
}, 240_000);

/** What differs from one walk to the next: ids, and the hours of a stay that begins in ten minutes. */
const settled = (told: object): unknown =>
  JSON.parse(JSON.stringify(told).replace(/\b([a-z]{3})_[0-9a-z]{26}\b/g, '$1_…').replace(/\d{4}-\d\d-\d\d \d\d:\d\d–(\d{4}-\d\d-\d\d )?\d\d:\d\d/g, '…'));

test('3.2-8: the walk finds, signs up and books, pays, passes the gate, and every answer is the one that it shows', () => {
  const steps = walk.flatMap(({ language, text }, nth) => (language === 'sh' ? [{ text, shown: walk[nth + 1]?.language === 'json' ? walk[nth + 1]!.text : null }] : []));
  const script = steps.map(({ text }) => `${text}\nprintf '\\036'\n`).join('').replaceAll('http://127.0.0.1:4000', started.url).replaceAll('"./data/', `"${folder}/`);

  const answers = sh(script).stdout.split('\u001e');

  expect(steps.map(({ shown }) => shown !== null)).toEqual([false, ...Array.from({ length: 8 }, () => true)]);
  steps.forEach(({ shown }, nth) => {
    if (shown === null) return expect(answers[nth]!.trim()).toBe('');
    const { extensions: _cost, ...told } = JSON.parse(answers[nth]!) as { extensions?: unknown };
    expect(settled(told)).toEqual(settled(JSON.parse(shown) as object));
  });
}, 120_000);

test.each(commands.map(command => [command.split('\n')[0]!.slice(0, 60), command]))('the block works: %s', async (_name, command) => {
  const known = Object.keys(executed).find(key => command.startsWith(key));
  expect(known).toBeDefined();
  if (ALONE.includes(known!)) await stop(started.child);
  executed[known!]!();
}, 120_000);

test('the table of variables is the one that the code reads', () => {
  const rows = [...readme.matchAll(/^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$/gm)].map(([, name, fallback, meaning]) => [name, fallback, meaning]);

  expect(rows).toEqual(Object.entries(VARIABLES).map(([name, { fallback, zh, en }]) => [name, fallback ? `\`${fallback}\`` : '', `${zh} · ${en}`]));
});

test('every file and heading that the README links to is there', () => {
  const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link!).filter(link => !link.startsWith('http'));

  const headings = [...readme.matchAll(/^## (.+)$/gm)].map(([, heading]) => `#${heading!.toLowerCase().replaceAll(' ', '-')}`);

  expect(links.filter(link => !(link.startsWith('#') ? headings.includes(link) : existsSync(link)))).toEqual([]);
});

test('the compose file takes every variable of payments and notices, and names none that does not exist', () => {
  const { services } = parseYaml(readFileSync('docker-compose.yml', 'utf8')) as { services: { server: { environment: Record<string, string> } } };
  const names = Object.keys(services.server.environment);

  expect(names.filter(name => !(name in VARIABLES))).toEqual([]);
  expect(Object.keys(VARIABLES).filter(name => /^(WECHAT_PAY_(?!URL)|NOTICE_|LOCAL_PAYMENTS|PUBLIC_URL)/.test(name) && !names.includes(name))).toEqual([]);
});

test('the compose file has pinned tags, health checks and no root', () => {
  const { services } = parseYaml(readFileSync('docker-compose.yml', 'utf8')) as { services: Record<string, { image?: string; healthcheck?: unknown; user?: string; build?: string }> };

  expect(Object.keys(services)).toEqual(['server', 'postgres', 'redis']);
  for (const [name, service] of Object.entries(services)) {
    expect([name, /:[\w.-]*\d[\w.-]*\}?$/.test(service.image!), Boolean(service.healthcheck)]).toEqual([name, true, true]);
    expect(service.build ? /^USER node$/m.test(readFileSync('Dockerfile', 'utf8')) : service.user).toBeTruthy();
  }
  expect(readFileSync('Dockerfile', 'utf8')).toContain('RUN npm ci\n');
  expect(readFileSync('.ci/run', 'utf8')).toMatch(/^npm ci$/m);
});

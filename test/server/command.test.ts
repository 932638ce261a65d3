import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog, readConfiguration, type Database } from '../../src/platform/index.js';
import type { EmbeddedCluster } from '../../src/platform/embedded-database.js';
import { commands } from '../../src/server/command/commands.js';
import { runCommand } from '../../src/server/command/run-command.js';
import { closeServices, openServices } from '../../src/server/open-services.js';
import { rooms } from '../../src/server/rooms.js';
import { borrowEmbedded } from '../support/borrowed-cluster.js';
import { openTestDatabase, urlOf } from '../support/database.js';
import { TEST_KEYS } from '../support/scope.js';

let database: Database | undefined;
/** On the embedded back end the commands share a cluster that is open; one test opens the data folder, as on a person's machine. */
let cluster: EmbeddedCluster | undefined;
let environment: Record<string, string>;
const folder = mkdtempSync(join(tmpdir(), 'chaowei-'));

beforeAll(async () => {
  environment = { DATA_FOLDER: folder };
  if (!process.env.DATABASE_URL) {
    cluster = await borrowEmbedded();
    return;
  }
  database = await openTestDatabase();
  environment = {
    ...environment,
    DATABASE_URL: (await urlOf(database))!,
    SEALING_KEYS: TEST_KEYS.sealing.map(({ id, key }) => `${id}:${key}`).join(','),
    LOOKUP_KEY: TEST_KEYS.lookup,
  };
});

afterAll(async () => {
  await database?.close();
  await cluster?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The shared cluster, which stays open when who used it closes it. */
const lent = (): { cluster?: EmbeddedCluster } => (cluster ? { cluster: { pglite: cluster.pglite, close: async () => undefined } } : {});

async function chaowei(line: string, overrides: Record<string, string> = {}, opened = lent()): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommand(line === '' ? [] : line.split(' '), { out: text => void out.push(text), err: text => void err.push(text), environment: { ...environment, ...overrides }, ...opened });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

test('a command opens the data folder by itself, and the next one finds what it left there', async () => {
  const added = await chaowei('party add 刺桐停车 --kind operator', {}, {});
  const issued = await chaowei(`key issue ${/pty_\w+/.exec(added.out)![0]} --scopes window:publish`, {}, {});

  expect([added.code, issued.code, issued.out]).toEqual([0, 0, expect.stringMatching(/secret {2}chw_live_\w+/)]);
}, 240_000);

test('under keys other than those of the database a command writes nothing, and says which variable to mend', async () => {
  await chaowei('party add 刺桐停车 --kind operator');

  const { code, out, err } = await chaowei('party add 温陵停车 --kind operator', { LOOKUP_KEY: Buffer.alloc(32, 8).toString('base64') });

  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^LOOKUP_KEY 不是此数据库所用的那一把.* \/ LOOKUP_KEY is not the one of this database/);
});

test('a party gets a key, the key another class, a successor, and an end; each step says what it did', async () => {
  const party = await chaowei('party add 刺桐停车 --kind operator');
  const partyId = /pty_\w+/.exec(party.out)![0];
  const issued = await chaowei(`key issue ${partyId} --scopes window:publish,key:rotate --class operator`);
  const keyId = /key_\w+/.exec(issued.out)![0];
  const limited = await chaowei(`limits set ${keyId} bench`);
  const rotated = await chaowei(`key rotate ${keyId} --overlap-hours 1`);
  const revoked = await chaowei(`key revoke ${keyId} --reason lost`);
  const again = await chaowei(`key revoke ${keyId} --reason lost`);

  expect([party.code, issued.code, limited.code, rotated.code, revoked.code, again.code]).toEqual([0, 0, 0, 0, 0, 1]);
  expect(issued.out).toMatch(/secret {2}chw_live_\w+/);
  expect(limited.out).toBe(`${keyId} BENCH`);
  expect(revoked.out).toBe(`revoked ${keyId}`);
  expect([again.out, again.err]).toEqual(['', expect.stringMatching(/^KEY_REVOKED: /)]);
}, 240_000);

test('a department in charge is registered with its department, and is refused without one', async () => {
  const added = await chaowei('party add 交警支队 --kind authority --department public_security');
  const without = await chaowei('party add 交警支队 --kind authority');

  expect([added.code, added.out]).toEqual([0, expect.stringMatching(/^party {3}pty_\w+$/)]);
  expect([without.code, without.out, without.err]).toEqual([1, '', expect.stringMatching(/^DEPARTMENT_MISSING: .*PUBLIC_SECURITY/)]);
}, 120_000);

test('a party is of a division that there is, or is not registered', async () => {
  const nowhere = await chaowei('party add 刺桐停车 --kind operator --jurisdiction 359999');

  expect([nowhere.code, nowhere.out, nowhere.err]).toEqual([1, '', expect.stringMatching(/^JURISDICTION_UNKNOWN: 没有编码为 359999 的行政区.* the code 359999/)]);
}, 120_000);

/** What the commands have left, read once they have let go of the database. */
async function stored(sql: string, parameters: readonly unknown[] = []): Promise<readonly unknown[]> {
  const services = await openServices(readConfiguration(environment), rooms, openLog({ level: 'error', destination: 2 }), lent().cluster);
  try {
    return await services.database.query(sql, parameters);
  } finally {
    await closeServices(services);
  }
}

const rights = (): Promise<readonly unknown[]> => stored('select (select count(*)::int from membership) as memberships, (select count(*)::int from api_key) as keys, (select count(*)::int from audit_entry) as entries');

test('1-4: the first administrator and a key for the whole city come from the command, and the audit knows of both', async () => {
  const office = /pty_\w+/.exec((await chaowei('party add 市停车办 --kind authority --department urban_management')).out)![0];
  const person = /pty_\w+/.exec((await chaowei('party add 陈管理 --kind person')).out)![0];

  const added = await chaowei(`membership add --member ${person} --party ${office} --role platform_administrator`);
  const issued = await chaowei(`key issue ${office} --scopes ledger:check,window:suspend --reach platform --class authority`);

  expect([added.code, added.out]).toEqual([0, expect.stringMatching(/^membership mem_\w+$/)]);
  expect(issued.code).toBe(0);
  const [membershipId, keyId] = [/mem_\w+/.exec(added.out)![0], /key_\w+/.exec(issued.out)![0]];
  expect(await stored('select role, jurisdiction_code as code, party_id as party from membership where id = $1', [membershipId])).toEqual([{ role: 'PLATFORM_ADMINISTRATOR', code: null, party: office }]);
  expect(await stored('select reach, jurisdiction_code as code, scopes from api_key where id = $1', [keyId])).toEqual([{ reach: 'PLATFORM', code: null, scopes: ['ledger:check', 'window:suspend'] }]);
  expect(await stored('select action from audit_entry where object_id = any($1) order by action', [[membershipId, keyId]])).toEqual([{ action: 'key:issue' }, { action: 'membership:write' }]);
}, 240_000);

test('1-4: a role or a reach that cannot be given is refused by its code, and nothing is written', async () => {
  const shop = /pty_\w+/.exec((await chaowei('party add 刺桐停车 --kind operator')).out)![0];
  const person = /pty_\w+/.exec((await chaowei('party add 陈管理 --kind person')).out)![0];
  const before = await rights();

  const answers = [
    await chaowei(`membership add --member ${person} --party ${shop} --role platform_administrator`),
    await chaowei(`membership add --member ${person} --party ${shop} --role facility_operator --jurisdiction 359999`),
    await chaowei(`key issue ${shop} --scopes ledger:check --reach jurisdiction`),
    await chaowei(`key issue ${shop} --scopes ledger:check --reach jurisdiction --jurisdiction 359999`),
  ];
  const nobody = await chaowei(`membership add --member pty_01j00000000000000000000000 --party ${shop} --role facility_operator`);

  expect(answers.map(({ code, err }) => [code, err.split(':')[0]])).toEqual([[1, 'ROLE_NOT_OF_KIND'], [1, 'JURISDICTION_UNKNOWN'], [1, 'JURISDICTION_CODE_INVALID'], [1, 'JURISDICTION_UNKNOWN']]);
  expect([nobody.code, nobody.out]).toEqual([1, '']);
  expect(await rights()).toEqual(before);
}, 240_000);

test('an error of the database is told in a sentence without its statement or names', async () => {
  await stored(`alter table party add constraint party_of_the_test check (name <> '查无此名') not valid`);
  const { code, out, err } = await chaowei('party add 查无此名 --kind operator');

  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(/^失败：数据库未能执行此命令（代码 \w{5}） \/ failed: the database could not carry out the command \(code \w{5}\)$/);
}, 120_000);

const SPOILED = [
  ['party add 刺\u202E桐 --kind operator', '第 1 个参数', 'argument 1', 'U+202E'],
  ['party add 刺桐 --kind operator --source reg\u200Bister --code 1', '--source ', '--source', 'U+200B'],
  ['party add 刺桐 --kind operator --source register --code a\u0000b', '--code ', '--code', 'U+0000'],
  ['key issue PARTY --scopes window:publish --name 接\u0007口', '--name ', '--name', 'U+0007'],
  ['key revoke key_1 --reason 停\u2066用', '--reason ', '--reason', 'U+2066'],
  ['membership add --member pty\uFEFF_1 --party pty_2 --role driver', '--member ', '--member', 'U+FEFF'],
  ['import facilities nowhere.csv --source 普\u202A查', '--source ', '--source', 'U+202A'],
] as const;

test('what nobody can see is refused in whatever is typed, as other bad input, before anything is opened or written', async () => {
  const written = `select (select count(*)::int from party) as parties, (select count(*)::int from api_key) as keys, (select count(*)::int from membership) as memberships, (select count(*)::int from audit_entry) as audit`;
  const before = await stored(written);

  for (const [line, zh, en, character] of SPOILED) {
    const answer = await chaowei(line);
    expect([answer.code, answer.out]).toEqual([2, '']);
    expect(answer.err.split('\n')[0]).toBe(`${zh}含有不可见的控制字符 ${character} / ${en} has the control character ${character}, which nobody can see`);
  }

  expect(await stored(written)).toEqual(before);
}, 120_000);

test('a name that is too long is refused by its rule, and nothing is written', async () => {
  const { code, err } = await chaowei(`party add ${'长'.repeat(201)} --kind operator`);
  const source = await chaowei(`party add 刺桐 --kind operator --source ${'s'.repeat(101)} --code 1`);

  expect([code, err]).toEqual([1, expect.stringMatching(/^NAME_INVALID: 名称须为 1–200 字，收到 201 字 \/ a name has 1 to 200 characters; this has 201$/)]);
  expect([source.code, source.err]).toEqual([1, expect.stringMatching(/^TEXT_LENGTH: 来源须为 1–100 字，收到 101 字/)]);
  expect(await stored(`select count(*)::int as count from party where name like '长%'`)).toEqual([{ count: 0 }]);
}, 120_000);

test.each([
  ['party add 某部门 --kind WRONG', "'WRONG' is no kind; there are AGENCY, PUBLIC_INSTITUTION, "],
  ['party add 某部门 --kind WRONG', '用法 usage: chaowei party add NAME --kind AGENCY|PUBLIC_INSTITUTION|'],
  ['party add 某部门 --kind AUTHORITY --department PARKS', "'PARKS' is no department; there are DEVELOPMENT_REFORM, PUBLIC_SECURITY, "],
  ['nothing here', '命令 commands: doctor, party add, '],
  ['nothing here', "没有命令“nothing here” / there is no command 'nothing here'"],
  ['key issue pty_x --scopes', '--scopes 须有值；值以 - 开头时写作 --scopes=值 / --scopes needs a value; one that begins with - is written --scopes=VALUE'],
  ['import facilities x --json=1', '--json 不带值 / --json takes no value'],
  ['key issue', "expected 1 argument(s) after 'key issue', got 0"],
  ['key issue pty_x --nonsense', '没有选项 --nonsense / there is no option --nonsense'],
  ['key issue pty_x', '--scopes is needed'],
  ['key issue pty_x --scopes a --class duke', "'duke' is no class of limits; there are KEY, OPERATOR, AUTHORITY, BENCH"],
  ['key issue pty_x --scopes a --reach moon', "'moon' is no reach; there are PARTY, JURISDICTION, PLATFORM"],
  ['membership add --member pty_x --party pty_y', '--role is needed'],
  ['membership add --member pty_x --party pty_y --role KING', "'KING' is no role; there are PLATFORM_ADMINISTRATOR, "],
  ['key issue pty_x --scopes a --days 0', '--days is 1 to 731, got 0'],
  ['key issue pty_x --scopes a --days 0.5', '--days is 1 to 731, got 0.5'],
  ['key rotate key_x --overlap-hours soon', '--overlap-hours is 0 to 720, got soon'],
  ['import facilities nowhere.csv', '没有文件 nowhere.csv / there is no file nowhere.csv'],
  ['import nothing nowhere.csv', "'nothing' is none of jurisdictions, facilities, windows, walk-network"],
  ['replay test --register s --key k', 'test 是目录，须为文件 / test is a folder, where a file is needed'],
  ['demo feed --for 10', '--for is written as 90s, 10m or 2h, got 10'],
])('misuse is exit code 2 with the usage, and nothing is opened: %s', async (line, words) => {
  const { code, out, err } = await chaowei(line);

  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(words);
});

test('a recording of which no row can be read is exit code 1, with what is wrong with its rows', async () => {
  const file = join(folder, 'recorded.csv');
  writeFileSync(file, '\uFEFFcode,free,at\nA,3,yesterday\nB,4,\n');

  const { code, out } = await chaowei(`replay ${file} --register s --key k --format facility=code,free=free,at=at`);

  expect([code, out]).toEqual([1, '2 行，已报 0，共 0 次 / 2 rows, 0 reported in 0 calls\n        2  无法读取 unreadable TIME']);
});

test('no command at all prints the usage of every command', async () => {
  const { code, out } = await chaowei('');

  expect(code).toBe(0);
  for (const name of ['doctor', 'party add', 'membership add', 'key issue', 'key rotate', 'key revoke', 'limits set', 'schema']) expect(out).toContain(`chaowei ${name}`);
});

test('a word that only begins a command is answered with the commands that it begins, and no others', async () => {
  const { code, out, err } = await chaowei('key');

  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err.split('\n').filter(line => line.startsWith('  chaowei ')).map(line => line.split(' ').slice(3, 5).join(' '))).toEqual(['key issue', 'key rotate', 'key revoke']);
});

test('--version prints the version of the package', async () => {
  expect(await chaowei('--version')).toEqual({ code: 0, out: (JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }).version, err: '' });
});

test.each(['--help', '-h', 'help'])('%s prints the usage of every command as its answer', async word => {
  expect(await chaowei(word)).toEqual({ ...(await chaowei('')), err: '' });
});

test('every command says how it is used, whatever else stands on the line, and opens nothing', async () => {
  for (const { name, usage, summary } of commands) {
    for (const line of [`${name} --help`, `${name} -h`, `${name} word --nonsense --help`]) {
      expect(await chaowei(line, { PORT: 'broken' })).toEqual({ code: 0, out: `用法 usage: chaowei ${usage}\n${summary}`, err: '' });
    }
  }
});

test('a wrong configuration is exit code 1 with every problem', async () => {
  const { code, err } = await chaowei('doctor', { PORT: '99999', LOG_LEVEL: 'loud' });

  expect(code).toBe(1);
  expect(err).toMatch(/2 problem\(s\)/);
});

test('doctor prints every check', async () => {
  const { code, out } = await chaowei('doctor');

  expect(out.split('\n').map(line => line.slice(0, 4))).toEqual(['ok  ', 'ok  ', 'ok  ', 'ok  ', 'ok  ', 'ok  ', 'ok  ']);
  expect(code).toBe(0);
}, 120_000);

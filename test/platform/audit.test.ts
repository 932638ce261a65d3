import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { done } from '../../src/kernel/index.js';
import { AuditHeadForged, newId, readAuditHeads, readConfiguration, signAuditHead, transaction, verifyAuditChain, type Database, type Viewer } from '../../src/platform/index.js';
import { appendAudit } from '../../src/platform/audit.sql.js';
import { openTestDatabase } from '../support/database.js';
import { TEST_NOW, scopeOf, system, testServices } from '../support/scope.js';

const DAY = '2026-02-13';
let database: Database;
let folder: string;
let services: ReturnType<typeof testServices>;
/** The sequences of the forty lines of the first day and the ten of the second. */
let lines: readonly { day: string; sequence: string }[];

beforeAll(async () => {
  database = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
  services = testServices(database, { configuration: readConfiguration({ DATA_FOLDER: folder }) });
});

afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  await asOwner('truncate audit_entry');
  await rm(join(folder, 'audit-heads.jsonl'), { force: true });
  services.clock.set(TEST_NOW);
  for (let n = 0; n < 8; n++) await write(5);
  services.clock.advance(86_400_000);
  for (let n = 0; n < 2; n++) await write(5);
  lines = await database.query(`select e.day::text, e.sequence::text from audit_entry e order by e.day, e.sequence`);
});

async function write(count: number): Promise<void> {
  await transaction(scopeOf(services), async unit => {
    for (let n = 0; n < count; n++) unit.record({ action: 'party:write', objectType: 'party', objectId: `pty_${n}`, reason: n % 2 ? '理由' : null, details: { n, kind: 'PERSON' } });
    return done(null);
  });
}

/** Does what only an owner of the database can: its triggers are off. */
async function asOwner(statement: string, params: readonly unknown[] = []): Promise<void> {
  await database.query('alter table audit_entry disable trigger user');
  await database.query(statement, params);
  await database.query('alter table audit_entry enable trigger user');
}

const at = (index: number) => lines[index]!.sequence;
const verify = () => verifyAuditChain(database);

test('an untouched log of two days is whole, and can be checked by the day', async () => {
  expect(await verify()).toEqual({ rows: 50, brokenAt: null });
  expect(await verifyAuditChain(database, { day: DAY })).toEqual({ rows: 40, brokenAt: null });
});

test.each([1, 7, 10, 40, 50])('read in pages of %i lines, it is the same log, and a break at any line of a page is the same break', async pageRows => {
  expect(await verifyAuditChain(database, { pageRows })).toEqual({ rows: 50, brokenAt: null });
  for (const index of [0, 6, 7, 9, 10, 39, 40, 49]) {
    await asOwner(`update audit_entry set previous_hash = sha256(previous_hash) where sequence = $1`, [at(index)]);
    expect((await verifyAuditChain(database, { pageRows })).brokenAt).toEqual({ day: lines[index]!.day, sequence: at(index), reason: 'UNLINKED' });
    await asOwner(`update audit_entry e set previous_hash = coalesce((select p.hash from audit_entry p where p.day = e.day and p.sequence < e.sequence order by p.sequence desc limit 1), sha256(convert_to('day ' || e.day, 'UTF8'))) where sequence = $1`, [at(index)]);
  }
});

test('the log says which key acted, and null where none did', async () => {
  const operator: Viewer = { ...system, kind: 'API_KEY', actorId: 'pty_operator', keyId: 'key_01kha862m0ed2s8a4j5ytzy83h' };
  await transaction(scopeOf(services, operator), async unit => {
    unit.record({ action: 'facility:write', objectType: 'facility', objectId: 'fac_1' });
    return done(null);
  });

  expect(await database.query(`select distinct actor_id, key_id from audit_entry order by actor_id`)).toEqual([{ actor_id: 'pty_operator', key_id: operator.keyId }, { actor_id: 'system', key_id: null }]);
  expect(await verify()).toEqual({ rows: 51, brokenAt: null });
});

test('ten writers at once leave one whole chain', async () => {
  await Promise.all(Array.from({ length: 10 }, () => write(3)));
  expect(await verify()).toEqual({ rows: 80, brokenAt: null });
});

test('lines of two days, written by turns in one transaction and in several statements, leave both chains whole', async () => {
  const line = (nth: number) => ({ id: newId('auditEntry', Date.parse(TEST_NOW) + nth), at: Date.parse(TEST_NOW) + (nth % 2) * 86_400_000, actorId: 'system', keyId: null, source: 'SYSTEM', traceId: 'test', action: 'party:write', objectType: 'party', objectId: `pty_${nth}` });
  await database.transactional(async (_em, sql) => {
    appendAudit(sql, [0, 1, 2, 3].map(line));
    appendAudit(sql, [4, 5, 6].map(line));
  });

  expect(await verify()).toEqual({ rows: 57, brokenAt: null });
  expect(await verifyAuditChain(database, { day: DAY })).toEqual({ rows: 44, brokenAt: null });
});

test('what hangs on a line that was rolled back is nothing: the next transaction of the same connection goes on from what stands', async () => {
  await database.session(async sql => {
    for (const end of ['rollback', 'commit']) {
      await sql.query('begin');
      await sql.query(`insert into audit_entry (id, at, actor_id, source, trace_id, action, object_type, object_id, succeeded) values ($1, to_timestamp($2 / 1000.0), 'system', 'SYSTEM', 'test', 'party:write', 'party', 'pty_1', true)`, [newId('auditEntry', Date.parse(TEST_NOW)), Date.parse(TEST_NOW)]);
      await sql.query(end);
    }
  });

  expect(await verify()).toEqual({ rows: 51, brokenAt: null });
});

test('the application can neither change nor delete nor truncate a line', async () => {
  await expect(database.query(`update audit_entry set reason = 'x'`)).rejects.toThrow('only ever appended');
  await expect(database.query(`delete from audit_entry`)).rejects.toThrow('only ever appended');
  await expect(database.query(`truncate audit_entry`)).rejects.toThrow('only ever appended');
  expect(await verify()).toEqual({ rows: 50, brokenAt: null });
});

describe('G28: what an owner of the database does to a line is found, with its position', () => {
  test.each([
    ['actor_id', `'somebody-else'`], ['key_id', `'key_01kha862m0ed2s8a4j5ytzy83h'`], ['action', `'party:read'`], ['object_id', `'pty_999'`], ['object_type', `'facility'`], ['source', `'SYSTEM2'`], ['trace_id', `'other'`],
    ['succeeded', 'not succeeded'], ['reason', `coalesce(reason, '') || '!'`], ['details', `details || '{"n": 77}'`], ['at', `at + interval '1 second'`],
    ['id', `'aud_01kha862m0ed2s8a4j5ytzy83h'`],
  ])('changed: %s', async (column, value) => {
    await asOwner(`update audit_entry set ${column} = ${value} where sequence = $1`, [at(17)]);
    expect((await verify()).brokenAt).toEqual({ day: DAY, sequence: at(17), reason: 'CHANGED' });
  });

  test('changed, with its own hash made to fit: the next line no longer does', async () => {
    await asOwner(`update audit_entry e set actor_id = 'x', hash = sha256('x') where sequence = $1`, [at(17)]);
    await asOwner(`update audit_entry e set hash = sha256(previous_hash || convert_to(audit_entry_text(e), 'UTF8')) where sequence = $1`, [at(17)]);
    expect((await verify()).brokenAt).toEqual({ day: DAY, sequence: at(18), reason: 'UNLINKED' });
  });

  test('a text moved from one column to the next, over the mark that once parted them', async () => {
    await transaction(scopeOf(services), async unit => {
      unit.record({ action: 'party:write\u001fparty', objectType: 'office', objectId: 'pty_1' });
      return done(null);
    });
    expect(await verify()).toEqual({ rows: 51, brokenAt: null });
    await asOwner(`update audit_entry set action = 'party:write', object_type = E'party\\x1foffice' where object_type = 'office'`);
    expect((await verify()).brokenAt).toMatchObject({ reason: 'CHANGED' });
  });

  test.each([['the first of a day', 0], ['one in the middle', 20], ['the first of the second day', 40]])('deleted: %s', async (_name, index) => {
    await asOwner(`delete from audit_entry where sequence = $1`, [at(index)]);
    expect((await verify()).brokenAt).toEqual({ day: lines[index]!.day, sequence: at(index + 1), reason: 'UNLINKED' });
  });

  test('inserted between two lines', async () => {
    const between = Number(at(10)) + 1;
    await asOwner(
      `insert into audit_entry (sequence, id, at, day, actor_id, source, trace_id, action, object_type, object_id, succeeded, previous_hash, hash)
       overriding system value
       select $1, 'aud_01kha862m0ed2s8a4j5ytzy83h', at, day, actor_id, source, trace_id, action, object_type, object_id, succeeded, hash, sha256('x')
       from audit_entry where sequence = $2`, [between, at(10)]);
    expect((await verify()).brokenAt).toEqual({ day: DAY, sequence: String(between), reason: 'CHANGED' });
  });

  test('reordered: two lines exchanged', async () => {
    const [a, b] = [at(12), at(13)];
    await database.query(`create table moved as select * from audit_entry where sequence in (${a}, ${b})`);
    await asOwner(`delete from audit_entry where sequence in ($1, $2)`, [a, b]);
    await asOwner(
      `insert into audit_entry (sequence, id, at, day, actor_id, source, trace_id, action, object_type, object_id, succeeded, reason, details, previous_hash, hash)
       overriding system value
       select case when sequence = $1 then $2::bigint else $1 end, id, at, day, actor_id, source, trace_id, action, object_type, object_id, succeeded, reason, details, previous_hash, hash
       from moved`, [a, b]);
    await database.query('drop table moved');
    expect((await verify()).brokenAt).toEqual({ day: DAY, sequence: a, reason: 'UNLINKED' });
  });

  test('moved to another day', async () => {
    await asOwner(`update audit_entry set day = day + 1 where sequence = $1`, [at(39)]);
    expect((await verify()).brokenAt).toEqual({ day: '2026-02-14', sequence: at(39), reason: 'WRONG_DAY' });
  });

  test('every one of the fifty lines, changed one after the other', async () => {
    for (const line of lines) {
      await asOwner(`update audit_entry set actor_id = actor_id || '!' where sequence = $1`, [line.sequence]);
      expect((await verify()).brokenAt).toMatchObject({ sequence: line.sequence });
      await asOwner(`update audit_entry set actor_id = rtrim(actor_id, '!') where sequence = $1`, [line.sequence]);
    }
    expect(await verify()).toEqual({ rows: 50, brokenAt: null });
  });
});

describe('G28: what a chain alone cannot show, a signed head outside the database does', () => {
  const verifyWithHeads = async () => verifyAuditChain(database, { heads: await readAuditHeads(services) });

  test('a log that grew since its heads were signed is whole', async () => {
    await signAuditHead(services);
    await write(5);
    await signAuditHead(services);
    await write(5);
    expect(await verifyWithHeads()).toEqual({ rows: 60, brokenAt: null });
  });

  test('the head is of the last line, also on the day on which the numbers of lines get one more digit', async () => {
    await database.query(`select setval('audit_entry_sequence_seq', 9999995)`);
    await write(5);
    const written = await database.query<{ sequence: string; digits: number }>('select e.sequence::text, length(e.sequence::text) as digits from audit_entry e order by e.day desc, e.sequence desc limit 5');
    expect(new Set(written.map(line => line.digits))).toEqual(new Set([7, 8]));
    expect(await signAuditHead(services)).toMatchObject({ day: '2026-02-14', sequence: written[0]!.sequence });
  });

  test('the tail of a day cut off', async () => {
    await signAuditHead(services);
    await asOwner(`delete from audit_entry where sequence >= $1`, [at(45)]);
    expect((await verify()).brokenAt).toBeNull();
    expect((await verifyWithHeads()).brokenAt).toEqual({ day: '2026-02-14', sequence: at(49), reason: 'MISSING' });
  });

  test('everything truncated', async () => {
    await signAuditHead(services);
    await asOwner('truncate audit_entry');
    expect(await verifyWithHeads()).toEqual({ rows: 0, brokenAt: { day: '2026-02-14', sequence: at(49), reason: 'MISSING' } });
  });

  test('a line changed and the whole chain after it hashed anew', async () => {
    await signAuditHead(services);
    await asOwner(`update audit_entry set actor_id = 'innocent' where sequence = $1`, [at(41)]);
    for (let index = 41; index < 50; index++) {
      await asOwner(
        `update audit_entry e set previous_hash = p.hash, hash = sha256(p.hash || convert_to(audit_entry_text(e), 'UTF8')) from audit_entry p where e.sequence = $1 and p.sequence = $2`,
        [at(index), at(index - 1)]);
    }
    expect((await verify()).brokenAt).toBeNull();
    expect((await verifyWithHeads()).brokenAt).toEqual({ day: '2026-02-14', sequence: at(49), reason: 'REWRITTEN' });
  });

  test('a head that is not ours is named by its line', async () => {
    await signAuditHead(services);
    await signAuditHead(services);
    const path = join(folder, 'audit-heads.jsonl');
    const [first, second] = (await readFile(path, 'utf8')).split('\n');
    await writeFile(path, `${first}\n${second!.replace(/"signedAt":\d/, '"signedAt":9')}\n`);
    await expect(readAuditHeads(services)).rejects.toEqual(new AuditHeadForged(2));
  });

  test('an empty log has no head, and a folder without a file of heads has none', async () => {
    await asOwner('truncate audit_entry');
    expect(await signAuditHead(services)).toBeNull();
    expect(await readAuditHeads(services)).toEqual([]);
  });
});

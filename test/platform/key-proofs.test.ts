import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { KeysUnfit, createSealer, proveKeys, type Database } from '../../src/platform/index.js';
import { openTestDatabase } from '../support/database.js';

const key = (id: string, byte: number) => ({ id, key: Buffer.alloc(32, byte).toString('base64') });
const [LOOKUP, OTHER_LOOKUP] = [9, 8].map(byte => Buffer.alloc(32, byte).toString('base64')) as [string, string];
const sealer = createSealer([key('a', 1)], LOOKUP);

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase();
});

afterEach(() => database.query('delete from key_proof'));
afterAll(() => database.close());

const proved = (): Promise<unknown> => database.query('select variable, key_id as "keyId" from key_proof order by 1, 2');
const LOOKUP_PROVED = { variable: 'LOOKUP_KEY', keyId: '' };
const sealingProved = (keyId: string) => ({ variable: 'SEALING_KEYS', keyId });

test('the keys of the first start are those of every later one', async () => {
  await proveKeys({ database, sealer });
  await proveKeys({ database, sealer });

  expect(await proved()).toEqual([LOOKUP_PROVED, sealingProved('a')]);
});

test('of servers that start at once on a new database, each proves the same keys', async () => {
  await Promise.all([1, 2, 3].map(() => proveKeys({ database, sealer })));

  expect(await proved()).toEqual([LOOKUP_PROVED, sealingProved('a')]);
});

test('under another LOOKUP_KEY nothing starts, and the new sealing key beside it is not kept', async () => {
  await proveKeys({ database, sealer });

  const start = proveKeys({ database, sealer: createSealer([key('b', 2), key('a', 1)], OTHER_LOOKUP) });

  await expect(start).rejects.toThrow(KeysUnfit);
  await expect(start).rejects.toThrow(/^LOOKUP_KEY 不是.* \/ LOOKUP_KEY is not the one of this database.*$/);
  expect(await proved()).toEqual([LOOKUP_PROVED, sealingProved('a')]);
});

test('a new key seals in front of the old one, which is needed from then on as before', async () => {
  await proveKeys({ database, sealer });
  await proveKeys({ database, sealer: createSealer([key('b', 2), key('a', 1)], LOOKUP) });

  await expect(proveKeys({ database, sealer: createSealer([key('b', 2)], LOOKUP) })).rejects.toThrow("SEALING_KEYS lacks the key 'a'");
  await expect(proveKeys({ database, sealer })).rejects.toThrow("SEALING_KEYS lacks the key 'b'");
  expect(await proved()).toEqual([LOOKUP_PROVED, sealingProved('a'), sealingProved('b')]);
});

test('another key under the old name is not the old key, and all that is wrong is told at once', async () => {
  await proveKeys({ database, sealer });

  await expect(proveKeys({ database, sealer: createSealer([key('a', 3)], OTHER_LOOKUP) })).rejects.toThrow(/^LOOKUP_KEY .*\nSEALING_KEYS .*'a'.*$/);
});

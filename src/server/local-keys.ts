import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../platform/index.js';

export interface LocalKeys {
  readonly sealing: ReadonlyArray<{ readonly id: string; readonly key: string }>;
  readonly lookup: string;
}

const draw = (): string => randomBytes(32).toString('base64');

/** The keys of a trial machine, in the data folder and readable by its owner alone. Lost keys mean lost personal fields. */
export function readOrMakeKeys(folder: string): LocalKeys {
  const path = join(folder, 'keys.json');
  makeFolder(folder);
  const keys: LocalKeys = { sealing: [{ id: 'local', key: draw() }], lookup: draw() };
  try {
    // 'Create only if absent' decides between two starters: the loser reads what the winner wrote.
    writeFileSync(path, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
    return keys;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return JSON.parse(readFileSync(path, 'utf8')) as LocalKeys;
  }
}

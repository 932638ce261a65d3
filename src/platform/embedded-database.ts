import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { postgis } from '@electric-sql/pglite-postgis';
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist';
import { pgcrypto } from '@electric-sql/pglite/contrib/pgcrypto';
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm';
import { createPostgreSqlTypeParsers } from '@mikro-orm/sql';
import array from 'postgres-array';
import { makeFolder } from './make-folder.js';

export interface EmbeddedCluster {
  readonly pglite: PGlite;
  close(): Promise<void>;
}

/** The same texts as from the real driver: bigint and instants stay text, arrays are parsed with quotes respected. */
export const PARSERS: PGliteOptions['parsers'] = { ...createPostgreSqlTypeParsers(text => array.parse(text)), 20: text => text };

/** The folder is in use by another process of this machine. */
export class FolderInUse extends Error {
  constructor(folder: string, pid: number) {
    super(`数据目录 DATA_FOLDER（${folder}）正由进程 ${pid} 使用：请停止它，或将 DATA_FOLDER 设为其他目录 / the data folder '${folder}' is in use by process ${pid}: stop it, or set DATA_FOLDER to another folder`);
    this.name = 'FolderInUse';
  }
}

/** Opens the embedded cluster in a folder (null: in memory), alone: the engine itself would let two processes overwrite each other. */
export async function openEmbedded(options: { folder: string | null; snapshot?: Blob; statementMs: number }): Promise<EmbeddedCluster> {
  const unlock = options.folder === null ? () => undefined : lockFolder(options.folder);
  try {
    const restoring = memoiseLargeKeyLists();
    try {
      const pglite = await PGlite.create({
        dataDir: options.folder === null ? 'memory://' : join(options.folder, 'postgres'),
        loadDataDir: options.snapshot,
        extensions: { postgis, btree_gist, pgcrypto, pg_trgm },
        parsers: PARSERS,
      });
      await pglite.exec(`create extension if not exists postgis; set statement_timeout = ${options.statementMs}`);
      return {
        pglite,
        async close() {
          await pglite.close();
          unlock();
        },
      };
    } finally {
      restoring();
    }
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Takes the folder's lock file; the operating system's 'create only if absent' decides between two starters. */
function lockFolder(folder: string): () => void {
  makeFolder(folder);
  const path = join(folder, 'chaowei.lock');
  if (existsSync(path)) {
    const owner = Number.parseInt(readFileSync(path, 'utf8'), 10);
    if (isAlive(owner)) throw new FolderInUse(folder, owner);
    rmSync(path);
  }
  const file = openSync(path, 'wx', 0o600);
  writeSync(file, String(process.pid));
  closeSync(file);
  return () => rmSync(path, { force: true });
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * The WebAssembly loader looks up each C function by searching the key list of a very large export table, which makes
 * loading PostGIS ten times as long. Only while the cluster opens, key lists of large objects are remembered; none of
 * ours is that large, and the table itself no longer grows once its module is loaded.
 */
function memoiseLargeKeyLists(): () => void {
  const original = Object.keys;
  const known = new WeakMap<object, string[]>();
  Object.keys = (target: object): string[] => {
    const remembered = known.get(target);
    if (remembered) return remembered;
    const keys = original(target);
    if (keys.length > 5_000) known.set(target, keys);
    return keys;
  };
  return () => void (Object.keys = original);
}

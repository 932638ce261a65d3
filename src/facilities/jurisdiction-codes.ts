import type { Database } from '../platform/index.js';
import { findCodeOf } from './jurisdictions.sql.js';

const keptByDatabase = new WeakMap<Database, Map<string, Promise<string | null>>>();

/**
 * The code of a jurisdiction, or null where there is none with this id. One that is registered keeps its code for good, so
 * each is looked up once: when a server comes back, thousands of streams subscribe again at one time, and none of them
 * may have to wait for a connection to be told what its filter means.
 */
export function jurisdictionCodeOf(database: Database, jurisdictionId: string): Promise<string | null> {
  let codes = keptByDatabase.get(database);
  if (!codes) keptByDatabase.set(database, (codes = new Map()));
  let code = codes.get(jurisdictionId);
  if (!code) {
    codes.set(jurisdictionId, (code = findCodeOf(database, jurisdictionId)));
    // What is not there may be registered later, and what failed may succeed.
    const forget = (found: string | null): unknown => found === null && codes.delete(jurisdictionId);
    code.then(forget, () => forget(null));
  }
  return code;
}

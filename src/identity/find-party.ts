import type { Sql } from '../platform/index.js';
import { findPartyTaking } from './party.sql.js';

/** The id of the party that a source knows by this code, or null: imports ask before they register (3.1-4). */
export async function findPartyOfSource(sql: Sql, source: string, code: string): Promise<string | null> {
  return (await findPartyTaking(sql, { creditCode: null, source, code }))?.id ?? null;
}

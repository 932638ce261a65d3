import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { RequestScope } from '../../src/platform/index.js';
import { registerParty } from '../../src/identity/index.js';
import type { ImportReport } from '../../src/exchange/import-report.js';
import { mappingFile, reportOf, templateMapping, type Importing } from '../exchange/importing.js';

/** A recorded file; the folder is named by the command that runs this suite. */
export function recorded(path: string): Buffer {
  const folder = process.env.TRIAL_DATA;
  if (!folder) throw new Error('TRIAL_DATA names no folder: run npm run trial -- FOLDER');
  return readFileSync(join(folder, path));
}

/** Imports a recorded file with a mapping of this folder. */
export function importRecorded(scope: RequestScope, mapping: string, path: string, options: Importing = {}): Promise<ImportReport> {
  return reportOf(scope, mappingFile(join('test/trial/mappings', `${mapping}.yml`)), recorded(path), options);
}

/** Registers the foreign cities, whose sources name no jurisdiction of their own. */
export function registerCities(scope: RequestScope): Promise<ImportReport> {
  return reportOf(scope, templateMapping('jurisdictions', { source: 'trial', city: null }), readFileSync('test/trial/cities.csv'));
}

/** Registers who owns a source's facilities: the sources name nobody. */
export async function registerOwner(scope: RequestScope, source: string, jurisdictionCode: string): Promise<void> {
  const outcome = await registerParty(scope, { kind: 'STATE_OWNED_ENTERPRISE', name: `${source} 产权人`, source, code: 'OWNER', jurisdictionCode });
  if (!outcome.ok) throw new Error(outcome.problems[0].en);
}

/** A recorded table's rows with their row numbers, heading included: read here by other means than the import's. */
export function rowsOf(table: Buffer): ReadonlyArray<{ readonly row: number; readonly cells: Readonly<Record<string, string>> }> {
  const rows = parse(table, { columns: true, bom: true }) as Array<Record<string, string>>;
  return rows.map((cells, index) => ({ row: index + 2, cells }));
}

/** The row numbers of those that fit. */
export function rowsWhere(table: Buffer, fits: (cells: Readonly<Record<string, string>>) => boolean): readonly number[] {
  return rowsOf(table).filter(({ cells }) => fits(cells)).map(({ row }) => row);
}

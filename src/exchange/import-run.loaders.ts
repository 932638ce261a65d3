import { defineLoader, type RequestScope } from '../platform/index.js';
import { may } from '../identity/index.js';
import { listProblems, runsById, type ImportRunRow, type ProblemPage, type ProblemRow } from './import-run.sql.js';
import { ImportRun, type ImportKindValue } from './import-run.type.js';

/** Whose runs a viewer sees: everybody's with a right that nothing narrows, else its own (3.6-3). */
export function visibleActor(scope: RequestScope): string | null {
  return may(scope.viewer, 'import:read', { partyId: null, jurisdictionCode: null }) ? null : scope.viewer.actorId;
}

/** A run as this viewer may see it; null where it may not, or where there is none. */
export const importRunLoader = defineLoader<string, ImportRun | null>('importRun', async (scope, ids) => {
  if (!may(scope.viewer, 'import:read')) return ids.map(() => null);
  const rows = await runsById(scope.database, ids, visibleActor(scope));
  const byId = new Map(rows.map(row => [row.id, runOf(row)]));
  return ids.map(id => byId.get(id) ?? null);
});

/** Pages of problems for many runs in one statement; a key is a page as JSON. */
export const problemPageLoader = defineLoader<string, readonly ProblemRow[]>('importProblems', async (scope, keys) => {
  const pages = keys.map(key => JSON.parse(key) as ProblemPage);
  const rows = await listProblems(scope.database, pages);
  const byPage = Map.groupBy(rows, row => row.page);
  return keys.map((_, index) => byPage.get(index) ?? []);
});

export function runOf({ kind, dryRun, ...row }: ImportRunRow): ImportRun {
  return Object.assign(new ImportRun(), row, { kind: kind.toUpperCase().replaceAll('-', '_') as ImportKindValue, isDryRun: dryRun });
}

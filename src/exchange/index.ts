import type { Room } from '../platform/index.js';
import { importRunLoader } from './import-run.loaders.js';
import { ImportRunResolver } from './import-run.resolver.js';
import { ImportRun } from './import-run.type.js';
import { EXCHANGE_REFUSALS } from './refusals.js';

export { importCommand } from './import-command.js';
export { abandonDeadImports, importFile } from './import-file.js';
export type { ImportProgress, ImportRequest } from './import-file.js';
export { importKind } from './import-kinds.js';
export type { ImportKindName } from './import-kind.js';
export type { ImportMode, ImportReport } from './import-report.js';
export { importRoutes } from './import-route.js';
export { replayCommand, waitLine } from './replay-command.js';
export { RefusedCall, ReportClient } from './report-client.js';
export type { ReportTally } from './report-client.js';
export { declaredMapping } from './declared-mapping.js';
export type { Mapping } from './mapping.js';

/** Files from outside: jurisdictions, facilities, windows and walking networks, by mapping, in one transaction. */
export const exchangeRoom: Room = {
  name: 'exchange',
  entities: [],
  resolvers: [ImportRunResolver],
  orphanedTypes: [ImportRun],
  refusals: EXCHANGE_REFUSALS,
  nodes: [{ kind: 'importRun', loader: importRunLoader }],
};

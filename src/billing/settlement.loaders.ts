import { reachOf } from '../identity/index.js';
import { defineLoader, type RequestScope } from '../platform/index.js';
import { decodeCursor, pageOf, pageSize, type Connection, type PageArgs } from '../platform/graphql/index.js';
import { countBatches, listBatches, listBatchLines, type BatchFilter, type BatchLineRow, type BatchRow } from './settlement.sql.js';
import { SettlementBatch, type SettlementBatchWhere, type SettlementLineType } from './settlement.type.js';

const ALL: BatchFilter = { payeeId: null, kind: null, fromOn: null, untilOn: null, ids: null };
const idAfter = ({ after }: PageArgs): string | null => (after == null ? null : String(decodeCursor(after, ['string'])[0]));

/** A batch as this viewer may see it; null where it may not, or where there is none. */
export const BATCH_BY_ID = defineLoader<string, SettlementBatch | null>('BATCH_BY_ID', async (scope, ids) => {
  const rows = await listBatches(scope.database, reachOf(scope.viewer, 'settlement:read'), { ...ALL, ids }, { after: null, limit: ids.length });
  const found = new Map(rows.map(row => [row.id, batchOf(row)]));
  return ids.map(id => found.get(id) ?? null);
});

function batchOf({ day, lines, accountId: _accountId, ...row }: BatchRow): SettlementBatch {
  return Object.assign(new SettlementBatch(), row, { onDate: day, lineCount: lines });
}

/** The batches that fit a filter and that the viewer may see, the newest first. */
export async function listSettlementBatches(scope: RequestScope, where: SettlementBatchWhere | null, page: PageArgs): Promise<Connection<SettlementBatch>> {
  const filter: BatchFilter = { payeeId: where?.payeeId ?? null, kind: where?.kind ?? null, fromOn: where?.fromOn ?? null, untilOn: where?.untilOn ?? null, ids: null };
  const reach = reachOf(scope.viewer, 'settlement:read');
  const rows = await listBatches(scope.database, reach, filter, { after: idAfter(page), limit: pageSize(page.first) + 1 });
  return pageOf(rows.map(batchOf), { first: page.first, after: page.after ?? null, keyOf: batch => [batch.id], count: () => countBatches(scope.database, reach, filter) });
}

function lineKindOf(kind: BatchLineRow['transactionKind']): SettlementLineType['kind'] {
  if (kind === 'ADVANCE_SETTLED') return 'ADVANCE';
  return kind === 'PAYMENT' ? 'PAYMENT' : 'REFUND';
}

/** A page of a batch's lines, in the order of their booking. */
export async function linesOfBatch(scope: RequestScope, batch: SettlementBatch, page: PageArgs): Promise<Connection<SettlementLineType>> {
  const rows = await listBatchLines(scope.database, batch, { after: idAfter(page), limit: pageSize(page.first) + 1 });
  const lines = rows.map(({ transactionKind, batchId: _batchId, ...row }): SettlementLineType => ({ ...row, kind: lineKindOf(transactionKind) }));
  return pageOf(lines, { first: page.first, after: page.after ?? null, keyOf: line => [line.transactionId], count: async () => batch.lineCount });
}

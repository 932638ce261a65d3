import type { Room } from '../platform/index.js';
import { CHARGE_BY_ID } from './charge.loaders.js';
import { ChargeResolver } from './charge.resolver.js';
import { Charge } from './charge.type.js';
import { closeSettlementDays } from './close-settlement-days.js';
import { RECEIPT_BY_ID } from './invoice.loaders.js';
import { ReceiptResolver } from './invoice.resolver.js';
import { Receipt } from './invoice.type.js';
import { keepLedgerVerdict } from './ledger-check.js';
import { markUnpaidCharges } from './mark-unpaid.js';
import { RevenueResolver } from './revenue.resolver.js';
import { BATCH_BY_ID } from './settlement.loaders.js';
import { SettlementResolver } from './settlement.resolver.js';
import { SettlementBatch } from './settlement.type.js';

/** What the room does about what is owed, earned and settled: of it, the room is put together. */
export const chargesPart = {
  resolvers: [ChargeResolver, ReceiptResolver, SettlementResolver, RevenueResolver],
  orphanedTypes: [Charge, Receipt, SettlementBatch],
  nodes: [
    { kind: 'charge', loader: CHARGE_BY_ID },
    { kind: 'receipt', loader: RECEIPT_BY_ID },
    { kind: 'settlementBatch', loader: BATCH_BY_ID },
  ],
  jobs: [
    { name: 'mark-unpaid-charges', everyMs: 60_000, isSingle: true, run: markUnpaidCharges },
    { name: 'close-settlement-days', everyMs: 300_000, isSingle: true, run: closeSettlementDays },
    { name: 'keep-ledger-verdict', everyMs: 60_000, isSingle: true, run: keepLedgerVerdict },
  ],
} as const satisfies Partial<Room>;

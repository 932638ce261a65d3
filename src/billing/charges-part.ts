import type { Job } from '../platform/index.js';
import { closeSettlementDays } from './close-settlement-days.js';
import { markUnpaidCharges } from './mark-unpaid.js';

/** What the room does about what is owed and earned: of it, the room is put together. */
export const chargesPart = {
  jobs: [
    { name: 'mark-unpaid-charges', everyMs: 60_000, isSingle: true, run: markUnpaidCharges },
    { name: 'close-settlement-days', everyMs: 300_000, isSingle: true, run: closeSettlementDays },
  ] satisfies readonly Job[],
};

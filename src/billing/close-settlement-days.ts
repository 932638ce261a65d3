import { done, isRefusal, localTime } from '../kernel/index.js';
import { newId, RequestScope, transaction, type Services, type Unit } from '../platform/index.js';
import { systemViewer } from '../identity/index.js';
import { accountNamed, accountsNamed } from './accounts.js';
import { insertTransactions } from './ledger.sql.js';
import { reviewCostSharing } from './review-cost-sharing.js';
import { postBatch } from './rules/postings.js';
import { MOST_DAYS, daysToClose } from './rules/settlement-days.js';
import { settleAdvances } from './settle-advances.js';
import { insertBatch, listDueAccounts, lockAccount, type BatchRow, type DueAccount } from './settlement.sql.js';

/**
 * Closes every local day that is over, payee by payee: what came in, with what the payee advanced, becomes a settlement batch, or a remittance to the
 * treasury, whole (3.5-6). Each batch is a transaction of its own; running it twice, or on two servers, closes nothing
 * twice, and a payee whose refunds outweigh its receipts costs one look. Answers the ids of the batches.
 */
export async function closeSettlementDays(services: Services): Promise<readonly string[]> {
  const scope = new RequestScope(services, systemViewer, 'zh', 'job close-settlement-days');
  await settleAdvances(scope);
  const closed: string[] = [];
  for (const account of await listDueAccounts(services.database, services.clock.now())) {
    for (const day of daysOf(account)) {
      const outcome = await transaction(scope, async unit => done(await closeDay(unit, account, day)));
      if (isRefusal(outcome)) throw new Error(outcome.problems[0].en);
      if (outcome.value !== null) closed.push(outcome.value);
    }
  }
  return closed;
}

/** The days to close, and of an estate those on which its year is reviewed: whichever is the last, of all or of its year. */
function daysOf(account: DueAccount): readonly string[] {
  const [oldest, lastDay] = [parsed(account.oldestOn), parsed(account.lastOn)];
  const open = account.days.map(({ on, fen }) => ({ day: parsed(on), fen }));
  const days = new Set(daysToClose(open, { lastDay, closedDay: account.closedOn === null ? null : parsed(account.closedOn) }));
  const first = Math.max(oldest, lastDay - MOST_DAYS + 1);
  for (let day = first; account.kind === 'COST_SHARING' && day <= lastDay; day += 1) if (isReviewDay(account, localTime.formatDay(day))) days.add(day);
  return [...days].sort((a, b) => a - b).map(day => localTime.formatDay(day));
}

function isReviewDay({ lastOn }: DueAccount, on: string): boolean {
  return on === lastOn || on.endsWith('-12-31');
}

function parsed(text: string): number {
  const day = localTime.parseDay(text);
  if (isRefusal(day)) throw new Error(day.problems[0].en);
  return day.value;
}

/** Closes one day of one account; null where there is nothing to close, or somebody else has. */
async function closeDay(unit: Unit, account: DueAccount, day: string): Promise<string | null> {
  await lockAccount(unit, account);
  const batch = await insertBatch(unit, account, { id: newId('settlementBatch', unit.now), day, now: unit.now });
  // A refund reviews nothing by itself: one transaction may refund several charges, and would take this lock between them. So the
  // day reviews its own year, also where its refunds leave nothing to pay out and it is the last one, of all or of its year.
  const isReviewed = account.kind === 'COST_SHARING' && account.facilityId !== null && (batch !== null || isReviewDay(account, day));
  if (isReviewed) await reviewCostSharing(unit, account.city, account.facilityId!, Number(day.slice(0, 4)));
  if (!batch) return null;
  await payOut(unit, account, batch);
  unit.record({ action: 'settlement:close', objectType: 'settlementBatch', objectId: batch.id, details: { kind: batch.kind, day, payeeId: batch.payeeId, amountFen: batch.amountFen, lines: batch.lines } });
  unit.announce('billing.batchClosed', { batchId: batch.id, kind: batch.kind, day, payeeId: batch.payeeId, amountFen: batch.amountFen });
  return batch.id;
}

async function payOut(unit: Unit, { city, accountId, partyId, facilityId }: DueAccount, { id, kind, amountFen }: BatchRow): Promise<void> {
  const contra = accountNamed(city, kind === 'REMITTANCE' ? 'REMITTED' : 'PAID_OUT', { partyId, facilityId });
  const accountOf = await accountsNamed(unit, [contra]);
  await insertTransactions(unit, [{ city, id: newId('ledgerTransaction', unit.now), kind, amountFen, chargeId: null, refundId: null, batchId: id, postings: postBatch(accountId, accountOf(contra), amountFen) }], unit.now);
}

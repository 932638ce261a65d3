import type { Database, Services } from '../platform/index.js';
import { CHECKS, newestVerdict, readLedgerTotals, readOneSnapshot, runCheck, storeVerdict, type CheckName, type LedgerTotals } from './ledger-check.sql.js';

/** What each comparison says when it fails. */
export const CHECK_WORDS: Readonly<Record<CheckName, { readonly zh: string; readonly en: string }>> = {
  TRANSACTION_UNBALANCED: { zh: '分录不平衡', en: 'the postings of a transaction do not sum to zero' },
  CHARGE_NOT_IN_LEDGER: { zh: '费用与账簿不一致', en: 'a charge says something else than the ledger' },
  PAYEE_NOT_RECONCILED: { zh: '收款人余额与待结算明细不一致', en: 'a payee’s balance is not what waits for its batch' },
  BATCH_NOT_ITS_LINES: { zh: '批次与其明细不一致', en: 'a batch is not the sum of its lines' },
  TREASURY_NETTED: { zh: '应上缴财政的收入被抵扣（3.5-6）', en: 'something was taken off what is the treasury’s' },
  REFUND_NOT_IN_LEDGER: { zh: '退款未入账', en: 'a refund is not in the ledger' },
  REFUND_OWED_NOT_RECONCILED: { zh: '待退款余额与尚未退付的退款不一致', en: 'what the ledger owes back is not what the refunds say is still to be given back' },
  OVERPAID_NOT_RECONCILED: { zh: '应追回余额与待处理的重复退付不一致', en: 'what payers owe back is not what was paid twice and nobody has answered yet' },
  ADVANCED_NOT_RECONCILED: { zh: '列入结算的垫付与其记录不一致', en: 'what was settled of an advance is not what was advanced' },
  PROVIDER_NOT_RECONCILED: { zh: '支付机构余额与收付款不一致', en: 'what a provider holds is not what was paid less what was sent back' },
};

export interface LedgerDifference {
  readonly code: CheckName;
  readonly count: number;
  /** The first ten. */
  readonly ids: readonly string[];
}

export interface LedgerVerdict extends LedgerTotals {
  readonly isSound: boolean;
  readonly differences: readonly LedgerDifference[];
}

/** A verdict and the instant of which it is, epoch ms. */
export interface DatedVerdict extends LedgerVerdict {
  readonly checkedAt: number;
}

/** A ledger that is checked sooner is checked whenever somebody asks. */
const QUICK_MS = 500;
/** As long as one comparison of millions may take, beside all requests. */
const PATIENT_MS = 600_000;
/** How long what was found is told; whichever server looks next checks anew. */
const STANDS_MS = 3_600_000;

/** Compares the ledger with itself and with everything beside it, in one snapshot (P6, G3). */
export function checkLedger(database: Database, { mostMs = null }: { readonly mostMs?: number | null } = {}): Promise<LedgerVerdict> {
  return database.transactional(async (_em, sql) => {
    await readOneSnapshot(sql, mostMs);
    const totals = await readLedgerTotals(sql);
    const differences: LedgerDifference[] = [];
    for (const code of Object.keys(CHECKS) as CheckName[]) {
      const found = await runCheck(sql, code);
      if (found.count > 0) differences.push({ code, ...found });
    }
    const isRemitted = totals.treasuryReceivedFen === totals.treasuryRemittedFen + totals.treasuryWaitingFen;
    return { ...totals, isSound: differences.length === 0 && totals.sumFen === 0 && isRemitted && totals.refundOwedFen === totals.refundsOpenFen, differences };
  });
}

/** Checks the ledger once an hour, however long that takes, and keeps what came of it; a job looks whether it is time. What does not agree is told in the log. */
export async function keepLedgerVerdict({ database, clock, log }: Services): Promise<void> {
  const checkedAt = clock.now();
  const last = await newestVerdict<LedgerVerdict>(database);
  if (last !== null && checkedAt < last.checkedAt + STANDS_MS) return;
  const verdict = await checkLedger(database, { mostMs: PATIENT_MS });
  if (!verdict.isSound) log.error({ differences: verdict.differences, sumFen: verdict.sumFen }, 'the ledger does not agree');
  await storeVerdict(database, { verdict, checkedAt, tookMs: Math.max(0, clock.now() - checkedAt) });
}

/** What a check finds now, or found within the last hour where a check takes longer than a request should. */
export async function ledgerVerdict({ database, clock }: Pick<Services, 'database' | 'clock'>): Promise<DatedVerdict> {
  const last = await newestVerdict<LedgerVerdict>(database);
  if (last !== null && last.tookMs > QUICK_MS) return { ...last.verdict, checkedAt: last.checkedAt };
  const checkedAt = clock.now();
  return { ...(await checkLedger(database)), checkedAt };
}

import { done, isRefusal, money } from '../kernel/index.js';
import { tellParties, type NoticeDraft } from '../identity/index.js';
import { newId, transaction, type RequestScope, type Unit } from '../platform/index.js';
import { accountNamed, accountsNamed } from './accounts.js';
import { listUnsettledAdvances, type AdvanceRow } from './advance.sql.js';
import { isPostedOfRefund } from './charge.sql.js';
import { insertTransactions } from './ledger.sql.js';
import { postAdvance } from './rules/postings.js';
import { lockAccount } from './settlement.sql.js';

/** The next turn takes what is beyond. */
const AT_ONCE = 500;

/**
 * Puts what parties advanced, or hold of what payers returned, onto what is paid out to them, so that their next batch has it as a line:
 * what is held is set off against what is due, and waits as any refund does where that is less. Each record goes once.
 */
export async function settleAdvances(scope: RequestScope): Promise<void> {
  for (const advance of await listUnsettledAdvances(scope.database, AT_ONCE)) {
    const outcome = await transaction(scope, async unit => done(await settle(unit, advance)));
    if (isRefusal(outcome)) throw new Error(outcome.problems[0].en);
  }
}

async function settle(unit: Unit, advance: AdvanceRow): Promise<void> {
  const { city, accountId, partyId, refundId, attempt, owedFen, bookedAt } = advance;
  await lockAccount(unit, advance);
  const kind = 'ADVANCE_SETTLED';
  if (await isPostedOfRefund(unit, { city, id: refundId }, { kinds: [kind], attempt })) return;
  const payable = accountNamed(city, 'PAYABLE', { partyId });
  const payableId = (await accountsNamed(unit, [payable]))(payable);
  const head = { city, id: newId('ledgerTransaction', unit.now), kind, amountFen: Math.abs(owedFen), chargeId: null, refundId, batchId: null, attempt } as const;
  // Of the day on which it was advanced: whenever this runs, the next batch has it.
  await insertTransactions(unit, [{ ...head, postings: postAdvance(accountId, payableId, owedFen) }], bookedAt);
  unit.record({ action: 'settlement:advance', objectType: 'refund', objectId: refundId, details: { partyId, owedFen, attempt } });
  unit.announce('billing.advanceSettled', { refundId, partyId, owedFen });
  await tellParties(unit, [noticeOf(advance)]);
}

/** Somebody else may have said whose money it was: the party learns what its next batch has of it. */
function noticeOf({ partyId, chargeId, owedFen }: AdvanceRow): NoticeDraft {
  const yuan = money.yuanDigits(Math.abs(owedFen));
  const text = owedFen > 0
    ? { zh: `登记为贵方以自有资金退付付款人的 ${yuan} 元，将在下一次结算中归还`, en: `the ${yuan} yuan that you are recorded to have given back to a payer of your own money are repaid by your next batch` }
    : { zh: `登记为贵方代收的追回款 ${yuan} 元，将自应结款中扣除`, en: `the ${yuan} yuan that came back from a payer and you are recorded to hold are taken off what is paid out to you` };
  return { partyId, topic: 'charge.advanceSettled', subjectKind: 'Charge', subjectId: chargeId, ...text };
}

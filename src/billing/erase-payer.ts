import { problem, type Problem } from '../kernel/index.js';
import type { Reaction, Sql } from '../platform/index.js';
import { erasePersonTitles, openDebtsOf } from './erasure.sql.js';
import { deleteQuotesOf } from './quotes.sql.js';

/** What of its money keeps a person from being erased: charges that are owed, and invoices that were asked for and not answered. */
export async function openMoneyOf(sql: Sql, partyId: string): Promise<readonly Problem[]> {
  const { chargeIds, invoiceIds } = await openDebtsOf(sql, partyId);
  const named = (ids: readonly string[]): string => ids.join(', ');
  return [
    ...(chargeIds.length === 0 ? [] : [problem('CHARGES_UNPAID', { zh: `尚有费用未付：${named(chargeIds)}`, en: `charges are unpaid: ${named(chargeIds)}`, field: 'partyId', clause: '3.5-6', data: { subjectIds: chargeIds } })]),
    ...(invoiceIds.length === 0 ? [] : [problem('INVOICES_OPEN', { zh: `尚有发票申请未处理：${named(invoiceIds)}`, en: `invoices were asked for and not answered: ${named(invoiceIds)}`, field: 'partyId', data: { subjectIds: invoiceIds } })]),
  ];
}

/** Charges, receipts and the ledger stay by the id alone; the name on a person's invoices goes, and what was quoted to it, which may name vehicles. */
export const erasePayer: Reaction = {
  topic: 'driver.erasing',
  async react(unit, payloads) {
    for (const { partyId } of payloads as ReadonlyArray<{ readonly partyId: string }>) {
      await erasePersonTitles(unit, partyId);
      await deleteQuotesOf(unit, partyId);
    }
    return null;
  },
};

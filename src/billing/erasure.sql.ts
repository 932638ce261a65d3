import type { Sql } from '../platform/index.js';
import { ERASED_TITLE } from './rules/invoice.js';

const MOST_NAMED = 20;

/** The first of a payer's charges that are owed, and of the invoices that it waits for. By charge_payer, receipt_charge and invoice_receipt. */
export async function openDebtsOf(sql: Sql, payerId: string): Promise<{ readonly chargeIds: readonly string[]; readonly invoiceIds: readonly string[] }> {
  const [row] = await sql.query<{ chargeIds: string[]; invoiceIds: string[] }>(
    `select array(select c.id::text from charge c where c.payer_id = $1 and c.state in ('OPEN', 'UNPAID') order by c.id limit ${MOST_NAMED}) as "chargeIds",
       array(
         select i.id::text from charge c join receipt r on r.charge_id = c.id join invoice i on i.receipt_id = r.id
         where c.payer_id = $1 and i.state = 'REQUESTED' and i.title_kind = 'PERSON' order by i.id limit ${MOST_NAMED}) as "invoiceIds"`,
    [payerId],
  );
  return row!;
}

/** Takes the person's name from the invoices of a payer. By charge_payer, receipt_charge and invoice_receipt. */
export async function erasePersonTitles(sql: Sql, payerId: string): Promise<void> {
  await sql.query(
    `update invoice i set sealed_title = $2
     from charge c join receipt r on r.charge_id = c.id
     where c.payer_id = $1 and i.receipt_id = r.id and i.title_kind = 'PERSON'`,
    [payerId, ERASED_TITLE],
  );
}

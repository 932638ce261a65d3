import { reachOf } from '../../identity/index.js';
import { defineLoader, type RequestScope } from '../../platform/index.js';
import { decodeCursor, pageOf, pageSize, type Connection, type PageArgs } from '../../platform/graphql/index.js';
import { chargesToPay, type ChargeToPay } from './charge-payer.sql.js';
import { countPaymentFindings, findingsById, findingsOfPayments, listPaymentFindings, type PaymentFindingFilter, type PaymentFindingRow } from './payment-finding.sql.js';
import { PaymentFinding, SettledByType, type PaymentFindingWhere } from './payment-finding.type.js';
import { mayReadNote, maySeeFinding } from './payment.policy.js';
import { paymentsById } from './payment.sql.js';

/** A finding as this viewer may see it; null where it may not, or where there is none. */
export const PAYMENT_FINDING_BY_ID = defineLoader<string, PaymentFinding | null>('PAYMENT_FINDING_BY_ID', async (scope, ids) => {
  const seen = new Map((await shown(scope, await findingsById(scope.database, ids))).map(finding => [finding.id, finding]));
  return ids.map(id => seen.get(id) ?? null);
});

/** What does not add up about a payment, the oldest first. */
export const FINDINGS_OF_PAYMENT = defineLoader<string, readonly PaymentFinding[]>('FINDINGS_OF_PAYMENT', async (scope, ids) => {
  const byPayment = Map.groupBy(await shown(scope, await findingsOfPayments(scope.database, ids)), finding => finding.paymentId);
  return ids.map(id => byPayment.get(id) ?? []);
});

/** The findings that fit a filter and that the viewer may see, the newest first. */
export async function pageOfFindings(scope: RequestScope, where: PaymentFindingWhere | null, page: PageArgs): Promise<Connection<PaymentFinding>> {
  const reach = reachOf(scope.viewer, 'payment:read');
  const filter: PaymentFindingFilter = { states: where?.states ?? null, kinds: where?.kinds ?? null, provider: where?.provider ?? null };
  const first = pageSize(page.first);
  const after = page.after == null ? null : String(decodeCursor(page.after, ['string'])[0]);
  const rows = await listPaymentFindings(scope.database, reach, filter, { after, limit: first + 1 });
  return pageOf(await shown(scope, rows), { first, after: page.after ?? null, keyOf: finding => [finding.id], count: () => countPaymentFindings(scope.database, reach, filter) });
}

async function shown(scope: RequestScope, rows: readonly PaymentFindingRow[]): Promise<PaymentFinding[]> {
  const payments = await paymentsById(scope.database, rows.flatMap(row => row.paymentId ?? []));
  const charges = new Map((await chargesToPay(scope.database, [...new Set(payments.map(payment => payment.chargeId))])).map(charge => [charge.id, charge]));
  const chargeOf = new Map(payments.map(payment => [payment.id, charges.get(payment.chargeId)]));
  return rows.flatMap(row => {
    const charge = (row.paymentId === null ? null : chargeOf.get(row.paymentId)) ?? null;
    return maySeeFinding(scope.viewer, charge) ? [findingOf(scope, row, charge)] : [];
  });
}

/** What was asked and what was told, side by side, stays in the database for whoever settles it by hand. */
function findingOf({ viewer }: RequestScope, row: PaymentFindingRow, charge: ChargeToPay | null): PaymentFinding {
  const { id, kind, provider, subject, paymentId, times, recordedAt, state, resolution, resolvedAt, refundId, settledFrom, settledPartyId } = row;
  const told = (row.details.told ?? row.details).amountFen;
  const keepsBooks = mayReadNote(viewer, charge);
  const settledBy = keepsBooks && settledFrom !== null ? Object.assign(new SettledByType(), { source: settledFrom, partyId: settledPartyId }) : null;
  return Object.assign(new PaymentFinding(), { id, kind, provider, subject, paymentId, toldFen: typeof told === 'number' ? told : null, times, recordedAt, state, resolution, resolvedAt, refundId, note: keepsBooks ? row.note : null, settledBy });
}

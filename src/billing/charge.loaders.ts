import { money } from '../kernel/index.js';
import { reachOf } from '../identity/index.js';
import { defineLoader, type RequestScope } from '../platform/index.js';
import { decodeCursor, pageOf, pageSize, type Connection, type PageArgs } from '../platform/graphql/index.js';
import { ALL_CHARGES, countCharges, listChargeIds, listRefundsOfCharges, listRestsOfCharges, listReturnsOfCharges, type ChargeFilter, type RefundOfChargeRow } from './charge-reads.sql.js';
import { findCharges, type ChargeRow } from './charge.sql.js';
import { Charge, type ChargeWhere } from './charge.type.js';
import type { ChargeLine } from './rules/charge.js';

const LINES = new WeakMap<Charge, readonly ChargeLine[]>();

/** A charge as this viewer may see it; null where it may not, or where there is none. */
export const CHARGE_BY_ID = defineLoader<string, Charge | null>('CHARGE_BY_ID', async (scope, ids) => {
  const filter: ChargeFilter = { ...ALL_CHARGES, ids };
  const visible = await listChargeIds(scope.database, reachOf(scope.viewer, 'charge:read'), filter, { after: null, limit: ids.length });
  const [rows, returns] = await Promise.all([findCharges(scope.database, visible), listReturnsOfCharges(scope.database, visible)]);
  const returnedOf = new Map(returns.map(({ chargeId, returnedFen }) => [chargeId, returnedFen]));
  const found = new Map(rows.map(row => [row.id, chargeOf(row, returnedOf.get(row.id) ?? 0)]));
  return ids.map(id => found.get(id) ?? null);
});

/** The refunds of a charge, the oldest first. */
export const REFUNDS_OF_CHARGE = defineLoader<string, readonly RefundOfChargeRow[]>('REFUNDS_OF_CHARGE', async (scope, chargeIds) => {
  const byCharge = Map.groupBy(await listRefundsOfCharges(scope.database, chargeIds), row => row.chargeId);
  return chargeIds.map(id => byCharge.get(id) ?? []);
});

/** The charge of what was missing when a charge was paid with less, by its id; null for none. */
export const REST_OF_CHARGE = defineLoader<string, string | null>('REST_OF_CHARGE', async (scope, chargeIds) => {
  const rests = new Map((await listRestsOfCharges(scope.database, chargeIds)).map(({ chargeId, restId }) => [chargeId, restId]));
  return chargeIds.map(id => rests.get(id) ?? null);
});

/** A charge as its payer sees it: with what came in that it did not owe, and goes back. */
function chargeOf(row: ChargeRow, returnedFen: number): Charge {
  const { id, facilityId, payerId, state, purpose, revenueKind, amountFen, openedAt, dueAt, paidAt } = row;
  const [paidFen, refundedFen] = [money.add(row.paidFen, returnedFen), money.add(row.refundedFen, returnedFen)];
  const charge = Object.assign(new Charge(), { id, facilityId, payerId, state, purpose, revenueKind, amountFen, paidFen, refundedFen, openedAt, dueAt, paidAt, openedFen: money.add(...row.lines.map(line => line.amountFen)), cause: { kind: row.causeKind, id: row.causeId } });
  LINES.set(charge, row.lines);
  return charge;
}

/** The lines of a charge, as they were stored. */
export function linesOf(charge: Charge): readonly ChargeLine[] {
  return LINES.get(charge) ?? [];
}

/** Those of these charges that the viewer may see, in their order, each followed by its rest: nothing that is still owed is missing. */
export async function visibleCharges(scope: RequestScope, ids: readonly string[]): Promise<readonly Charge[]> {
  return (await Promise.all(ids.map(id => withRests(scope, id)))).flat();
}

async function withRests(scope: RequestScope, id: string): Promise<readonly Charge[]> {
  const [charge, restId] = await Promise.all([scope.load(CHARGE_BY_ID, id), scope.load(REST_OF_CHARGE, id)]);
  if (!charge) return [];
  return restId === null ? [charge] : [charge, ...(await withRests(scope, restId))];
}

/** The charges that fit a filter and that the viewer may see, the newest first. */
export async function listCharges(scope: RequestScope, where: ChargeWhere | null, page: PageArgs): Promise<Connection<Charge>> {
  const filter: ChargeFilter = {
    facilityId: where?.facilityId ?? null, payerId: where?.payerId ?? null, causeId: where?.causeId ?? null, opened: where?.opened ?? null, ids: null,
    states: where?.states ?? null, purposes: where?.purposes ?? null, revenueKinds: where?.revenueKinds ?? null, invoiceStates: where?.invoiceStates ?? null,
  };
  const reach = reachOf(scope.viewer, 'charge:read');
  const after = page.after == null ? null : String(decodeCursor(page.after, ['string'])[0]);
  const ids = await listChargeIds(scope.database, reach, filter, { after, limit: pageSize(page.first) + 1 });
  const charges = await Promise.all(ids.map(id => scope.load(CHARGE_BY_ID, id)));
  return pageOf(charges.filter(charge => charge !== null), { first: page.first, after: page.after ?? null, keyOf: charge => [charge.id], count: () => countCharges(scope.database, reach, filter) });
}

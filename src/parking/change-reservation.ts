import { done, isRefusal, refuse, type Outcome, type Problem, type Problems } from '../kernel/index.js';
import { claimSpaces, takeUpClaim } from '../availability/index.js';
import { quotesForUse, type Quote } from '../billing/index.js';
import { transaction, type RequestScope, type Unit } from '../platform/index.js';
import { notFound } from '../platform/graphql/index.js';
import { askerFor } from './asker-for.js';
import { noShowAtOf } from './book-quotes.js';
import { endReservation, lockUnchanged, versionMoved } from './end-reservation.js';
import { withStay } from './judge-stays.js';
import { storedVehicles } from './known-vehicles.js';
import { newPlaceProblems } from './place-vehicles.js';
import { keptQuoteOf, quotedStayOf } from './quote-stay.js';
import { rechargeChanged } from './recharge-changed.js';
import { mayBookFor } from './reservation.policy.js';
import { quotesInUse, reservationsById, type ReservationRow } from './reservation.sql.js';
import { revocationsOf, type RevocationRow } from './revocation/revocation.sql.js';
import { settleRelocations } from './revocation/settle-relocation.js';
import { alreadyInProblem } from './rules/already-in.js';
import { changeCost, dearerChangeProblem, relocationsOf, type ChangeCost } from './rules/change-cost.js';
import { endReasonProblem } from './rules/change-check.js';
import { changeQuoteProblem } from './rules/quote-use.js';
import { cancelFeeOf } from './rules/settle-end.js';
import { takenBackProblem, wasTakenBack } from './rules/taken-back.js';
import { changedBy, storeChanged } from './store-reservations.js';
import { tellChanged } from './tell-changed.js';
import { vehiclesOf } from './vehicle.sql.js';

/** What every change of one reservation is asked with. */
export interface ReservationAsk {
  readonly reservationId: string;
  /** The version that the caller saw; null: whichever stands (I18). */
  readonly expectedVersion?: string | null;
  readonly idempotencyKey: string;
}

/** Cancels before arrival; late, it costs what was agreed, and nothing once its spaces were taken back (P9). Whoever is in leaves instead (C10). */
export function cancelReservation(scope: RequestScope, input: ReservationAsk & { readonly reason?: string | null }): Promise<Outcome<{ readonly reservationId: string }>> {
  return transaction(scope, async unit => {
    const row = await reservationToChange(unit, input);
    if (isRefusal(row)) return row;
    const told = input.reason?.trim() ?? '';
    const wordy = endReasonProblem(told);
    if (wordy) return refuse(wordy);
    const revocations = await revocationsOf(unit, [row.value.id]);
    const feeFen = feeOfCancelling(row.value, revocations, unit.now);
    const settled = await settleRelocations(unit, relocationsOf(row.value, revocations), 0, 'CANCELLED');
    if (isRefusal(settled)) return settled;
    const reason = told || '预约方取消。Cancelled by its party.';
    const ended = await endReservation(unit, row.value, { event: 'cancel', feeFen, purpose: 'CANCELLATION', reason });
    if (isRefusal(ended)) return ended;
    const takenBack = await takenBackMeanwhile(unit, row.value, feeFen);
    return takenBack ? refuse(takenBack) : done({ reservationId: ended.value.id });
  }, { operation: 'cancelReservation', key: input.idempotencyKey, input });
}

function feeOfCancelling(row: ReservationRow, revocations: readonly RevocationRow[], now: number): number {
  return row.state === 'HELD' || wasTakenBack(row, revocations) ? 0 : (row.feeFen ?? 0) + cancelFeeOf(row, now);
}

/** A fee was reckoned before the claim was locked, and its spaces may have been taken back until then: whoever asks again pays none. */
async function takenBackMeanwhile(unit: Unit, row: ReservationRow, feeFen: number): Promise<Problem | null> {
  return feeFen === 0 ? null : takenBackProblem(row, await revocationsOf(unit, [row.id]));
}

/**
 * Changes a reservation to what was quoted for it: the new claim takes the old one's place in one step, so that nobody
 * can take the spaces in between and a refusal leaves everything as it was. The difference is given back, or charged where
 * a stay is paid after it; where it is paid first, the stay never costs more. Never is more charged than was quoted.
 */
export function changeReservation(scope: RequestScope, input: ReservationAsk & { readonly quoteId: string }): Promise<Outcome<{ readonly reservationId: string }>> {
  return transaction(scope, async unit => {
    const found = await reservationToChange(unit, input);
    if (isRefusal(found)) return found;
    const row = found.value;
    const quote = await quoteOfChange(unit, input.quoteId, row);
    if (isRefusal(quote)) return quote;
    const relocations = await revocationsOf(unit, [row.id]);
    const plan = planOf(quote.value, unit.now);
    const cost = changeCost(row, { ...plan, priceFen: quote.value.price.amountFen }, relocations, unit.now);
    const changed = changedBy(row, 'change', unit.now, { ...plan, amountFen: quote.value.price.amountFen - cost.supplierFen });
    if (isRefusal(changed)) return changed;
    const isIn = alreadyInProblem(row.state, row, changed.value, 'quoteId');
    if (isIn) return refuse(isIn);
    const dearer = dearerChangeProblem(quotedCostOf(quote.value), cost);
    if (dearer) return refuse(dearer);
    const elsewhere = await newPlaceProblems(unit, row, { facilityId: quote.value.facilityId, during: quote.value.during, audiences: quotedStayOf(quote.value).audiences, price: quote.value.price, field: 'quoteId' });
    if (elsewhere.length > 0) return refuse(elsewhere);

    const settled = await settleRelocations(unit, relocationsOf(row, relocations), cost.supplierFen, 'CHANGED');
    if (isRefusal(settled)) return settled;
    // What an earlier change cost stays owed.
    const feeFen = (row.feeFen ?? 0) + cost.changeFeeFen;
    const recharged = await rechargeChanged(unit, row, quote.value, { amountFen: changed.value.amountFen, feeFen, changeFeeFen: cost.changeFeeFen });
    if (isRefusal(recharged)) return recharged;
    const [claim] = await claimSpaces(unit, [{
      facilityId: quote.value.facilityId, zoneIds: quote.value.zoneId === null ? null : [quote.value.zoneId], spaceId: quotedStayOf(quote.value).spaceId, spaceClass: quote.value.spaceClass, during: quote.value.during, spaces: quote.value.spaces,
      asker: askerFor(quotedStayOf(quote.value).audiences), cause: { kind: 'RESERVATION', id: row.id }, heldUntil: null, replaces: row.claimId,
    }]);
    if (isRefusal(claim!)) return refuse(await withOwnStay(unit, claim.problems, quote.value, row));
    const { claimId, zoneId, windowIds, provisional } = claim!.value;
    if (row.state !== 'CONFIRMED') await takeUpClaim(unit, { claimId, at: unit.now });
    const takenBack = await takenBackMeanwhile(unit, row, cost.changeFeeFen);
    if (takenBack) return refuse(takenBack);
    const locked = await lockUnchanged(unit, row);
    if (isRefusal(locked)) return locked;
    const stored = { ...changed.value, claimId, zoneId, windowIds, isProvisional: changed.value.isProvisional || provisional, charges: recharged.value.charges, feeFen: feeFen > 0 ? feeFen : null };
    await storeChanged(unit, 'change', [stored], { quoteId: input.quoteId, amountFen: stored.amountFen, feeFen });
    await tellChanged(unit, stored, recharged.value, cost.changeFeeFen);
    return done({ reservationId: stored.id });
  }, { operation: 'changeReservation', key: input.idempotencyKey, input });
}

/** The reservation of this caller, unlocked; a refusal where it is no longer what the caller saw. */
export async function reservationToChange(unit: Unit, { reservationId, expectedVersion }: ReservationAsk): Promise<Outcome<ReservationRow>> {
  const [row] = await reservationsById(unit, [reservationId]);
  if (!row || !mayBookFor(unit.scope.viewer, row.partyId)) throw notFound('reservation', reservationId);
  if (expectedVersion != null && expectedVersion !== String(row.version)) return refuse(versionMoved(row.version, expectedVersion));
  return done(row);
}

async function quoteOfChange(unit: Unit, quoteId: string, row: ReservationRow): Promise<Outcome<Quote>> {
  const [known] = await quotesForUse(unit, [quoteId]);
  const quote = known?.holderId === row.partyId ? known : null;
  const [used] = await quotesInUse(unit, [quoteId]);
  const found = changeQuoteProblem(quoteId, quote && keptQuoteOf(quote), row.id, used?.reservationId ?? null, unit.now);
  return found || !quote ? refuse(found!) : done(quote);
}

/** Alternatives to what was refused are for the vehicles of the reservation, where these are what it was booked as. */
async function withOwnStay(unit: Unit, problems: Problems, quote: Quote, row: ReservationRow): Promise<Problems> {
  const vehicles = row.audiences.length === 0 ? [] : storedVehicles(await vehiclesOf(unit, [row.id]));
  return problems.map(each => withStay(each, { ...quote, spaceId: null, bookedFor: { partyId: row.partyId, vehicles } })) as unknown as Problems;
}

/** What a quote of a change says that it costs beside the price; one that was made before such was said costs nothing besides. */
function quotedCostOf(quote: Quote): ChangeCost {
  const { changeFeeFen, supplierFen } = quotedStayOf(quote);
  return { changeFeeFen: changeFeeFen ?? 0, supplierFen: supplierFen ?? 0 };
}

function planOf(quote: Quote, now: number) {
  const { spaceId, terms, isProvisional, audiences } = quotedStayOf(quote);
  const { startsAt, endsAt } = quote.during;
  return { facilityId: quote.facilityId, spaceClass: quote.spaceClass, spaceId, spaces: quote.spaces, startsAt, endsAt, quoteId: quote.id, noShowAt: noShowAtOf(terms, quote.during, now), terms, isProvisional, audiences };
}

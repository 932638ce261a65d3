import { done, isRefusal, money, problem, refuse, type Outcome } from '../../kernel/index.js';
import { claimSpaces, lockClaims } from '../../availability/index.js';
import { systemViewer } from '../../identity/index.js';
import { RequestScope, transaction, type Services, type Unit } from '../../platform/index.js';
import { askerFor } from '../asker-for.js';
import { takeInEarly } from '../gate/take-in-early.js';
import { noShowAtOf } from '../book-quotes.js';
import { endReservation, lockUnchanged } from '../end-reservation.js';
import { newPlaceProblems } from '../place-vehicles.js';
import { reservationsById, type ReservationCharge, type ReservationRow } from '../reservation.sql.js';
import { opensDuring } from '../rules/admission.js';
import { borneBy, relocationsOf } from '../rules/change-cost.js';
import { STANDING } from '../rules/lifecycle.js';
import { lapsedWords, refundedWords } from '../rules/revoked-words.js';
import { revocationLifecycle, type RevocationEvent } from '../rules/revocation-lifecycle.js';
import { wasBroken } from '../rules/taken-back.js';
import { changedBy, lockReservations, storeChanged } from '../store-reservations.js';
import { chargeRelocation } from './charge-relocation.js';
import { revokeLeftShort } from './find-broken.js';
import { placesFor, type OtherPlace } from './find-places.js';
import { rechargeMoved } from './recharge-moved.js';
import { recordBreach } from './record-breach.js';
import { decideRevocation, pendingRevocations, revocationsOf, saidNotProvided, type RevocationRow } from './revocation.sql.js';
import { settleRelocations } from './settle-relocation.js';
import { tellMoved, tellRevoked, tellSupplier } from './tell-revoked.js';

/** Revocations of one run; what is left comes with the next. */
const AT_ONCE = 200;

/**
 * Decides what becomes of bookings whose spaces are not lent any more, each in a transaction of its own and exactly once
 * (P9): who is in is KEPT, others are MOVED within the facility or a walk at no higher price, or REFUNDED whole. Answers how many.
 */
export async function decideRevocations(services: Services): Promise<number> {
  const scope = new RequestScope(services, systemViewer, 'zh', 'job decide-revocations');
  let decided = 0;
  for (const revocation of await pendingRevocations(services.database, AT_ONCE)) {
    try {
      if (await decideOne(scope, revocation)) decided += 1;
    } catch (error) {
      // One that fails stays pending whole, and must not keep those behind it waiting.
      services.log.error({ err: error, revocationId: revocation.id }, 'a revocation could not be decided');
    }
  }
  return decided;
}

async function decideOne(scope: RequestScope, revocation: RevocationRow): Promise<boolean> {
  const [row] = await reservationsById(scope.database, [revocation.reservationId]);
  if (!row || row.claimId !== revocation.claimId || !STANDING.includes(row.state)) return settle(scope, revocation, unit => lapse(unit, revocation, row ?? null));
  if (row.state === 'CHECKED_IN' || row.state === 'OVERSTAYED') return settle(scope, revocation, unit => keep(unit, revocation, row));
  if (row.state === 'CONFIRMED') {
    if (opensDuring(row).startsAt <= scope.clock.now() && (await settle(scope, revocation, unit => keepTakenIn(unit, revocation, row)))) return true;
    for (const place of await placesFor(scope, revocation, row)) {
      if (await settle(scope, revocation, unit => move(unit, revocation, row, place))) return true;
    }
  }
  return settle(scope, revocation, unit => refund(unit, revocation, row));
}

/** False where it did not come about: somebody changed the booking meanwhile, or took the alternative. It stays pending. */
async function settle(scope: RequestScope, revocation: RevocationRow, work: (unit: Unit) => Promise<Outcome<null>>): Promise<boolean> {
  const outcome = await transaction(scope, async unit => {
    const settled = await work(unit);
    if (isRefusal(settled)) return settled;
    await revokeLeftShort(unit, revocation);
    return settled;
  });
  return !isRefusal(outcome);
}

/** Its booking is not there any more, or has another claim: the driver owes nothing, and the supplier answers for what it took back before. */
async function lapse(unit: Unit, revocation: RevocationRow, row: ReservationRow | null): Promise<Outcome<null>> {
  await lockClaims(unit, [revocation.facilityId]);
  const concluded = await conclude(unit, revocation, 'lapse');
  // One promise, one breach: a driver that said its space was not there has reported this very one.
  if (isRefusal(concluded) || revocation.side !== 'SUPPLIER' || !row || !wasBroken(row, revocation) || (await saidNotProvided(unit, revocation.claimId))) return concluded;
  await breach(unit, revocation, row);
  await tellSupplier(unit, revocation, lapsedWords(revocation));
  return concluded;
}

async function keep(unit: Unit, revocation: RevocationRow, row: ReservationRow): Promise<Outcome<null>> {
  await lockClaims(unit, [revocation.facilityId]);
  const locked = (await lockReservations(unit, [row.id])).get(row.id)!;
  if (locked.state !== 'CHECKED_IN' && locked.state !== 'OVERSTAYED') return lapse(unit, revocation, locked);
  const concluded = await conclude(unit, revocation, 'keep');
  if (isRefusal(concluded)) return concluded;
  await tellRevoked(unit, row, 'reservation.kept', { zh: `共享停止（${revocation.reason}），车辆已入场，本次停放照常`, en: `lending was stopped (${revocation.reason}); the vehicle is in, and the stay goes on as agreed` });
  return done(null);
}

/** Whose vehicle is in already, though not by its booking, is in. */
async function keepTakenIn(unit: Unit, revocation: RevocationRow, row: ReservationRow): Promise<Outcome<null>> {
  if ((await takeInEarly(unit, row)) === 'TAKEN') return keep(unit, revocation, row);
  return refuse(problem('NOBODY_IS_IN', { zh: `预约 ${row.id} 的车辆不在场`, en: `no vehicle of the reservation ${row.id} is in` }));
}

/** Bookings, charges, claims, the booking itself: in the order of every change. The old claim is given back by the new one in the same step. */
async function move(unit: Unit, revocation: RevocationRow, row: ReservationRow, { judged: { stay, price, isProvisional }, walkingMetres }: OtherPlace): Promise<Outcome<null>> {
  const audiences = stay.audiences ?? [];
  const promised = stay.facilityId === row.facilityId ? row.audiences : [];
  const elsewhere = await newPlaceProblems(unit, row, { facilityId: stay.facilityId, during: stay.during, audiences: audiences.filter(each => !promised.includes(each)), price: null, field: 'plates' });
  if (elsewhere.length > 0) return refuse(elsewhere);
  const amountFen = Math.min(row.amountFen, price.amountFen);
  const borneFen = await settleFormer(unit, row, stay.facilityId === row.facilityId ? price.amountFen - amountFen : 0);
  if (isRefusal(borneFen)) return borneFen;
  const brought = await rechargeMoved(unit, row, { facilityId: stay.facilityId, during: stay.during, amountFen });
  if (isRefusal(brought)) return brought;
  const { charges, givenBackFen } = brought.value;
  const [claim] = await claimSpaces(unit, [{ zoneIds: null, ...stay, asker: askerFor(audiences), cause: { kind: 'RESERVATION', id: row.id }, heldUntil: null, replaces: row.claimId }]);
  if (isRefusal(claim!)) return claim;
  const { claimId, zoneId, windowIds, provisional } = claim!.value;
  const unchanged = await lockUnchanged(unit, row);
  if (isRefusal(unchanged)) return unchanged;
  const moved = changedBy(row, 'change', unit.now, {
    facilityId: stay.facilityId, zoneId, spaceId: null, claimId, windowIds, audiences, startsAt: stay.during.startsAt, isProvisional: isProvisional || provisional, charges, amountFen,
    noShowAt: noShowAtOf(row.terms, stay.during, unit.now),
  });
  if (isRefusal(moved)) return moved;
  await storeChanged(unit, 'change', [moved.value]);
  const differenceFen = Math.max(0, price.amountFen - row.amountFen - borneFen.value);
  const concluded = await conclude(unit, revocation, 'move', { movedToFacilityId: stay.facilityId, supplierFen: differenceFen });
  if (isRefusal(concluded)) return concluded;
  const owedFen = await chargeRelocation(unit, revocation, { movedToFacilityId: stay.facilityId, differenceFen });
  // Spaces of the same pool that are lent again by now are what was promised.
  if (row.spaceId !== null || zoneId !== row.zoneId) await breach(unit, revocation, row);
  await tellMoved(unit, row, moved.value, { reason: revocation.reason, walkingMetres, givenBackFen, lessenedFen: chargedFen(row.charges) - chargedFen(charges) - givenBackFen, owedFen });
  return done(null);
}

async function refund(unit: Unit, revocation: RevocationRow, row: ReservationRow): Promise<Outcome<null>> {
  const released = await settleFormer(unit, row, 0);
  if (isRefusal(released)) return released;
  const ended = await endReservation(unit, row, { event: 'revoke', feeFen: 0, purpose: 'CANCELLATION', reason: revocation.reason });
  if (isRefusal(ended)) return ended;
  const concluded = await conclude(unit, revocation, 'refund');
  if (isRefusal(concluded)) return concluded;
  await breach(unit, revocation, row);
  const { givenBackFen } = ended.value;
  await tellRevoked(unit, row, 'reservation.revoked', refundedWords({ reason: revocation.reason, wasHeld: row.state === 'HELD', givenBackFen, lessenedFen: chargedFen(row.charges) - givenBackFen }));
  return done(null);
}

/** Who had it moved to where it is not provided with a space either bears at most what it still costs more there: nothing where it goes elsewhere. Answers what is still borne. */
async function settleFormer(unit: Unit, row: ReservationRow, mostFen: number): Promise<Outcome<number>> {
  const relocations = relocationsOf(row, await revocationsOf(unit, [row.id]));
  const borneFen = Math.min(borneBy(relocations), mostFen);
  const settled = await settleRelocations(unit, relocations, borneFen, 'TAKEN_BACK');
  return isRefusal(settled) ? settled : done(borneFen);
}

/** Refused where somebody else decided it: then nothing of this stands. */
async function conclude(unit: Unit, revocation: RevocationRow, event: RevocationEvent, what: Partial<Pick<RevocationRow, 'movedToFacilityId' | 'supplierFen'>> = {}): Promise<Outcome<null>> {
  const state = revocationLifecycle.transition(revocation.state, event);
  if (isRefusal(state)) return state;
  const isOurs = await decideRevocation(unit, { id: revocation.id, state: state.value, movedToFacilityId: null, supplierFen: null, ...what }, unit.now);
  if (!isOurs) return refuse(problem('REVOCATION_DECIDED', { zh: `撤销处理 ${revocation.id} 已有结果`, en: `the revocation ${revocation.id} was decided already` }));
  unit.record({ action: 'reservation:write', objectType: 'reservation', objectId: revocation.reservationId, reason: revocation.reason, details: { act: 'revoke', outcome: state.value, ...what } });
  unit.announce('parking.bookingRevoked', { revocationId: revocation.id, reservationId: revocation.reservationId, facilityId: revocation.facilityId, outcome: state.value, side: revocation.side, ...what });
  return done(null);
}

/** Who stays beyond the end was recorded when that was found; here it is the supplier that did not keep its promise. */
async function breach(unit: Unit, { side, claimId, facilityId, city, reservationId, reason }: RevocationRow, { partyId }: ReservationRow): Promise<void> {
  if (side !== 'SUPPLIER') return;
  await recordBreach(unit, { city, facilityId, side, kind: 'REVOCATION', promiseId: claimId, reservationId, sessionId: null, reason, partyId });
}

function chargedFen(charges: readonly ReservationCharge[]): number {
  return money.add(...charges.map(charge => charge.amountFen));
}

import { done, isRefusal, problem, refuse, type Outcome } from '../../kernel/index.js';
import { ANY_DRIVER, claimSpaces, lockClaims } from '../../availability/index.js';
import { facilitiesAround } from '../../facilities/index.js';
import { systemViewer, tellParties, type NoticeDraft } from '../../identity/index.js';
import { RequestScope, transaction, type Services, type Unit } from '../../platform/index.js';
import { noShowAtOf } from '../book-quotes.js';
import { bringDownTo, endReservation, lockUnchanged } from '../end-reservation.js';
import { gateFacilities } from '../gate/gate.sql.js';
import { judgeStays, type JudgedStay } from '../judge-stays.js';
import { reservationsById, type ReservationRow } from '../reservation.sql.js';
import { STANDING } from '../rules/lifecycle.js';
import { revocationLifecycle, type RevocationEvent } from '../rules/revocation-lifecycle.js';
import { reachMetres } from '../rules/walk.js';
import { changedBy, lockReservations, storeChanged } from '../store-reservations.js';
import { STOPPED, brokenBookings, revoke } from './find-broken.js';
import { recordBreach } from './record-breach.js';
import { decideRevocation, pendingRevocations, type RevocationRow } from './revocation.sql.js';

/** Revocations of one run; what is left comes with the next. */
const AT_ONCE = 200;
/** Facilities that are asked for an alternative. */
const MOST_ASKED = 40;

/**
 * Decides what becomes of bookings whose spaces are not lent any more, each in a transaction of its own and exactly once
 * (P9): who is in is KEPT, others are MOVED within a walk at no higher price, or REFUNDED whole. Answers how many.
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
  if (!row || row.claimId !== revocation.claimId || !STANDING.includes(row.state)) return settle(scope, revocation, unit => lapse(unit, revocation));
  if (row.state === 'CHECKED_IN' || row.state === 'OVERSTAYED') return settle(scope, revocation, unit => keep(unit, revocation, row));
  if (row.state === 'CONFIRMED') {
    for (const alternative of await alternativesTo(scope, row)) {
      if (await settle(scope, revocation, unit => move(unit, revocation, row, alternative))) return true;
    }
  }
  return settle(scope, revocation, unit => refund(unit, revocation, row));
}

/** False where it did not come about: somebody changed the booking meanwhile, or took the alternative. It stays pending. */
async function settle(scope: RequestScope, revocation: RevocationRow, work: (unit: Unit) => Promise<Outcome<null>>): Promise<boolean> {
  const outcome = await transaction(scope, async unit => {
    const settled = await work(unit);
    if (isRefusal(settled)) return settled;
    // What one that gave way leaves short at other instants gives way as well; its facility's claims are locked by now.
    await revoke(unit, await brokenBookings(unit, [revocation.facilityId]), revocation.side === 'DRIVER' ? 'SUPPLIER' : revocation.side, () => (revocation.side === 'DRIVER' ? STOPPED : revocation.reason));
    return settled;
  });
  return !isRefusal(outcome);
}

async function alternativesTo(scope: RequestScope, row: ReservationRow): Promise<readonly JudgedStay[]> {
  const now = scope.clock.now();
  const around = await facilitiesAround(scope.database, { facilityId: row.facilityId, withinMetres: reachMetres(), limit: MOST_ASKED });
  const during = { startsAt: Math.max(row.startsAt, now), endsAt: row.endsAt };
  if (during.startsAt >= during.endsAt) return [];
  const judged = await judgeStays(scope, around.map(({ facilityId }) => ({ facilityId, during, spaceClass: row.spaceClass, spaces: row.spaces, spaceId: null })), now);
  return judged.flatMap(outcome => (isRefusal(outcome) ? [] : [outcome.value]));
}

async function lapse(unit: Unit, revocation: RevocationRow): Promise<Outcome<null>> {
  await lockClaims(unit, [revocation.facilityId]);
  return conclude(unit, revocation, 'lapse');
}

async function keep(unit: Unit, revocation: RevocationRow, row: ReservationRow): Promise<Outcome<null>> {
  await lockClaims(unit, [revocation.facilityId]);
  const locked = (await lockReservations(unit, [row.id])).get(row.id)!;
  if (locked.state !== 'CHECKED_IN' && locked.state !== 'OVERSTAYED') return lapse(unit, revocation);
  const concluded = await conclude(unit, revocation, 'keep');
  if (isRefusal(concluded)) return concluded;
  await tell(unit, revocation, row, 'reservation.kept', { zh: `共享停止（${revocation.reason}），车辆已入场，本次停放照常`, en: `lending was stopped (${revocation.reason}); the vehicle is in, and the stay goes on as agreed` });
  return done(null);
}

/** Charges, claims, the booking: in the order of every change. The old claim is given back by the new one in the same step. */
async function move(unit: Unit, revocation: RevocationRow, row: ReservationRow, { stay, price, isProvisional }: JudgedStay): Promise<Outcome<null>> {
  const amountFen = Math.min(row.amountFen, price.amountFen);
  const charges = await bringDownTo(unit, row, { feeFen: Math.min(amountFen + (row.feeFen ?? 0), chargedFen(row)), purpose: 'CANCELLATION', reason: '改往他处的差额。The difference of being moved.' });
  if (isRefusal(charges)) return charges;
  const [claim] = await claimSpaces(unit, [{ ...stay, zoneIds: null, asker: ANY_DRIVER, cause: { kind: 'RESERVATION', id: row.id }, heldUntil: null, replaces: row.claimId }]);
  if (isRefusal(claim!)) return claim;
  const { claimId, zoneId, windowIds, provisional } = claim!.value;
  const unchanged = await lockUnchanged(unit, row);
  if (isRefusal(unchanged)) return unchanged;
  const moved = changedBy(row, 'change', unit.now, {
    facilityId: stay.facilityId, zoneId, spaceId: null, claimId, windowIds, startsAt: stay.during.startsAt, isProvisional: isProvisional || provisional, charges: charges.value, amountFen,
    noShowAt: noShowAtOf(row.terms, stay.during, unit.now),
  });
  if (isRefusal(moved)) return moved;
  await storeChanged(unit, 'change', [moved.value]);
  const concluded = await conclude(unit, revocation, 'move', { movedToFacilityId: stay.facilityId, supplierFen: Math.max(0, price.amountFen - row.amountFen) });
  if (isRefusal(concluded)) return concluded;
  await breach(unit, revocation, row);
  await tell(unit, revocation, row, 'reservation.moved', { zh: `原泊位不再可用（${revocation.reason}），预约已改往步行可达的另一处，不另加价`, en: `the spaces are not available any more (${revocation.reason}); the reservation was moved to another place within a walk, at no higher price` }, [moved.value.id]);
  return done(null);
}

async function refund(unit: Unit, revocation: RevocationRow, row: ReservationRow): Promise<Outcome<null>> {
  const ended = await endReservation(unit, row, { event: 'revoke', feeFen: 0, purpose: 'CANCELLATION', reason: revocation.reason });
  if (isRefusal(ended)) return ended;
  const concluded = await conclude(unit, revocation, 'refund');
  if (isRefusal(concluded)) return concluded;
  await breach(unit, revocation, row);
  await tell(unit, revocation, row, 'reservation.revoked', { zh: `原泊位不再可用（${revocation.reason}），附近没有可改往的泊位：预约已取消，款项全额退还`, en: `the spaces are not available any more (${revocation.reason}), and nothing near can be booked: the reservation was cancelled and is given back whole` });
  return done(null);
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

/** The driver, whoever the facility belongs to, and where the booking was moved to, whoever that belongs to. */
async function tell(unit: Unit, { reservationId }: RevocationRow, row: ReservationRow, topic: string, text: { readonly zh: string; readonly en: string }, moved: readonly string[] = []): Promise<void> {
  const facilities = [row.facilityId, ...(moved.length === 0 ? [] : (await reservationsById(unit, moved)).map(each => each.facilityId))];
  const parties = [row.partyId, ...(await gateFacilities(unit, facilities)).flatMap(facility => facility.partyIds)];
  await tellParties(unit, parties.map((partyId): NoticeDraft => ({ partyId, topic, subjectKind: 'Reservation', subjectId: reservationId, ...text })));
}

function chargedFen({ charges }: ReservationRow): number {
  return charges.reduce((sum, charge) => sum + charge.amountFen, 0);
}

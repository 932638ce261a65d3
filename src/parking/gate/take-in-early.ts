import { done, isRefusal } from '../../kernel/index.js';
import { lockClaims, releaseSpaces, takeUpClaim } from '../../availability/index.js';
import { systemViewer } from '../../identity/index.js';
import { RequestScope, transaction, type Services, type Unit } from '../../platform/index.js';
import type { ReservationRow } from '../reservation.sql.js';
import { bookedProblem } from '../rules/admission.js';
import { besides, comesFor } from '../rules/booked-first.js';
import { fitsColour } from '../rules/gate-vehicle.js';
import { changedBy, lockReservations, storeChanged } from '../store-reservations.js';
import { bookedBySeveral } from './booked-by-several.js';
import { lockVehicles } from './event.sql.js';
import { putFindings } from './finding.sql.js';
import { reservationsOfVehicles, type BookedRow } from './gate.sql.js';
import { bookingsFollowing, vehiclesInside } from './overstay.sql.js';
import { updateSessions, vehiclesWaiting, type SessionRow } from './session.sql.js';
import { SESSION_CHANGED } from './settle-stays.js';

/** Bookings of one run; what is left comes with the next. */
const AT_ONCE = 200;

/** NOBODY: none of its vehicles is in. CHANGED: somebody changed it, or left, while its locks were waited for: look again. */
export type TakenIn = 'TAKEN' | 'NOBODY' | 'CHANGED';

/**
 * Takes in a booking whose vehicle is there without it: it came before the gate was opened for it, or was booked or paid
 * after it had come, or stays on from a booking that is over (C9). Nobody that is in has not come, and nobody overstays who
 * has booked on. What the vehicle took by itself goes back, and the time that no booking was for is charged when it leaves.
 */
export async function takeInEarly(unit: Unit, seen: ReservationRow): Promise<TakenIn> {
  const asSeen = await vehiclesWaiting(unit, seen, unit.now);
  if (asSeen.length === 0) return 'NOBODY';
  const bookings = await bookingsOf(unit, seen.facilityId, asSeen);
  const first = comesFirst(seen, bookings, unit.now);
  if (first !== null) {
    await takeInEarly(unit, first);
    return 'CHANGED';
  }
  await lockVehicles(unit, asSeen.map(session => `${session.facilityId} ${session.plateKey}`));
  await lockClaims(unit, [seen.facilityId]);
  const locked = await lockReservations(unit, [...new Set([seen.id, ...asSeen.flatMap(({ reservationId }) => reservationId ?? [])])].sort());
  const row = locked.get(seen.id)!;
  const waiting = (await vehiclesWaiting(unit, row, unit.now)).filter(({ reservationId }) => reservationId === null || locked.has(reservationId)).slice(0, Math.max(0, row.spaces - (await vehiclesInside(unit, row.id)).length));
  if (waiting.length === 0 || row.version !== seen.version) return 'CHANGED';
  // Another of its vehicles is in by it already: it stands as it stood.
  if (row.state !== 'CHECKED_IN') {
    const entered = changedBy(row, 'enter', unit.now);
    if (isRefusal(entered)) return 'CHANGED';
    await takeUpClaim(unit, { claimId: row.claimId, at: Math.min(...waiting.map(session => session.enteredAt!)) });
    await storeChanged(unit, 'enter', [entered.value]);
  }
  const taken = waiting.map((session): SessionRow => ({
    ...session, basis: 'RESERVATION', reservationId: row.id, agreementId: null, claimId: null, claimedUntil: null, overstayedSince: null, version: session.version + 1, changedAt: unit.now,
    bookedUntil: locked.get(session.reservationId ?? '')?.endsAt ?? session.bookedUntil,
  }));
  await updateSessions(unit, taken);
  await leaveBefore(unit, waiting, locked, row.id);
  const releases = waiting.flatMap(({ claimId }) => (claimId === null ? [] : [{ claimId, from: unit.now, reason: 'TAKEN_IN' }]));
  if (releases.length > 0) await releaseSpaces(unit, releases);
  await putFindings(unit, taken.filter(session => bookings.some(own => own.id === row.id && isOf(own, session) && besides(own, bookings.filter(each => isOf(each, session))).length > 0)).map(session => bookedBySeveral(unit, session)));
  for (const { id, facilityId, reservationId, state, version } of taken) unit.announce(SESSION_CHANGED, { sessionId: id, facilityId, reservationId, state, version });
  return 'TAKEN';
}

/** Completes the bookings that vehicles stayed on from, of which nobody is in any more: they are over. */
async function leaveBefore(unit: Unit, waiting: readonly SessionRow[], locked: ReadonlyMap<string, ReservationRow>, followedBy: string): Promise<void> {
  for (const [id, sessions] of Map.groupBy(waiting.filter(({ reservationId }) => reservationId !== null), ({ reservationId }) => reservationId!)) {
    if ((await vehiclesInside(unit, id)).length > 0) continue;
    const before = locked.get(id)!;
    // What was called a no-show before its entry was told stays one.
    if (before.state === 'NO_SHOW') continue;
    const left = changedBy(before, 'leave', unit.now);
    if (isRefusal(left)) throw new Error(left.problems[0].en);
    await storeChanged(unit, 'leave', [left.value], { followedBy, sessionIds: sessions.map(session => session.id) });
  }
}

/** Has vehicles that stay on from a booking that is over go on by the one that follows it. Answers how many bookings were taken in. */
export async function goOnByNext(services: Services): Promise<number> {
  const scope = new RequestScope(services, systemViewer, 'zh', 'job go-on-by-next');
  let taken = 0;
  for (const row of await bookingsFollowing(services.database, services.clock.now(), AT_ONCE)) {
    const outcome = await transaction(scope, async unit => done(await takeInEarly(unit, row)));
    if (!isRefusal(outcome) && outcome.value === 'TAKEN') taken += 1;
  }
  return taken;
}

/** Every booking around now of vehicles that are in, or were. */
export async function bookingsOf(unit: Unit, facilityId: string, inside: readonly SessionRow[]): Promise<readonly BookedRow[]> {
  const rows = await reservationsOfVehicles(unit, inside.map(({ plateKey }) => ({ facilityId, plateHash: hashOf(plateKey), at: unit.now })));
  return rows.filter(row => inside.some(session => isOf(row, session)));
}

const hashOf = (plateKey: string): string => plateKey.split('/')[0]!;
const isOf = (row: BookedRow, { plateKey, colour }: SessionRow): boolean => hashOf(plateKey) === row.plateHash && fitsColour({ colour, colourAssumed: false }, row.colour);

/**
 * Another booking that the vehicles came for rather than this one (`booked-first.ts`); null where this is the first. One that
 * has just ended is judged by when it still ran: who was in then came for it, and goes on by the next.
 */
function comesFirst({ id, endsAt }: ReservationRow, bookings: readonly BookedRow[], now: number): ReservationRow | null {
  const [first] = bookings.filter(row => row.id === id || bookedProblem(row, now, row.inside.length) === null).sort(comesFor(Math.min(now, endsAt - 1)));
  return first && first.id !== id ? first : null;
}

import { done, isRefusal, refuse } from '../kernel/index.js';
import { forgetQuotes, refundCharge } from '../billing/index.js';
import { systemViewer, tellParties } from '../identity/index.js';
import { RequestScope, transaction, type Job, type Services } from '../platform/index.js';
import { endReservation } from './end-reservation.js';
import { cameByAnother } from './gate/session.sql.js';
import { takeInEarly } from './gate/take-in-early.js';
import { noticeOf } from './reactions.js';
import { quotesInUse } from './reservation.sql.js';
import { clearCharges, reservationsMissing, reservationsToVoid, setVehiclesAside } from './reservation-jobs.sql.js';
import { revocationsOf } from './revocation/revocation.sql.js';
import { settleRelocations } from './revocation/settle-relocation.js';
import { borneBy, borneOfNoShow, relocationsOf } from './rules/change-cost.js';
import { noShowFeeOf } from './rules/settle-end.js';
import { takenBackProblem } from './rules/taken-back.js';
import { forgetOldChanges } from './watch-reservations.js';

/** Reservations of one run; what is left comes with the next. */
const AT_ONCE = 200;
const YIELDED = '所登记的号牌已凭他人在先的预约入场。A plate of it came in by another party’s booking that had named it first.';
/** Vehicles that are set aside in one statement, and how many statements one run has. */
const VEHICLES_AT_ONCE = 5_000;
const MOST_TURNS = 100;

/** Ends the reservations whose vehicle did not come, so that the spaces serve others, and charges what was agreed (C9); takes in those whose vehicle is in already. Answers how many ended. */
export async function endNoShows(services: Services): Promise<number> {
  const scope = new RequestScope(services, systemViewer, 'zh', 'job end-no-shows');
  let ended = 0;
  for (const row of await reservationsMissing(services.database, services.clock.now(), AT_ONCE)) {
    const outcome = await transaction(scope, async unit => {
      if ((await takeInEarly(unit, row)) !== 'NOBODY') return done(false);
      const came = await cameByAnother(unit, row);
      // It goes on by this booking once the other one is over.
      if (came === 'IS_IN') return done(false);
      const yields = came === 'CAME';
      const feeFen = (row.feeFen ?? 0) + (yields ? 0 : noShowFeeOf(row));
      const relocations = relocationsOf(row, await revocationsOf(unit, [row.id]));
      const settled = await settleRelocations(unit, relocations, yields ? 0 : borneOfNoShow(row, borneBy(relocations)), 'MISSED');
      if (isRefusal(settled)) return settled;
      const missed = await endReservation(unit, row, yields ? { event: 'yield', feeFen, purpose: 'NO_SHOW', reason: YIELDED } : { event: 'miss', feeFen, purpose: 'NO_SHOW', reason: '未按时到场。Nobody came in time.' });
      if (isRefusal(missed)) return missed;
      // Asked under the lock of its claim: what is taken back is not missed, and what becomes of it is decided for the driver (P9).
      const inTheWay = takenBackProblem(row, await revocationsOf(unit, [row.id]));
      if (inTheWay) return refuse(inTheWay);
      await tellParties(unit, [yields ? noticeOf(row, 'reservation.yielded', { zh: '所登记的号牌已凭他人的预约入场（其登记该号牌在先），本预约已结束，未到场不收费；如号牌有误，请以正确号牌重新预约', en: 'a plate that you named came in by another party’s booking, which had named it first: the reservation has ended, and not coming costs nothing; if the plate was mistyped, book again with the right one' }) : noticeOf(row, 'reservation.noShow', { zh: `车辆未按时到场，预约已结束，未到场费 ${feeFen} 分`, en: `nobody came in time: the reservation has ended; not coming costs ${feeFen} fen` })]);
      return done(true);
    });
    // Who came, paid or cancelled meanwhile is no no-show, nor is whose spaces are being taken back.
    if (!isRefusal(outcome) && outcome.value) ended += 1;
  }
  return ended;
}

/** Voids the charges of holds that ended. By itself, because a charge is locked before a claim, and a hold ends under the claim's lock. */
export async function voidEndedHolds(services: Services): Promise<number> {
  const scope = new RequestScope(services, systemViewer, 'zh', 'job void-ended-holds');
  const rows = await reservationsToVoid(services.database, AT_ONCE);
  for (const row of rows) {
    await transaction(scope, async unit => {
      // One that was paid late is given back already: nothing is left to take off.
      for (const { chargeId, amountFen } of row.charges) if (amountFen > 0) await refundCharge(unit, { chargeId, amountFen, reason: row.reason ?? '' });
      await clearCharges(unit, row.id);
      return done(null);
    });
  }
  return rows.length;
}

/** Sets aside the vehicles of what ended a day ago, so that bookings look at few of a vehicle's stays, however often it parks. Answers how many. */
export async function setPastVehiclesAside(services: Services): Promise<number> {
  const endedBefore = services.clock.now() - 86_400_000;
  let aside = 0;
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const rows = await setVehiclesAside(services.database, endedBefore, VEHICLES_AT_ONCE);
    aside += rows;
    if (rows < VEHICLES_AT_ONCE) break;
  }
  return aside;
}

/** Forgets the quotes that nobody booked by; those of reservations stay with them. */
export function forgetUnusedQuotes(services: Services): Promise<number> {
  return forgetQuotes(services, async (sql, ids) => new Set((await quotesInUse(sql, ids)).map(each => each.quoteId)));
}

export const parkingJobs: readonly Job[] = [
  { name: 'end-no-shows', everyMs: 15_000, isSingle: true, run: endNoShows },
  { name: 'void-ended-holds', everyMs: 15_000, isSingle: true, run: voidEndedHolds },
  { name: 'forget-old-reservation-changes', everyMs: 3_600_000, isSingle: true, run: forgetOldChanges },
  { name: 'set-past-vehicles-aside', everyMs: 3_600_000, isSingle: true, run: setPastVehiclesAside },
  { name: 'forget-unused-quotes', everyMs: 3_600_000, isSingle: true, run: forgetUnusedQuotes },
];

import { isRefusal, type Problem, type Problems } from '../../kernel/index.js';
import { ANY_DRIVER, claimSpaces, decideStay, lockClaims, releaseSpaces, takeUpClaim, type Asker, type ClaimAsk, type ClaimRelease } from '../../availability/index.js';
import { newId, type Unit } from '../../platform/index.js';
import type { ReservationRow } from '../reservation.sql.js';
import { lentParts } from '../rules/lent-parts.js';
import { lockReservations } from '../store-reservations.js';
import { advanceBookings } from './advance-bookings.js';
import { bookedBySeveral } from './booked-by-several.js';
import { chargeSessions } from './charge-sessions.js';
import { CLOCK_SLACK_MS, WALK_IN_MINUTES } from './decide-entry.js';
import type { GateEventRow } from './event.sql.js';
import { putFindings, resolveFindings, type GateFindingRow } from './finding.sql.js';
import { linkSessions, stoodBy, unlinkEnded } from './link-sessions.js';
import type { RetoldSession } from './retell.js';
import { insertSessions, updateSessions, type SessionRow } from './session.sql.js';
import { asNotOverstayed, withdrawOverstays } from './withdraw-overstays.js';

/** The topic that wakes the readers of sessions, and what is announced of them. */
export const SESSION_CHANGED = 'session.changed';
/** A vehicle that came in longer ago than this is no news: what it took is history, and claims nothing any more. */
const LIVE_MS = 2 * CLOCK_SLACK_MS;

/**
 * Draws what follows from sessions that have changed: which booking or admission each is of, what it takes and gives
 * back, what it costs. Locks in the order of everybody: vehicles (held by now), claims, bookings.
 */
export async function settleStays(unit: Unit, changed: readonly RetoldSession[], events: ReadonlyMap<string, GateEventRow>): Promise<void> {
  if (changed.length === 0) return;
  const linked = await linkSessions(unit, changed);
  await lockClaims(unit, [...new Set(linked.map(({ after }) => after.facilityId))]);
  const bookings = await lockReservations(unit, [...new Set(linked.flatMap(({ before, after, passedIds = [] }) => [...passedIds, before?.reservationId ?? [], after.reservationId ?? []].flat()))].sort());
  const standing = unlinkEnded(linked, bookings);
  const { sessions, findings } = await claimForWalkIns(unit, asNotOverstayed(standing, bookings));
  const { sessions: charged, unpriced } = await chargeSessions(unit, sessions, bookings);
  await updateSessions(unit, charged.filter(({ before }) => before !== null).map(({ after }) => after));
  await insertSessions(unit, charged.filter(({ before }) => before === null).map(({ after }) => after));
  const given = await advanceBookings(unit, charged, bookings);
  await withdrawOverstays(unit, charged, bookings);
  const releases = [...given, ...charged.flatMap(({ before, after }): ClaimRelease[] => (after.claimId === null || after.state === 'OPEN' ? [] : [{ claimId: after.claimId, from: after.state === 'VOID' ? null : after.exitedAt, reason: before === null ? 'LEFT' : after.state }]))];
  if (releases.length > 0) await releaseSpaces(unit, releases);
  await resolveFindings(unit, charged.flatMap(each => [...pricedAnew(each.before), ...contestedNoMore(each)]), unit.now);
  await putFindings(unit, [...findings, ...standing.flatMap(({ isContested, after }) => (isContested === true && after.reservationId !== null ? [bookedBySeveral(unit, after)] : [])), ...missedButCame(unit, charged, bookings, events), ...unpriced.map(({ session, problem }) => unpricedStay(unit, session, problem))]);
  for (const { after } of charged) unit.announce(SESSION_CHANGED, { sessionId: after.id, facilityId: after.facilityId, reservationId: after.reservationId, state: after.state, version: after.version });
}

/** A session before and after a change; `before` is null where it is new. */
export interface Settling {
  readonly before: SessionRow | null;
  readonly after: SessionRow;
  /** The bookings that it stood by before the one that it is of, and that were over while it was in. */
  readonly passedIds?: readonly string[];
}

/** What a vehicle without a reservation takes is claimed for an hour, and prolonged by a job while it is in. */
async function claimForWalkIns(unit: Unit, linked: readonly Settling[]): Promise<{ readonly sessions: readonly Settling[]; readonly findings: readonly GateFindingRow[] }> {
  const asking = linked.filter(({ before, after }) => before === null && after.state === 'OPEN' && (after.basis === 'WALK_IN' || after.basis === 'RESIDENT') && unit.now - after.enteredAt! <= LIVE_MS);
  if (asking.length === 0) return { sessions: linked, findings: [] };
  const outcomes = await claimSpaces(unit, asking.map(({ after }) => claimOf(after, after.enteredAt! + WALK_IN_MINUTES * 60_000)));
  const had = asking.flatMap(({ after }, nth) => {
    const outcome = outcomes[nth]!;
    return isRefusal(outcome) ? [] : [{ ...after, claimId: outcome.value.claimId, claimedUntil: after.enteredAt! + WALK_IN_MINUTES * 60_000 }];
  });
  const claimed = new Map((await withParts(unit, had)).map(session => [session.id, session]));
  for (const session of claimed.values()) await takeUpClaim(unit, { claimId: session.claimId!, at: session.enteredAt! });
  const findings = asking.flatMap(({ after }, nth): GateFindingRow[] => {
    const outcome = outcomes[nth]!;
    return isRefusal(outcome) ? [enteredUnlent(unit, after, outcome.problems)] : [];
  });
  return { sessions: linked.map(each => ({ ...each, after: claimed.get(each.after.id) ?? each.after })), findings };
}

export function claimOf(session: SessionRow, until: number): ClaimAsk {
  return {
    facilityId: session.facilityId, zoneIds: null, spaceId: null, spaceClass: session.spaceClass, during: { startsAt: session.enteredAt!, endsAt: until }, spaces: 1, asker: askerOf(session),
    cause: { kind: 'SESSION', id: session.id }, heldUntil: null, ...(session.claimId === null ? { entersAt: session.enteredAt! } : { replaces: session.claimId }),
  };
}

export function askerOf({ basis }: Pick<SessionRow, 'basis'>): Asker {
  return { ...ANY_DRIVER, isResident: basis === 'RESIDENT', hasAgreement: basis === 'AGREEMENT' };
}

/** Under which windows claimed sessions stand: asked of the one decision, as if their own claims gave way to themselves. */
export async function withParts(unit: Unit, sessions: readonly SessionRow[]): Promise<readonly SessionRow[]> {
  const decisions = await decideStay(unit, sessions.map(session => ({ ...claimOf(session, session.claimedUntil!), replaces: session.claimId! })));
  // What was lent by now stays as it was lent, whatever became of the window since.
  return sessions.map((session, nth) => ({ ...session, parts: lentParts({ startsAt: session.enteredAt!, endsAt: session.claimedUntil! }, session.parts, decisions[nth]!.windows) }));
}

function enteredUnlent(unit: Unit, { city, id, facilityId, entryEventId }: SessionRow, problems: Problems): GateFindingRow {
  return {
    city, id: newId('gateFinding', unit.now), facilityId, kind: 'ENTERED_UNLENT', gateEventId: entryEventId, sessionId: id,
    zh: `车辆入场时没有可用的共享泊位：${problems[0].zh}`, en: `the vehicle came in though nothing was left for it: ${problems[0].en}`, foundAt: unit.now, resolvedAt: null,
  };
}

/** A stay that never was is by nobody's booking. */
function contestedNoMore({ before, after }: Settling): ReadonlyArray<{ readonly gateEventId: string; readonly kind: 'BOOKED_BY_SEVERAL' }> {
  const gateEventId = before?.entryEventId ?? before?.exitEventId;
  return after.state === 'VOID' && gateEventId != null ? [{ gateEventId, kind: 'BOOKED_BY_SEVERAL' }] : [];
}

/** What was found of the price of a stay that had ended before is found again where it still is so. */
function pricedAnew(before: SessionRow | null): ReadonlyArray<{ readonly gateEventId: string; readonly kind: 'STAY_UNPRICED' }> {
  if (before?.state !== 'ENDED') return [];
  return [before.entryEventId, before.exitEventId].flatMap(gateEventId => (gateEventId === null ? [] : [{ gateEventId, kind: 'STAY_UNPRICED' as const }]));
}

function unpricedStay(unit: Unit, { city, id, facilityId, entryEventId, exitEventId }: SessionRow, { zh, en }: Problem): GateFindingRow {
  return {
    city, id: newId('gateFinding', unit.now), facilityId, kind: 'STAY_UNPRICED', gateEventId: exitEventId ?? entryEventId, sessionId: id,
    zh: `停放无法（全部）计价：${zh}`, en: `the stay, or some of it, has no price: ${en}`, foundAt: unit.now, resolvedAt: null,
  };
}

/** Somebody was called a no-show whose vehicle had come in time, as an event tells that arrived too late: a person decides what is given back. */
function missedButCame(unit: Unit, sessions: readonly Settling[], bookings: ReadonlyMap<string, ReservationRow>, events: ReadonlyMap<string, GateEventRow>): readonly GateFindingRow[] {
  return sessions.flatMap(({ before, after, passedIds = [] }): GateFindingRow[] => {
    const missed = [...passedIds, after.reservationId].map(id => bookings.get(id ?? '')).filter(booking => booking?.state === 'NO_SHOW' && !stoodBy(before, booking));
    const event = after.entryEventId === null ? undefined : events.get(after.entryEventId);
    if (missed.length === 0 || !event) return [];
    return [{
      city: after.city, id: newId('gateFinding', unit.now), facilityId: after.facilityId, kind: 'MISSED_BUT_CAME', gateEventId: event.id, sessionId: after.id,
      zh: '预约已按未到场结束，而车辆其实按时入场（事件迟到）', en: 'the reservation ended as a no-show, but the vehicle had come in time: the event arrived late', foundAt: unit.now, resolvedAt: null,
    }];
  });
}

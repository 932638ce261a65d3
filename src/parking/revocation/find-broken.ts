import { counted, problem, refuse, type Problem } from '../../kernel/index.js';
import { overcommitments, type Overcommitment } from '../../availability/index.js';
import { newId, type Reaction, type Unit } from '../../platform/index.js';
import { placesOfStays } from '../confirmation.sql.js';
import { reservationsById, type ReservationRow } from '../reservation.sql.js';
import { instantText } from '../rules/span-text.js';
import { whoGivesWay, type Standing } from '../rules/who-gives-way.js';
import { beginRevocations, decidedClaims, type RevocationRow } from './revocation.sql.js';

interface LendingChanged {
  readonly facilityIds: readonly string[];
  /** Absent: a change that would break bookings is refused. */
  readonly bookings?: 'REFUSE' | 'REVOKE' | null;
  readonly reason?: string | null;
}

/**
 * Whoever lends less than was promised either keeps the promise or says that it is broken (P9, C6): an ordinary change is
 * refused with the instant from which it has no conflict; an emergency, or a change that says so, begins a revocation for
 * each booking that gives way, in the same transaction. What becomes of each is then decided by itself.
 */
export const revokeBroken: Reaction = {
  topic: 'facility.lendingChanged',
  async react(unit, payloads) {
    const changes = payloads as readonly LendingChanged[];
    const reasons = new Map(changes.filter(change => change.bookings === 'REVOKE').flatMap(change => change.facilityIds.map(id => [id, change.reason ?? ''])));
    const broken = await brokenBookings(unit, [...new Set(changes.flatMap(change => change.facilityIds))]);
    const inTheWay = broken.filter(({ booking }) => !reasons.has(booking.facilityId));
    if (inTheWay.length > 0) return refuse(bookingsInTheWay(inTheWay, await zoneNameAt(unit, inTheWay), unit.now));
    await revoke(unit, broken, 'SUPPLIER', ({ facilityId }) => reasons.get(facilityId) || STOPPED);
    return null;
  },
};

/**
 * A calendar that is published makes other days of provisional ones (P4, T7): bookings that no longer fit are moved or
 * refunded like any other, and nobody is to blame.
 */
export const revokeByCalendar: Reaction = {
  topic: 'window.occurrencesChanged',
  async react(unit, payloads) {
    const facilityIds = [...new Set((payloads as ReadonlyArray<{ readonly facilityId: string }>).map(change => change.facilityId))];
    await revoke(unit, await brokenBookings(unit, facilityIds), 'NOBODY', () => '放假安排公布后该时段不再出借。The calendar was published, and nothing is lent then.');
    return null;
  },
};

const STOPPED = '共享停止。Lending was stopped.';

/**
 * What is left short once a revocation is decided, or its claim stands again, gives way as well: asked with everything that
 * decides one, while the claims of its facility are locked. Lending that is short then is the supplier's breach, whoever stayed in a space.
 */
export async function revokeLeftShort(unit: Unit, decided: Pick<RevocationRow, 'facilityId' | 'side' | 'reason'>): Promise<void> {
  const { side, reason } = decided.side === 'DRIVER' ? { side: 'SUPPLIER' as const, reason: STOPPED } : decided;
  await revoke(unit, await brokenBookings(unit, [decided.facilityId]), side, () => reason);
}

/** Begins the revocation of bookings that give way. */
async function revoke(unit: Unit, broken: readonly Broken[], side: RevocationRow['side'], reasonOf: (booking: ReservationRow) => string): Promise<void> {
  await beginRevocations(unit, broken.map(({ booking }) => ({
    city: booking.city, id: newId('revocation', unit.now), reservationId: booking.id, claimId: booking.claimId, facilityId: booking.facilityId, side, reason: reasonOf(booking), state: 'PENDING' as const,
    movedToFacilityId: null, supplierFen: null, createdAt: unit.now, decidedAt: null,
  })));
}

interface Broken {
  readonly booking: ReservationRow;
  readonly spans: readonly Overcommitment[];
}

/** The bookings of facilities that give way to what is lent by now, with where they conflict. Their claims stay locked. */
async function brokenBookings(unit: Unit, facilityIds: readonly string[]): Promise<readonly Broken[]> {
  const spans = await overcommitments(unit, facilityIds, unit.now);
  if (spans.length === 0) return [];
  const claims = spans.flatMap(span => span.claims);
  const bookings = new Map((await reservationsById(unit, [...new Set(claims.filter(({ cause }) => cause.kind === 'RESERVATION').map(({ cause }) => cause.id))])).map(row => [row.claimId, row]));
  const decided = await decidedClaims(unit, claims.map(claim => claim.claimId));
  const chosen = whoGivesWay(spans, (claimId): Standing => {
    const booking = bookings.get(claimId);
    // A walk-in is in, and an agreement's room looks after its own.
    if (!booking || decided.has(claimId)) return 'DECIDED';
    return booking.state === 'CHECKED_IN' || booking.state === 'OVERSTAYED' ? 'IN' : 'FREE';
  });
  return [...chosen].sort().map(claimId => ({ booking: bookings.get(claimId)!, spans: spans.filter(span => span.claims.some(claim => claim.claimId === claimId)) }));
}

/** In whose time the instant is said: all that one change concerns lie in one city. */
async function zoneNameAt(unit: Unit, [first]: readonly Broken[]): Promise<string> {
  const [place] = await placesOfStays(unit, [first!.booking.facilityId]);
  return place!.zoneName;
}

function bookingsInTheWay(broken: readonly Broken[], zoneName: string, now: number): Problem {
  const firstConflictAt = Math.min(...broken.flatMap(({ booking, spans }) => spans.map(span => Math.max(now, span.during.startsAt, booking.startsAt))));
  const effectiveFrom = Math.max(...broken.flatMap(({ spans }) => spans.map(span => span.during.endsAt)));
  const from = instantText(effectiveFrom, zoneName);
  return problem('BOOKINGS_IN_THE_WAY', {
    zh: `有 ${broken.length} 个预约会因此落空；${from} 起变更不再冲突，或选择 REVOKE`,
    en: `${counted(broken.length, 'booking')} would be broken; from ${from} on the change has no conflict, or choose REVOKE`,
    clause: '3.2-7',
    data: { bookings: broken.length, firstConflictAt, effectiveFrom },
  });
}

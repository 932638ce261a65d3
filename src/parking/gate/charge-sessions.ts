import { isRefusal, type Outcome, type Span } from '../../kernel/index.js';
import { decideStay, type StayAsk } from '../../availability/index.js';
import { openCharges, priceStays, type ChargeLine, type StayPrice } from '../../billing/index.js';
import type { Unit } from '../../platform/index.js';
import { askerFor } from '../asker-for.js';
import type { ReservationRow } from '../reservation.sql.js';
import { chargeLinesOf } from '../rules/charge-lines.js';
import { overstayFen, overstayOf, partsUntil } from '../rules/overstay-price.js';
import { stayParts } from '../rules/stay-parts.js';
import type { SessionRow } from './session.sql.js';
import { askerOf, type Settling } from './settle-stays.js';

/** Within a day of leaving it is to be paid. */
const DUE_MS = 86_400_000;

/** What of a session costs something: the whole stay without a booking, or the time beyond a booking's end. */
interface Costing {
  readonly session: SessionRow;
  readonly booking: ReservationRow | null;
  readonly during: Span;
}

interface Costed {
  readonly amountFen: number | null;
  readonly lines: readonly ChargeLine[];
}

/**
 * Prices sessions that have ended, and charges what nothing was charged for yet: a vehicle without a reservation by the
 * windows that lent to it, the time beyond them by the facility's own tariff (I8), an overstay by its clause (C9). What was
 * charged before and costs another sum by now is left to a job, because a charge is locked before all else.
 */
export async function chargeSessions<S extends Settling>(unit: Unit, sessions: readonly S[], bookings: ReadonlyMap<string, ReservationRow>): Promise<readonly S[]> {
  const costing = sessions.flatMap(({ after }) => costingOf(after, bookings) ?? []);
  const costs = new Map((await costOf(unit, costing)).map((cost, nth) => [costing[nth]!.session.id, { ...cost, ...costing[nth]! }]));
  const fresh = [...costs.values()].filter(({ session, amountFen }) => amountFen !== null && amountFen > 0 && session.charges.length === 0);
  const chargeIds = await openCharges(unit, fresh.map(({ session, booking, amountFen, lines }) => ({
    cause: { kind: 'SESSION', id: session.id }, facilityId: session.facilityId, payerId: booking?.partyId ?? null, lines, amountFen: amountFen!, purpose: booking ? 'OVERSTAY' as const : 'STAY' as const,
    dueAt: Math.max(unit.now, session.exitedAt!) + DUE_MS,
  })));
  const chargeOf = new Map(fresh.map(({ session }, nth) => [session.id, chargeIds[nth]!]));
  return sessions.map(each => {
    const { after } = each;
    const cost = costs.get(after.id);
    const amountFen = cost ? cost.amountFen : after.state === 'ENDED' ? after.amountFen : null;
    const chargeId = chargeOf.get(after.id);
    const charges = chargeId === undefined ? after.charges : [{ chargeId, amountFen: amountFen! }];
    const chargedFen = charges.reduce((sum, charge) => sum + charge.amountFen, 0);
    return { ...each, after: { ...after, amountFen, charges, isUnsettled: charges.length > 0 && after.state !== 'OPEN' && chargedFen !== (amountFen ?? 0) } };
  });
}

function costingOf(session: SessionRow, bookings: ReadonlyMap<string, ReservationRow>): Costing | null {
  const { state, basis, enteredAt, exitedAt, reservationId } = session;
  if (state !== 'ENDED' || exitedAt === null || basis === 'AGREEMENT') return null;
  if (basis === 'RESERVATION') {
    const booking = bookings.get(reservationId!);
    const during = booking ? overstayOf(booking.endsAt, exitedAt, booking.terms) : null;
    return during ? { session, booking: booking!, during } : null;
  }
  // Nobody knows since when it was in: nothing can be charged.
  if (enteredAt === null || enteredAt === exitedAt) return null;
  return { session, booking: null, during: { startsAt: enteredAt, endsAt: exitedAt } };
}

async function costOf(unit: Unit, costing: readonly Costing[]): Promise<readonly Costed[]> {
  if (costing.length === 0) return [];
  const decisions = await decideStay(unit, costing.map(unclaimedOf));
  const parts = costing.map(({ session, during }, nth) => {
    const { windows } = decisions[nth]!;
    const claimed = session.parts.length > 0 ? partsUntil(session.parts, { startsAt: during.startsAt, endsAt: Math.min(during.endsAt, session.claimedUntil ?? during.endsAt) }) : [];
    const from = claimed.at(-1)?.during.endsAt ?? during.startsAt;
    return [...claimed, ...stayParts(windows, { startsAt: from, endsAt: during.endsAt })];
  });
  const asks = costing.map(({ session }, nth) => ({ facilityId: session.facilityId, parts: parts[nth]!, spaceClass: session.spaceClass, spaces: 1, at: unit.now }));
  const prices = await priceStays(unit, asks);
  // Where the facility has no tariff of its own, only what was lent can be priced.
  const lent = asks.map(ask => ({ ...ask, parts: ask.parts.filter(part => part.windowId !== null) }));
  const fallen = lent.filter((ask, nth) => isRefusal(prices[nth]!) && ask.parts.length > 0);
  const others = new Map((fallen.length === 0 ? [] : await priceStays(unit, fallen)).map((price, nth) => [fallen[nth]!, price]));
  return costing.map((each, nth) => costed(each, isRefusal(prices[nth]!) ? (others.get(lent[nth]!) ?? prices[nth]!) : prices[nth]!));
}

/** The time that no claim of the session covers, asked as it would have been asked by anybody: which windows lent then. */
function unclaimedOf({ session, booking, during }: Costing): StayAsk {
  const startsAt = session.claimedUntil !== null && session.parts.length > 0 ? Math.min(Math.max(during.startsAt, session.claimedUntil), during.endsAt - 1) : during.startsAt;
  return { facilityId: session.facilityId, zoneIds: null, spaceId: null, spaceClass: session.spaceClass, during: { startsAt, endsAt: during.endsAt }, spaces: 1, asker: booking ? askerFor(booking.audiences) : askerOf(session), ...(booking ? { replaces: booking.claimId } : session.claimId === null ? {} : { replaces: session.claimId }) };
}

function costed({ booking, during }: Costing, price: Outcome<StayPrice>): Costed {
  const tariffFen = isRefusal(price) ? 0 : price.value.amountFen;
  if (!booking) return isRefusal(price) ? { amountFen: null, lines: [] } : { amountFen: tariffFen, lines: chargeLinesOf(price.value) };
  const amountFen = overstayFen(tariffFen, during, booking.terms);
  return { amountFen, lines: [{ zh: `超时停放（按条款 ${booking.terms.overstay.tariffPercent}%）`, en: `overstay (by its clause, ${booking.terms.overstay.tariffPercent} %)`, amountFen, ...during }] };
}


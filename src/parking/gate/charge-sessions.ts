import { isRefusal, money, type Outcome, type Problem, type Span } from '../../kernel/index.js';
import { audienceProblem, creditProblem, type Asker } from '../../availability/index.js';
import { openCharges, priceStays, type ChargeLine, type StayPrice } from '../../billing/index.js';
import type { Unit } from '../../platform/index.js';
import { lentThen } from '../../sharing/index.js';
import { askerFor } from '../asker-for.js';
import type { ReservationRow } from '../reservation.sql.js';
import { unbookedOf } from '../rules/booked-on.js';
import { chargeLinesOf } from '../rules/charge-lines.js';
import { isUnpriced, lentParts, pricedByLast } from '../rules/lent-parts.js';
import { overstayFen, overstayOf } from '../rules/overstay-price.js';
import type { LendingWindow } from '../rules/stay-parts.js';
import type { SessionRow } from './session.sql.js';
import { askerOf, type Settling } from './settle-stays.js';

/** Within a day of leaving it is to be paid. */
const DUE_MS = 86_400_000;
/** How far before a stay the window that lent last is looked for: every weekly window lent in it. */
const LOOK_BACK_MS = 7 * 86_400_000;
/** Longer stays have no price. */
const LONGEST_MS = 400 * 86_400_000;

/** What of a session costs something: the whole stay without a booking, what of it came before one or between two, or the time beyond the end of the last. */
interface Costing {
  readonly session: SessionRow;
  readonly asker: Asker;
  readonly during: Span;
  /** By whose clause it is an overstay; null: it is priced as a stay. */
  readonly overstays: ReservationRow | null;
}

interface Costed {
  readonly amountFen: number | null;
  readonly lines: readonly ChargeLine[];
  /** Why some of it has no price; null where all has. */
  readonly unpriced: Problem | null;
}

/** What sessions cost, and which of them could not be priced whole: no stay is silently free. */
export interface Charged<S> {
  readonly sessions: readonly S[];
  readonly unpriced: ReadonlyArray<{ readonly session: SessionRow; readonly problem: Problem }>;
}

/**
 * Prices sessions that have ended, and charges what nothing was charged for yet: a vehicle without a reservation by the
 * windows that lent to it then, the time beyond them by the facility's own tariff or that of the window that lent last (I8),
 * an overstay by its clause (C9). What was charged before and costs another sum by now is left to a job, because a charge is locked before all else.
 */
export async function chargeSessions<S extends Settling>(unit: Unit, sessions: readonly S[], bookings: ReadonlyMap<string, ReservationRow>): Promise<Charged<S>> {
  const costing = sessions.flatMap(each => costingOf(each, bookings));
  const costs = new Map([...Map.groupBy((await costOf(unit, costing)).map((cost, nth) => ({ ...cost, ...costing[nth]! })), ({ session }) => session.id)].map(([id, parts]) => [id, together(parts)]));
  const fresh = [...costs.values()].filter(({ session, amountFen }) => amountFen !== null && amountFen > 0 && session.charges.length === 0);
  const chargeIds = await openCharges(unit, fresh.map(({ session, overstays, amountFen, lines }) => ({
    cause: { kind: 'SESSION', id: session.id }, facilityId: session.facilityId, payerId: bookings.get(session.reservationId ?? '')?.partyId ?? null, lines, amountFen: amountFen!, purpose: overstays ? 'OVERSTAY' as const : 'STAY' as const,
    dueAt: Math.max(unit.now, session.exitedAt!) + DUE_MS,
  })));
  const chargeOf = new Map(fresh.map(({ session }, nth) => [session.id, chargeIds[nth]!]));
  const priced = sessions.map(each => {
    const { after } = each;
    const cost = costs.get(after.id);
    const amountFen = cost ? cost.amountFen : after.state === 'ENDED' ? after.amountFen : null;
    const chargeId = chargeOf.get(after.id);
    const charges = chargeId === undefined ? after.charges : [{ chargeId, amountFen: amountFen! }];
    const chargedFen = charges.reduce((sum, charge) => sum + charge.amountFen, 0);
    return { ...each, after: { ...after, amountFen, charges, isUnsettled: charges.length > 0 && after.state !== 'OPEN' && chargedFen !== (amountFen ?? 0) } };
  });
  return { sessions: priced, unpriced: [...costs.values()].flatMap(({ session, unpriced }) => (unpriced ? [{ session, problem: unpriced }] : [])) };
}

function costingOf({ after: session, passedIds = [] }: Settling, bookings: ReadonlyMap<string, ReservationRow>): readonly Costing[] {
  const { state, basis, enteredAt, exitedAt, reservationId } = session;
  if (state !== 'ENDED' || exitedAt === null || basis === 'AGREEMENT') return [];
  if (basis === 'RESERVATION') {
    const booking = bookings.get(reservationId!);
    return booking ? costingOfBooked(session, [...passedIds.map(id => bookings.get(id)!), booking], exitedAt) : [];
  }
  // Nobody knows since when it was in: nothing can be charged.
  if (enteredAt === null || enteredAt === exitedAt) return [];
  return [{ session, asker: askerOf(session), during: { startsAt: enteredAt, endsAt: exitedAt }, overstays: null }];
}

/** Until its first booking opened the gate, and from the end of each until the next one did, a vehicle was in without any. */
function costingOfBooked(session: SessionRow, stood: readonly ReservationRow[], exitedAt: number): readonly Costing[] {
  const own = stood.at(-1)!;
  const { enteredAt, bookedUntil } = session;
  // Where the bookings before its own are not found any more, all that is known of them is their end.
  const unbooked = enteredAt === null ? [] : unbookedOf({ startsAt: stood.length === 1 ? Math.max(enteredAt, bookedUntil ?? enteredAt) : enteredAt, endsAt: exitedAt }, stood);
  const overstay = overstayOf(own.endsAt, exitedAt, own.terms);
  return [
    ...unbooked.map(({ during, next }): Costing => ({ session, asker: askerFor(next.audiences), during, overstays: null })),
    ...(overstay ? [{ session, asker: askerFor(own.audiences), during: overstay, overstays: own }] : []),
  ];
}

/** What the parts of one session cost together; null where no part has a price. */
function together(parts: ReadonlyArray<Costed & Costing>): Costed & Pick<Costing, 'session' | 'overstays'> {
  const priced = parts.flatMap(({ amountFen }) => amountFen ?? []);
  return {
    session: parts[0]!.session, overstays: parts.find(({ overstays }) => overstays !== null)?.overstays ?? null, amountFen: priced.length === 0 ? null : money.add(...priced),
    lines: parts.flatMap(({ lines }) => lines), unpriced: parts.find(({ unpriced }) => unpriced !== null)?.unpriced ?? null,
  };
}

async function costOf(unit: Unit, costing: readonly Costing[]): Promise<readonly Costed[]> {
  if (costing.length === 0) return [];
  const lent = await lentTo(unit, costing);
  const asks = costing.map(({ session, during }, nth) => ({ facilityId: session.facilityId, parts: lentParts(during, session.parts, lent[nth]!), spaceClass: session.spaceClass, spaces: 1, at: unit.now }));
  const prices = await priceStays(unit, asks);
  // Where the facility has no tariff of its own, what nobody lent is priced as what was lent last.
  const others = asks.map((ask, nth) => ({ ...ask, parts: pricedByLast(ask.parts, lent[nth]!).filter(part => !isUnpriced(part)) }));
  const fallen = others.filter((ask, nth) => isRefusal(prices[nth]!) && ask.parts.length > 0);
  const priced = new Map((await priceStays(unit, fallen)).map((price, nth) => [fallen[nth]!, price]));
  return costing.map((each, nth) => {
    const own = prices[nth]!;
    if (!isRefusal(own)) return costed(each, own, null);
    const price = priced.get(others[nth]!) ?? own;
    const isWhole = !pricedByLast(asks[nth]!.parts, lent[nth]!).some(isUnpriced);
    return costed(each, price, isRefusal(price) ? price.problems[0] : isWhole ? null : own.problems[0]);
  });
}

/** Which windows lent to whoever stayed, while it stayed and in the days before, by the versions that held then. */
async function lentTo(unit: Unit, costing: readonly Costing[]): Promise<ReadonlyArray<readonly LendingWindow[]>> {
  const lent = await lentThen(unit, costing.map(({ session, during: { startsAt, endsAt } }) => ({ facilityId: session.facilityId, during: { startsAt: Math.max(startsAt - LOOK_BACK_MS, endsAt - LONGEST_MS), endsAt } })));
  return costing.map(({ session, asker }, nth) => lent[nth]!.filter(({ quota, audience, leastCredit }) => quota[session.spaceClass] > 0 && audienceProblem(audience, asker) === null && creditProblem(leastCredit, asker) === null));
}

function costed({ overstays: booking, during }: Costing, price: Outcome<StayPrice>, unpriced: Problem | null): Costed {
  const tariffFen = isRefusal(price) ? 0 : price.value.amountFen;
  if (!booking) return isRefusal(price) ? { amountFen: null, lines: [], unpriced } : { amountFen: tariffFen, lines: chargeLinesOf(price.value), unpriced };
  const amountFen = overstayFen(tariffFen, during, booking.terms);
  return { amountFen, unpriced, lines: [{ zh: `超时停放（按条款 ${booking.terms.overstay.tariffPercent}%）`, en: `overstay (by its clause, ${booking.terms.overstay.tariffPercent} %)`, amountFen, ...during }] };
}


import { done, isRefusal, plates as platesOf, refuse, type Outcome, type Plate, type Problems } from '../kernel/index.js';
import { systemViewer } from '../identity/index.js';
import { Gatherer, type Gathered, type RequestScope, type Unit } from '../platform/index.js';
import { forbidden } from '../platform/graphql/index.js';
import { bookQuotes } from './book-quotes.js';
import { ownPartiesWith } from './reservation.policy.js';
import type { ReservationRow } from './reservation.sql.js';
import { checkVehicles, type GivenPlate } from './rules/vehicles.js';

export interface ReserveSpace {
  readonly quoteId: string;
  readonly plates: readonly GivenPlate[];
  readonly idempotencyKey: string;
}

interface Item {
  readonly quoteId: string;
  readonly vehicles: readonly Plate[];
}

/** The kept answer of one call: plain JSON. A refusal is not kept, because nothing happened. */
type Answer = { readonly reservationId: string } | { readonly problems: Problems };

/** Bookings of one transaction: what a hot facility's lock is held for at one time. */
const BOOKINGS_A_TRANSACTION = 256;
/** While the database writes one, the next waits at the facility's lock with its quotes read. */
const LANES = 2;

/** Rows that this process has just written, for the answer that follows: who asks again later reads afresh. */
const written = new WeakMap<Answer, ReservationRow>();

const gatherer = new Gatherer<Item, Answer>({ maximum: () => BOOKINGS_A_TRANSACTION, lanes: LANES, viewer: systemViewer, work: bookTogether, isKept: answer => 'reservationId' in answer });

/**
 * Books what was quoted (2.2-5, 2.6-5). Calls that arrive together are booked together, one after the other within the
 * transaction; each has its own answer, and a repeated call its first (P1, I17).
 */
export async function reserveSpace(scope: RequestScope, { quoteId, plates: given, idempotencyKey }: ReserveSpace): Promise<Outcome<{ readonly reservationId: string; readonly row: ReservationRow | null }>> {
  // Whoever has no party to book for learns so before anything else; whose the quote is, is asked when it is booked.
  if (scope.viewer.kind !== 'SYSTEM' && ownPartiesWith(scope.viewer, 'reservation:write').length === 0) throw forbidden('reservation:write');
  const vehicles = checkVehicles(given);
  if (isRefusal(vehicles)) return vehicles;
  const item: Item = { quoteId, vehicles: vehicles.value };
  const input = [quoteId, vehicles.value.map(platesOf.plateIdentity)];
  const answer = await gatherer.run(scope.services, { viewer: scope.viewer, item, retry: { operation: 'reserveSpace', key: idempotencyKey, input }, weight: 1 });
  return 'problems' in answer ? refuse(answer.problems) : done({ reservationId: answer.reservationId, row: written.get(answer) ?? null });
}

async function bookTogether(unit: Unit, parts: ReadonlyArray<Gathered<Item>>): Promise<readonly Answer[]> {
  const outcomes = await bookQuotes(unit, parts.map(({ viewer, item }) => ({ ...item, by: viewer, seriesId: null })));
  return outcomes.map(outcome => {
    if (isRefusal(outcome)) return { problems: outcome.problems };
    const answer: Answer = { reservationId: outcome.value.id };
    written.set(answer, outcome.value);
    return answer;
  });
}

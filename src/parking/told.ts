import type { Problem, Refusal } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import { RuleRefusal, userErrorOf, type UserError } from '../platform/graphql/index.js';
import { ChangeCostsMore, NotEnoughSpaces, ReservationInTheWay, TooManyOpenBookings } from './booking.type.js';

/** A refusal as the schema shows it: too few spaces and a dearer change with the figures, what is in the way with its interval, anything else by its code. */
export function bookingErrors(refusal: Refusal, scope: RequestScope): UserError[] {
  return refusal.problems.map(problem => bookingError(problem, scope));
}

export function bookingError(problem: Problem, scope: RequestScope): UserError {
  const error = userErrorOf(problem, scope) as RuleRefusal & Record<string, unknown>;
  if (problem.code === 'VEHICLE_BOOKED' || problem.code === 'STAY_TO_BE_EXTENDED') return Object.assign(new ReservationInTheWay(), error);
  if (problem.code === 'TOO_MANY_OPEN_BOOKINGS') return Object.assign(new TooManyOpenBookings(), error);
  if (problem.code === 'CHANGE_COSTS_MORE') return Object.assign(new ChangeCostsMore(), error, problem.data);
  if (problem.code !== 'NOT_ENOUGH_SPACES') return error;
  return Object.assign(new NotEnoughSpaces(), error, { freeSpaces: problem.data?.freeSpaces ?? 0, firstConflict: problem.data?.firstConflict ?? null, stay: problem.data?.stay ?? null });
}

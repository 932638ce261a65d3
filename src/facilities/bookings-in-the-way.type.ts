import { Field, Int, ObjectType } from 'type-graphql';
import type { Problem } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import { InstantScalar, UserError, enumOf, userErrorOf } from '../platform/graphql/index.js';

/** What is to become of bookings that a change of lending would break: nothing, for the change is refused; or they are revoked, at the supplier's cost. */
export type BookingsChoice = 'REFUSE' | 'REVOKE';

export const BookingsChoiceEnum = enumOf<BookingsChoice>('BookingsChoice', {
  REFUSE: '有预约受影响即拒绝变更。The change is refused where bookings would be broken.',
  REVOKE: '照常变更，受影响的预约改往他处或全额退款，违约责任在供给方（P9）。The change is made; bookings are moved elsewhere or refunded whole, and the breach is the supplier’s.',
}, '变更影响已有预约时如何处理（P9、C6）。What becomes of bookings that a change would break.');

export const BOOKINGS_FIELD = '影响已有预约时如何处理；为空即 REFUSE（P9、C6）。What becomes of bookings that it would break; null: REFUSE.';

@ObjectType({ implements: UserError, description: '变更会使已有预约落空（C6、P9）。A change that would break bookings.' })
export class BookingsInTheWay extends UserError {
  @Field(() => Int, { description: '受影响的预约数。How many bookings it would break.' })
  bookings!: number;

  @Field(() => InstantScalar, { description: '最早的冲突时刻。The first instant of a conflict.' })
  firstConflictAt!: number;

  @Field(() => InstantScalar, { description: '自此时起变更不再冲突。From this instant on the change has no conflict.' })
  effectiveFrom!: number;
}

/** A refusal of a change of lending as the schema shows it: bookings in the way with their figures, anything else by its code. */
export function lendingErrorOf(problem: Problem, scope: RequestScope): UserError {
  const error = userErrorOf(problem, scope);
  return problem.code === 'BOOKINGS_IN_THE_WAY' ? Object.assign(new BookingsInTheWay(), error) : error;
}

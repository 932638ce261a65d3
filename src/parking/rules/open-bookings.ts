import { counted, problem, type Problem } from '../../kernel/index.js';

/** The most bookings that a party has open at a time: held, to come, or being used; a series counts as one. A person parks a family's vehicles, an app or a firm a fleet's. */
export const MOST_OPEN = { person: 10, others: 2_000 } as const;

/** What a party has open, before one more. */
export interface OpenBookings {
  readonly isPerson: boolean;
  readonly open: number;
}

/** Why a party cannot have one more booking open: spaces are lent to be parked on, not to be hoarded. Null where it can. */
export function openProblem({ isPerson, open }: OpenBookings): Problem | null {
  const mostOpen = isPerson ? MOST_OPEN.person : MOST_OPEN.others;
  if (open < mostOpen) return null;
  return problem('TOO_MANY_OPEN_BOOKINGS', { zh: `本主体已有 ${open} 个未结束的预约，同时至多 ${mostOpen} 个（连续预约算一个）`, en: `the party has ${counted(open, 'booking')} open, and may have ${mostOpen} at a time (a series counts as one)`, data: { mostOpen, open } });
}

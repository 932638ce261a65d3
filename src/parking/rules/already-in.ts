import { problem, type Problem } from '../../kernel/index.js';
import type { ReservationState } from './lifecycle.js';
import { givesUp, type Occupied } from './settle-end.js';

/**
 * Whoever is in can stay longer and nothing else: what was promised from the entry on is being used. Asked by the quote of
 * a change and by the change itself, so that nothing is quoted which cannot be had. Null before the entry.
 */
export function alreadyInProblem(state: ReservationState, before: Occupied, after: Occupied, field: string): Problem | null {
  if (state === 'CONFIRMED' || (after.startsAt === before.startsAt && !givesUp(before, after))) return null;
  return problem('ALREADY_IN', { zh: '车辆已入场，只能延长', en: 'the vehicle is in: the stay can only be extended', field });
}

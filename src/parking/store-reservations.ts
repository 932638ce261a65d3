import { done, isRefusal, type Outcome } from '../kernel/index.js';
import type { Unit } from '../platform/index.js';
import { lockReservationRows, updateReservations, type ReservationRow } from './reservation.sql.js';
import { reservationLifecycle, type ReservationEvent } from './rules/lifecycle.js';

/** The topic that wakes the readers of reservations on every server. */
export const RESERVATIONS_CHANGED = 'reservations';

/** What changes with an event, besides the state. */
export type ReservationChange = Partial<Omit<ReservationRow, 'city' | 'id' | 'partyId' | 'state' | 'stateSince' | 'version' | 'createdAt' | 'changedAt' | 'heldUntil'>>;

/** Reservations under lock, by id. Everybody locks charges and claims before them, and nothing after them. */
export async function lockReservations(unit: Unit, ids: readonly string[]): Promise<ReadonlyMap<string, ReservationRow>> {
  const rows = ids.length === 0 ? [] : await lockReservationRows(unit, ids);
  return new Map(rows.map(row => [row.id, row]));
}

/** A locked reservation after an event; a refusal where its state does not allow it (P11, C10). Nothing is written yet. */
export function changedBy(row: ReservationRow, event: ReservationEvent, now: number, change: ReservationChange = {}): Outcome<ReservationRow> {
  const next = reservationLifecycle.transition(row.state, event);
  if (isRefusal(next)) return next;
  const state = next.value;
  const stateSince = state === row.state ? row.stateSince : now;
  return done({ ...row, ...change, state, stateSince, heldUntil: state === 'HELD' ? row.heldUntil : null, version: row.version + 1, changedAt: now });
}

/**
 * Writes changed reservations, each with its line of the audit log (G6), and tells whoever listens: the rooms above, other
 * systems and the readers of the subscription. `details`: what the log says of the change besides.
 */
export async function storeChanged(unit: Unit, event: ReservationEvent, rows: readonly ReservationRow[], details: Readonly<Record<string, unknown>> = {}): Promise<void> {
  await updateReservations(unit, rows);
  for (const row of rows) {
    unit.record({ action: 'reservation:write', objectType: 'reservation', objectId: row.id, reason: row.reason, details: { act: event, state: row.state, version: row.version, ...details } });
    announceReservation(unit, event, row);
  }
}

/** Announces what became of a reservation, once its row is written. */
export function announceReservation(unit: Unit, event: ReservationEvent | 'book', { id, facilityId, partyId, state, version }: ReservationRow): void {
  unit.announce('reservation.changed', { reservationId: id, facilityId, partyId, event, state, version });
  unit.wake(RESERVATIONS_CHANGED);
}

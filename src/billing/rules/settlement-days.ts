import type { Fen } from '../../kernel/index.js';

/** What one local day of a payee's account brought that no batch holds, a number of the day: receipts less refunds. */
export interface OpenDay {
  readonly day: number;
  readonly fen: Fen;
}

/** A payee whose books stood still for longer is closed from here on; what is older goes into the first of these days. */
export const MOST_DAYS = 40;

/**
 * The days that can be closed: those by whose end what waits is above zero. Refunds that outweigh the receipts wait for the day that
 * covers them (3.5-4), and the days between are not tried. `days` are in order; a day up to the last closed one takes nothing more.
 */
export function daysToClose(days: readonly OpenDay[], { lastDay, closedDay }: { readonly lastDay: number; readonly closedDay: number | null }): readonly number[] {
  const firstDay = Math.max(lastDay - MOST_DAYS + 1, closedDay === null ? Number.NEGATIVE_INFINITY : closedDay + 1);
  const byDay = new Map<number, Fen>();
  for (const { day, fen } of days) byDay.set(Math.max(day, firstDay), (byDay.get(Math.max(day, firstDay)) ?? 0) + fen);
  const closed: number[] = [];
  let waitingFen = 0;
  for (const [day, fen] of byDay) {
    if (day > lastDay) break;
    waitingFen += fen;
    if (waitingFen <= 0) continue;
    closed.push(day);
    waitingFen = 0;
  }
  return closed;
}

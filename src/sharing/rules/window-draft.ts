import { localTime, type Day } from '../../kernel/index.js';
import type { WindowException, WindowTerms } from './window.js';

/** A facility by our id, or by the name that a source gave it. */
export type FacilityReference = { readonly id: string } | { readonly city: string; readonly source: string; readonly code: string };

/** An exception as it is told: without an id it gets the one of its equal, or a new one. */
export type ExceptionDraft = Omit<WindowException, 'id'> & { readonly id?: string | null };

/** Terms as they are told; the state is not for the teller. */
export type TermsDraft = Omit<WindowTerms, 'status' | 'exceptions'> & { readonly exceptions: readonly ExceptionDraft[] };

/** A window as somebody tells it, in plain JSON: what an import row, a mutation or the demo hands in. */
export interface WindowDraft {
  readonly facility: FacilityReference;
  /** Absent where the facility has one zone only. */
  readonly zone?: { readonly id: string } | { readonly code: string } | null;
  /** Name of the source and the window's code there; with both, the window is the same one next time. */
  readonly source?: string | null;
  readonly sourceCode?: string | null;
  readonly terms: TermsDraft;
}

/** When a facility closes on a date: by weekday, Monday first; null where nothing is known. */
export function closingMinuteBy(closesAt: ReadonlyArray<number | null> | null): (day: Day) => number | null {
  return day => closesAt?.[localTime.weekdayOf(day) - 1] ?? null;
}

import type { LiveClass } from './live-state.js';

/**
 * How live figures of a facility are shown to the public (P10, I13): as they are; banded and late, for compounds of
 * government agencies; not at all, for what is linked to the military.
 */
export type Disclosure = 'OPEN' | 'LATE' | 'WITHHELD';

/** How late the public sees a government compound. */
export const PUBLIC_DELAY_MS = 15 * 60_000;

export function disclosureOf(facility: { readonly sector: string; readonly liveDataIsPublic: boolean }): Disclosure {
  if (!facility.liveDataIsPublic) return 'WITHHELD';
  return facility.sector === 'AGENCY' ? 'LATE' : 'OPEN';
}

/** In place of a number: none, 1 to 5, 6 to 20, 21 and more. */
export type FreeBand = 'NONE' | 'FEW' | 'SOME' | 'MANY';

export function bandOf(free: number): FreeBand {
  if (free === 0) return 'NONE';
  if (free <= 5) return 'FEW';
  return free <= 20 ? 'SOME' : 'MANY';
}

/** A figure as the public sees it: the band instead of every number that a count decided, as fresh as it was when it was new. */
export function banded(figure: LiveClass): LiveClass & { readonly freeBand: FreeBand | null } {
  const staleAfter = figure.staleAfter === null ? null : figure.staleAfter + PUBLIC_DELAY_MS;
  return { ...figure, free: null, occupied: null, staleAfter, freeBand: figure.free === null ? null : bandOf(figure.free), reason: figure.free === null ? figure.reason : 'BANDED' };
}

import type { Span } from '../../kernel/index.js';

/** Spaces that were promised and are not lent any more, with the claims that could give way, the newest first. */
export interface ShortSpan {
  readonly during: Span;
  readonly missing: number;
  readonly claims: ReadonlyArray<{ readonly claimId: string; readonly spaces: number; readonly during: Span }>;
}

/** FREE: nobody is in yet. IN: its vehicle stands there. DECIDED: something else already says what becomes of it. */
export type Standing = 'FREE' | 'IN' | 'DECIDED';

/**
 * Which claims give way so that the others fit what is lent: the newest first, and whoever is in only where nobody else
 * could (P9). What is lent in a span is taken to be what is left at its worst instant; what that leaves over is asked
 * again once these are gone. Example: three claims of one space from 18:00 on, one missing: the newest gives way.
 */
export function whoGivesWay(spans: readonly ShortSpan[], standingOf: (claimId: string) => Standing): ReadonlySet<string> {
  const chosen = new Set<string>();
  for (const { during, missing, claims } of spans) {
    const edges = [...new Set([during.startsAt, ...claims.flatMap(claim => [claim.during.startsAt, claim.during.endsAt])])].filter(at => at >= during.startsAt && at < during.endsAt).sort((a, b) => a - b);
    const at = edges.map(instant => claims.filter(claim => claim.during.startsAt <= instant && instant < claim.during.endsAt));
    const lent = Math.max(0, ...at.map(spacesOf)) - missing;
    for (const here of at) {
      let tooMany = spacesOf(here) - lent - spacesOf(here.filter(claim => chosen.has(claim.claimId) || standingOf(claim.claimId) === 'DECIDED'));
      for (const standing of ['FREE', 'IN'] as const) {
        for (const claim of here) {
          if (tooMany <= 0 || chosen.has(claim.claimId) || standingOf(claim.claimId) !== standing) continue;
          chosen.add(claim.claimId);
          tooMany -= claim.spaces;
        }
      }
    }
  }
  return chosen;
}

function spacesOf(claims: ReadonlyArray<{ readonly spaces: number }>): number {
  return claims.reduce((sum, claim) => sum + claim.spaces, 0);
}

import type { Span } from '../../kernel/index.js';
import { leastLeft, type LentShare } from './remaining-spaces.js';

/** A claim as it counts against a pool. */
export interface StandingClaim extends Span {
  readonly id: string;
  readonly spaces: number;
  /** Which windows of the pool are for its holder, by their place. */
  readonly opens: readonly boolean[];
}

export interface OvercommittedSpan extends Span {
  /** The most spaces that are missing at an instant of it. */
  readonly missing: number;
  /** The claims that could give way, in the order in which they were given. */
  readonly claimIds: readonly string[];
}

interface PoolClaims {
  readonly shares: readonly LentShare[];
  readonly windows: number;
  readonly mostSpaces: number;
  readonly claims: readonly StandingClaim[];
  readonly from: number;
}

interface Missing {
  readonly spaces: number;
  readonly claims: readonly StandingClaim[];
}

/**
 * Where more is promised of a pool than is lent (P9): at every instant the claims must fit the windows that are for their
 * holders, by the same condition as when they were made. Claims to whose holders nothing is lent at all stand by
 * themselves, because no other could help by giving way. Example: 3 claims from 18:00 on, and 2 spaces lent from 19:00 on:
 * one is missing from 19:00 on, and any of the three could give way.
 */
export function overcommittedSpans(pool: PoolClaims): readonly OvercommittedSpan[] {
  const { shares, claims, windows, from } = pool;
  const instants = [...new Set([from, ...[...shares, ...claims].flatMap(({ startsAt, endsAt }) => [startsAt, endsAt])])].filter(at => at >= from).sort((a, b) => a - b);
  const unlent = new Joining();
  const tooMany = new Joining();
  for (let i = 0; i + 1 < instants.length; i++) {
    const at = instants[i]!;
    const here = claims.filter(claim => claim.startsAt <= at && at < claim.endsAt);
    if (here.length === 0) continue;
    const lends = new Array<number>(windows).fill(0);
    for (const share of shares) if (share.startsAt <= at && at < share.endsAt) lends[share.window]! += share.spaces;
    const isLent = (claim: StandingClaim): boolean => claim.opens.some((opens, window) => opens && lends[window]! > 0);
    const without = here.filter(claim => !isLent(claim));
    const during = { startsAt: at, endsAt: instants[i + 1]! };
    unlent.add(during, { spaces: without.reduce((sum, claim) => sum + claim.spaces, 0), claims: without });
    tooMany.add(during, missingAt(lends, pool.mostSpaces, here.filter(isLent)));
  }
  const order = new Map(claims.map((claim, index) => [claim.id, index]));
  return [...unlent.spans, ...tooMany.spans].map(({ claims: concerned, ...span }) => ({ ...span, claimIds: [...concerned].map(claim => claim.id).sort((a, b) => order.get(a)! - order.get(b)!) }));
}

/** Joins what is missing in spans that follow upon each other. */
class Joining {
  readonly spans: Array<{ startsAt: number; endsAt: number; missing: number; claims: Set<StandingClaim> }> = [];

  add({ startsAt, endsAt }: Span, { spaces, claims }: Missing): void {
    if (spaces <= 0) return;
    const last = this.spans.at(-1);
    if (last?.endsAt !== startsAt) {
      this.spans.push({ startsAt, endsAt, missing: spaces, claims: new Set(claims) });
      return;
    }
    last.endsAt = endsAt;
    last.missing = Math.max(last.missing, spaces);
    for (const claim of claims) last.claims.add(claim);
  }
}

function missingAt(lends: readonly number[], mostSpaces: number, claims: readonly StandingClaim[]): Missing {
  const theirs = claims.map(claim => claim.opens);
  const counts = claims.map(claim => claim.spaces);
  const groups = new Map(claims.map(({ opens }) => [opens.join(), opens]));
  let spaces = 0;
  const concerned = new Set<StandingClaim>();
  for (const mine of groups.values()) {
    const left = leastLeft({ lends, mine, theirs, counts, mostSpaces });
    if (left >= 0) continue;
    spaces = Math.max(spaces, -left);
    for (const claim of claims) if (claim.opens.every((opens, window) => !opens || lends[window] === 0 || mine[window])) concerned.add(claim);
  }
  return { spaces, claims: [...concerned] };
}

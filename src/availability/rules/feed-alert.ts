export type FeedState = 'NEVER_HEARD' | 'HEALTHY' | 'SILENT' | 'DRIFTING';

export interface FeedFacts {
  readonly state: FeedState;
  /** null: nothing was ever received. */
  readonly lastReceivedAt: number | null;
  readonly intervalSeconds: number;
  /** Whether a counter of vehicles that it feeds was off beyond tolerance when it was last measured. */
  readonly isDrifting: boolean;
}

/** What an operator is told of a feed. */
export type FeedAlert = 'silent' | 'drifting' | 'recovered';

/** A feed is silent when nothing came for three of its intervals: the same span after which its counts turn UNKNOWN (P3, G9). */
const SILENT_INTERVALS = 3;

/** The state of a feed at an instant. Silence comes first: what is not heard cannot be judged. */
export function feedStateAt(feed: FeedFacts, now: number): FeedState {
  if (feed.lastReceivedAt === null) return 'NEVER_HEARD';
  if (now - feed.lastReceivedAt >= SILENT_INTERVALS * feed.intervalSeconds * 1_000) return 'SILENT';
  return feed.isDrifting ? 'DRIFTING' : 'HEALTHY';
}

/** What a change of state is told as; null where it is no news, as when a feed is heard for the first time. */
export function alertOf(from: FeedState, to: FeedState): FeedAlert | null {
  if (from === to) return null;
  if (to === 'SILENT') return 'silent';
  if (to === 'DRIFTING') return 'drifting';
  return from === 'NEVER_HEARD' ? null : 'recovered';
}

/** The ways to a party beside the API. */
export const NOTICE_CHANNELS = ['PUSH', 'SMS'] as const;
export type NoticeChannel = (typeof NOTICE_CHANNELS)[number];

/** After so many tries a delivery is given up: with the waits below that is after some eight hours. */
export const MOST_TRIES = 12;
const FIRST_WAIT_MS = 15_000;
const LONGEST_WAIT_MS = 4 * 3_600_000;

/** What a provider answered: taken, or not, with a code of ours and whether another try can help. */
export type Sent = { readonly isTaken: true } | { readonly isTaken: false; readonly failure: string; readonly isFinal: boolean };

/** How long a delivery rests after a try: 15 s, doubled each time, at most 4 h. */
export function waitAfter(tries: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS);
}

/** What becomes of a delivery after a try: delivered, tried again, or given up. */
export function afterTry(sent: Sent, tries: number, now: number): { readonly state: 'PENDING' | 'DELIVERED' | 'DEAD'; readonly nextTryAt: number; readonly failure: string | null } {
  if (sent.isTaken) return { state: 'DELIVERED', nextTryAt: now, failure: null };
  const isOver = sent.isFinal || tries >= MOST_TRIES;
  return { state: isOver ? 'DEAD' : 'PENDING', nextTryAt: now + waitAfter(tries), failure: sent.failure };
}

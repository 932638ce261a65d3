const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

/** After a question without an answer that ends it: soon at first, for a payer is waiting; once an hour at last. */
const QUESTION_MS = [15 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR] as const;

/** After a refund that could not be sent: the provider takes a refund of one order a minute. */
const REFUND_MS = [MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR] as const;

/** How long after the nth try (from 1) the next one comes; the last wait repeats for ever, because money owed stays owed. */
export const questionWaitMs = (tries: number): number => wait(QUESTION_MS, tries);
export const refundWaitMs = (tries: number): number => wait(REFUND_MS, tries);

function wait(waits: readonly number[], tries: number): number {
  return waits[Math.min(Math.max(tries, 1), waits.length) - 1]!;
}

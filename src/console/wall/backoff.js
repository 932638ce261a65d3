const FIRST_MS = 500;
const MOST_MS = 20_000;

/**
 * How long to wait before the next attempt: twice as long each time, at most 20 s, and each client by its own chance, so
 * that a thousand walls do not come back in one instant.
 * @param {number} attempt counted from 0
 * @param {number} chance in [0, 1)
 */
export function waitBefore(attempt, chance) {
  const most = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(most / 2 + (most / 2) * chance);
}

/**
 * What an error of the server asks for: to come again after so many milliseconds, to come again when one sees fit, or never.
 * @param {ReadonlyArray<{ message: string, extensions?: { code?: unknown, retryAfterMs?: unknown, resetMs?: unknown } }>} errors
 * @returns {{ retry: false } | { retry: true, afterMs: number | null }}
 */
export function retryOf(errors) {
  const passing = ['RATE_LIMITED', 'SERVICE_UNAVAILABLE', 'INTERNAL'];
  if (!errors.every(({ extensions }) => passing.includes(String(extensions?.code)))) return { retry: false };
  const waits = errors.map(({ extensions }) => Number(extensions?.retryAfterMs ?? extensions?.resetMs ?? Number.NaN)).filter(Number.isFinite);
  return { retry: true, afterMs: waits.length === 0 ? null : Math.max(...waits) };
}

/** @param {number} milliseconds */
export function pause(milliseconds) {
  return new Promise(resolve => setTimeout(resolve, milliseconds));
}

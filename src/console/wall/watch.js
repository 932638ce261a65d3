import { createClient } from 'graphql-ws';
import { pause, retryOf, waitBefore } from './backoff.js';
/** @import { LiveEvent, Mirror } from './mirror.js' */

/**
 * @typedef {{ state: 'CONNECTING' | 'LIVE' } | { state: 'WAITING', attempt: number, waitMs: number } | { state: 'STOPPED', reason: string }} Connection
 * @typedef {{ jurisdictionId: string, at: string, facilities: number, open: number, full: number, closed: number, suspended: number, unknown: number, free: number | null, quota: number, capacity: number, withheldFacilities: number }} Totals
 */

const AVAILABILITY = `subscription ($where: FacilityWhere, $since: String, $minIntervalMs: Int) {
  availabilityChanged(where: $where, since: $since, minIntervalMs: $minIntervalMs) {
    __typename
    ... on AvailabilitySnapshot { cursor part isLast facilities { ...live } }
    ... on AvailabilityChange { cursor coalescedVersions availability { ...live } }
    ... on FacilityLeft { cursor facilityId }
    ... on ResyncRequired { cursor reason }
  }
}
fragment live on FacilityAvailability {
  facilityId version changedAt precision
  classes { spaceClass state free freeBand quota capacity observedAt staleAfter source reason }
}`;

const TOTALS = `subscription ($jurisdictionId: ID!, $minIntervalMs: Int) {
  districtTotalsChanged(jurisdictionId: $jurisdictionId, minIntervalMs: $minIntervalMs) {
    jurisdictionId at facilities open full closed suspended unknown free quota capacity withheldFacilities
  }
}`;

/** Nobody reads a wall faster than this. */
const INTERVAL_MS = 500;
const HEARTBEAT_MS = 10_000;
const PONG_MS = 5_000;
/** After a flood (4429) or a defect (4500) the server has patience: the client's library would give up, a wall must not. */
const PATIENCE_MS = 30_000;
const PATIENT_CODES = [4429, 4500];

/**
 * Watches an area for as long as the page lives, through restarts of the server and losses of the network: every attempt
 * resumes from the mirror's cursor, so nothing is missed and nothing is asked twice.
 * @param {{ where: Record<string, unknown> | null, jurisdictionId: string | null, credential: Record<string, string>, mirror: Mirror,
 *   onEvent: (event: LiveEvent) => void, onTotals: (totals: Totals) => void, onConnection: (connection: Connection) => void }} options
 */
export function watch({ where, jurisdictionId, credential, mirror, onEvent, onTotals, onConnection }) {
  let attempt = 0;
  const settled = () => (attempt = 0);
  const wait = async (/** @type {number | null} */ askedMs) => {
    const waitMs = askedMs ?? waitBefore(attempt, Math.random());
    attempt += 1;
    mirror.interrupt();
    onConnection({ state: 'WAITING', attempt, waitMs });
    await pauseOrOnline(waitMs);
    onConnection({ state: 'CONNECTING' });
  };
  // Whoever resumes where nothing was missed hears nothing at first: being connected is being live.
  const connected = () => onConnection({ state: mirror.cursor === null ? 'CONNECTING' : 'LIVE' });
  const client = connect({ credential, wait: () => wait(null), onConnected: connected, onAnswered: settled });

  const availability = {
    query: AVAILABILITY,
    variables: {
      where,
      minIntervalMs: INTERVAL_MS,
      // Read anew each time the client subscribes, which it does by itself after every reconnect.
      get since() {
        return mirror.cursor;
      },
    },
  };
  const stopped = (/** @type {string} */ reason) => onConnection({ state: 'STOPPED', reason });
  void follow(client, availability, wait, stopped, data => {
    settled();
    onEvent(data.availabilityChanged);
    if (mirror.isWhole) onConnection({ state: 'LIVE' });
  });
  if (jurisdictionId === null) return;
  const totals = { query: TOTALS, variables: { jurisdictionId, minIntervalMs: 2 * INTERVAL_MS } };
  // The totals may be refused where the tiles are not: the wall then counts its tiles.
  const quietly = (/** @type {number | null} */ askedMs) => pauseOrOnline(askedMs ?? waitBefore(4, Math.random()));
  void follow(client, totals, quietly, () => undefined, data => onTotals(data.districtTotalsChanged));
}

/**
 * One socket for all operations. A peer that stopped answering is given up, because a dead network closes nothing.
 * @param {{ credential: Record<string, string>, wait: () => Promise<void>, onConnected: () => void, onAnswered: () => void }} options
 */
function connect({ credential, wait, onConnected, onAnswered }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pongDue;
  const address = new URL('/graphql', location.href);
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const client = createClient({
    url: address.href,
    connectionParams: credential,
    keepAlive: HEARTBEAT_MS,
    retryAttempts: Infinity,
    // 4403: the key is wrong or has ended, and asking again will not mend it.
    shouldRetry: event => /** @type {{ code?: number }} */ (event)?.code !== 4403,
    retryWait: wait,
    on: {
      connected: onConnected,
      ping: received => {
        if (!received) pongDue = setTimeout(() => client.terminate(), PONG_MS);
      },
      pong: received => {
        if (!received) return;
        clearTimeout(pongDue);
        onAnswered();
      },
      closed: () => clearTimeout(pongDue),
    },
  });
  return client;
}

/**
 * Keeps one operation running: the client itself survives lost sockets, this survives an operation that ended alone.
 * @param {import('graphql-ws').Client} client
 * @param {{ query: string, variables: Record<string, unknown> }} operation
 * @param {(askedMs: number | null) => Promise<void>} wait
 * @param {(reason: string) => void} onStopped
 * @param {(data: any) => void} onData
 */
async function follow(client, operation, wait, onStopped, onData) {
  for (;;) {
    const end = await endOf(client, operation, onData);
    if (!end.retry) return onStopped(end.reason);
    await wait(end.afterMs);
  }
}

/**
 * @param {import('graphql-ws').Client} client
 * @param {{ query: string, variables: Record<string, unknown> }} operation
 * @param {(data: any) => void} onData
 * @returns {Promise<{ retry: true, afterMs: number | null } | { retry: false, reason: string }>}
 */
function endOf(client, operation, onData) {
  return new Promise(resolve => {
    const stop = client.subscribe(operation, {
      next: ({ data, errors }) => {
        if (data) return onData(data);
        resolve(saidErrors(errors ?? []));
        stop();
      },
      error: error => resolve(saidEnd(error)),
      complete: () => resolve({ retry: true, afterMs: null }),
    });
  });
}

/** @param {unknown} error the close of a socket, or the errors of an operation */
function saidEnd(error) {
  if (Array.isArray(error)) return saidErrors(error);
  const { code, reason } = /** @type {{ code?: number, reason?: string }} */ (error);
  if (code !== undefined && PATIENT_CODES.includes(code)) return { retry: /** @type {const} */ (true), afterMs: PATIENCE_MS };
  return { retry: /** @type {const} */ (false), reason: `${reason ?? String(error)}${code === undefined ? '' : ` (${code})`}` };
}

/** @param {readonly any[]} errors */
function saidErrors(errors) {
  const retry = retryOf(errors);
  return retry.retry ? retry : { retry: /** @type {const} */ (false), reason: errors.map(({ message }) => message).join('; ') };
}

/** Waits, but not longer than the network is away. @param {number} milliseconds */
async function pauseOrOnline(milliseconds) {
  const waited = new AbortController();
  const online = new Promise(resolve => addEventListener('online', resolve, { once: true, signal: waited.signal }));
  await Promise.race([pause(milliseconds), online]);
  waited.abort();
}

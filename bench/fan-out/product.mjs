import { Agent, request } from 'node:http';
import { connected } from '../support/city.mjs';
import { productFile, startServer, stopAll } from '../support/servers.mjs';
import { freeOf } from './change.mjs';

// The one file of this bench that knows how the product is told of a change: by reports over HTTP, whose whole work
// (sample, current row, log, wake-up) is done. One call holds at most one report of a facility, since reports of one
// facility in one transaction are one version of it; so a call's accepted reports are as many versions as the peers publish.

const REPORT = `mutation Report($input: ReportOccupancyInput!) {
  reportOccupancy(input: $input) { accepted receipts(verdicts: [IGNORED, QUARANTINED]) { index verdict reason message } userErrors { code message } }
}`;
const FEED = `mutation Feed($input: DeclareOccupancyFeedInput!) {
  declareOccupancyFeed(input: $input) { feed { id } userErrors { code message } }
}`;

/** A feed that is not silent before the bench has ended: staleness would be a change that nobody made. */
async function declareFeed({ port, key, partyId }) {
  const { declareOccupancyFeed } = await call({ port, key }, FEED, { input: { partyId, feed: 'default', intervalSeconds: 86_400, idempotencyKey: 'bench-feed' } });
  if (declareOccupancyFeed.userErrors.length > 0) throw new Error(JSON.stringify(declareOccupancyFeed.userErrors));
}

let lastObservedAt = 0;
let calls = 0;

/** @param {{ port: number, key: string, places: readonly { facilityId: string }[] }} plan */
export function openReporter({ port, key, places }) {
  const counts = places.map(() => 0);
  return {
    /** One change of each facility told; a facility that is told twice is reported in a call of its own, after the first. */
    async publish(indexes) {
      for (const distinct of distinctRuns(indexes)) await report({ port, key }, distinct.map(index => ({ facilityId: places[index].facilityId, free: freeOf((counts[index] += 1)) })));
    },
  };
}

/** Splits where a member comes back, so that no part holds it twice. */
function distinctRuns(indexes) {
  const runs = [[]];
  for (const index of indexes) {
    if (runs.at(-1).includes(index)) runs.push([]);
    runs.at(-1).push(index);
  }
  return runs;
}

async function report(server, counted) {
  // The newest count of a facility holds, and no two of ours are of one instant.
  lastObservedAt = Math.max(lastObservedAt + 1, Date.now());
  const observedAt = new Date(lastObservedAt).toISOString();
  calls += 1;
  const input = { idempotencyKey: `bench-${process.pid}-${calls}`, reports: counted.map(({ facilityId, free }) => ({ facilityId, free, scope: 'SHARED', observedAt })) };
  const { reportOccupancy } = await call(server, REPORT, { input });
  if (reportOccupancy.accepted !== counted.length) throw new Error(`${reportOccupancy.accepted} of ${counted.length} reports accepted: ${JSON.stringify(reportOccupancy).slice(0, 500)}`);
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

function call({ port, key }, query, variables) {
  const body = JSON.stringify({ query, variables });
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path: '/graphql', method: 'POST', agent, headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${key}`, 'content-length': Buffer.byteLength(body) } }, response => {
      const chunks = [];
      response.on('data', chunk => chunks.push(chunk));
      response.on('end', () => {
        const answer = JSON.parse(Buffer.concat(chunks).toString());
        if (answer.errors) reject(new Error(`the product answers ${JSON.stringify(answer.errors[0])}`));
        else resolve(answer.data);
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const LOOK_MS = 300_000;

/**
 * The first look at a new city and the feed's declaration belong to no session: a server is started for them and ended.
 * @param {{ cluster: { databaseUrl: string }, environment: Record<string, string>, key: string, partyId: string }} city
 */
export async function firstLook({ cluster, environment, key, partyId }, facilities) {
  const stops = [];
  try {
    const { port } = await startServer({ name: 'chaowei', file: productFile('src/main.js'), environment: { ...environment, DEMO_CITY: 'false', HOST: '127.0.0.1' }, stops });
    await declareFeed({ port, key, partyId });
    await connected(cluster.databaseUrl, client => untilLooked(client, facilities));
  } finally {
    await stopAll(stops);
  }
  // It rewrote every live row at one go: what is measured is a city as it is after the vacuum of its first day.
  await connected(cluster.databaseUrl, client => client.query('vacuum analyze'));
}

/** Waits until the boundary clock has put every facility of the city into the live state. */
async function untilLooked(client, facilities) {
  const until = Date.now() + LOOK_MS;
  for (;;) {
    const { rows: [{ looked }] } = await client.query(`select count(distinct facility_id)::int as looked from live_availability`);
    if (looked === facilities) return;
    if (Date.now() > until) throw new Error(`the clock has looked at ${looked} of ${facilities} facilities in ${LOOK_MS / 1_000} s`);
    await new Promise(resolve => setTimeout(resolve, 500));
  }
}

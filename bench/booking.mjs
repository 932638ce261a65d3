import { fork } from 'node:child_process';
import { CONFIRMED, DECIDED, EMPTY_CALL, ONE_ROW, checkPromises, decideCall, oneRowCall, openQuoter, peerCall, reserveCall, widen } from './booking/product.mjs';
import { TABLES } from './booking/serializable.mjs';
import { firstLook } from './fan-out/product.mjs';
import { connected } from './support/city.mjs';
import { ended } from './support/cluster.mjs';
import { cpuOf, cpuOfTree } from './support/cpu.mjs';
import { openLiveCity, openPlaces } from './support/live-city.mjs';
import { median, ratioOfRounds, shown, verdict, write } from './support/report.mjs';
import { ask, benchFile, productFile, startServer, stopAll } from './support/servers.mjs';

/** The bars of the issue. */
const BARS = { empty: 0.5, tail: 4, serializable: 5, gateCpu: 3 };

const CALLERS = 64;
const SPREAD = 1_000;
/** What the hot facility lends: more than can be booked of one interval in a round. */
const HOT_SPACES = 60_000;
/** So many bookings of one facility of the others fit into one interval. */
const FITTING = 10;
const HOUR_MS = 3_600_000;
/** As many bookings are quoted for a second; who is faster ends sooner, which its rate does not suffer from. */
const BOOKINGS_A_SECOND = 4_000;
const KEY = 'bench-peer';

/**
 * Measures bookings through GraphQL against a mutation that does nothing on the same server, and against the same booking
 * under SERIALIZABLE; 1 where a bar is missed.
 * @param {{ facilities: number, rounds: number, seconds: number }} plan
 */
export async function bench({ facilities, rounds, seconds }) {
  const stops = [];
  try {
    const city = await openLiveCity(facilities, stops, ['facility:read', 'availability:read', 'occupancy:report', 'occupancy:read', 'reservation:write', 'reservation:read', 'gate:operate']);
    const places = (await connected(city.cluster.databaseUrl, openPlaces)).map(({ facilityId }) => facilityId);
    const [hot, ...others] = places;
    const spread = others.slice(0, SPREAD);
    await connected(city.cluster.databaseUrl, async client => {
      await widen(client, hot, HOT_SPACES);
      await client.query('create extension if not exists btree_gist');
      await client.query(TABLES);
      await client.query('insert into peer.quota values ($1, $2)', [hot, HOT_SPACES]);
    });
    await firstLook(city, facilities);
    const server = await startServer({ name: 'chaowei', file: productFile('src/main.js'), environment: { ...city.environment, DEMO_CITY: 'false', HOST: '127.0.0.1' }, stops });
    const peer = await startServer({ name: 'serializable', file: benchFile('booking/serializable.mjs'), environment: { DATABASE_URL: city.cluster.databaseUrl, PEER_KEY: KEY, PEER_POOL: String(CALLERS) }, stops });
    const bare = await startServer({ name: 'bare', file: benchFile('booking/bare.mjs'), environment: { DATABASE_URL: city.cluster.databaseUrl, PEER_KEY: KEY }, stops });
    const load = fork(benchFile('nearby/load.mjs'));
    stops.push(() => ended(load));
    const quoter = await openQuoter(city);
    stops.push(() => quoter.close());

    const rig = { city, load, seconds, accepted: 0, peersAccepted: 0 };
    const interval = nextIntervals();
    const booked = async stays => asked(rig, server, (await quoter.quote(stays)).map(reserveCall), { key: city.key, expected: CONFIRMED });
    const count = BOOKINGS_A_SECOND * seconds;
    const plans = [
      { name: 'empty mutation', run: () => asked(rig, server, [EMPTY_CALL], { key: city.key, expected: '"__typename":"Mutation"', most: Number.MAX_SAFE_INTEGER }) },
      { name: 'hot quota', run: async () => counted(rig, 'accepted', await booked(same({ facilityId: hot, during: interval() }, Math.min(count, HOT_SPACES)))) },
      { name: 'hot, bare', run: async () => counted(rig, 'peersAccepted', await asked(rig, bare, same({ facilityId: hot, during: interval() }, Math.min(2 * count, HOT_SPACES)).map(peerCall), { key: KEY, expected: CONFIRMED })) },
      { name: 'hot, serializable', run: async () => counted(rig, 'peersAccepted', await asked(rig, peer, same({ facilityId: hot, during: interval() }, count).map(peerCall), { key: KEY, expected: CONFIRMED })) },
      { name: 'gate decision', run: () => asked(rig, server, Array.from({ length: count }, (_, nth) => decideCall(spread[nth % SPREAD])), { key: city.key, expected: DECIDED }) },
      { name: 'one row', run: () => asked(rig, server, Array.from({ length: count }, () => oneRowCall(city.partyId)), { key: city.key, expected: ONE_ROW }) },
      { name: 'spread', run: async () => counted(rig, 'accepted', await booked(overAll(spread, interval, count))) },
    ];
    for (const { run } of plans) await run();
    const results = [];
    for (let round = 1; round <= rounds; round += 1) {
      for (const { name, run } of plans) results.push({ round, name, ...(await run()) });
    }
    write(await connected(city.cluster.databaseUrl, client => checkPromises(client, rig)));
    report(plans, results, rounds);
    const verdicts = judge(results);
    for (const { line } of verdicts) write(line);
    return verdicts.every(({ passes }) => passes) ? 0 : 1;
  } finally {
    await stopAll(stops);
  }
}

/** Intervals of two hours from tomorrow on, each asked for once. */
function nextIntervals() {
  let next = Math.ceil(Date.now() / (24 * HOUR_MS)) * 24 * HOUR_MS;
  return () => {
    const startsAt = next;
    next += 2 * HOUR_MS;
    return { startsAt, endsAt: startsAt + 2 * HOUR_MS };
  };
}

const same = (stay, count) => Array.from({ length: count }, () => stay);

/** Stays of all facilities in turn, no more of one interval than it lends. */
function overAll(facilityIds, interval, count) {
  let during = interval();
  return Array.from({ length: count }, (_, nth) => {
    if (nth > 0 && nth % (facilityIds.length * FITTING) === 0) during = interval();
    return { facilityId: facilityIds[nth % facilityIds.length], during };
  });
}

/** Adds what was answered to what is to be found in the rows afterwards. */
function counted(rig, whose, result) {
  rig[whose] += result.requests;
  return result;
}

async function asked({ city, load, seconds }, server, bodies, { key, expected, most = bodies.length }) {
  const before = { node: cpuOf(server.pid), db: cpuOfTree(city.cluster.postmasterPid) };
  const result = await ask(load, { port: server.port, path: '/graphql', headers: `authorization: Bearer ${key}\r\n`, bodies, concurrency: CALLERS, seconds, most, expected });
  const after = { node: cpuOf(server.pid), db: cpuOfTree(city.cluster.postmasterPid) };
  if (result.failed > 0) throw new Error(`${server.name}: ${result.failed} of ${result.requests} calls failed, the first with ${result.failure}`);
  const each = part => (before[part] === null || after[part] === null ? null : ((after[part] - before[part]) * 1_000) / result.requests);
  return { ...result, nodeMicros: each('node'), dbMicros: each('db') };
}

function report(plans, results, rounds) {
  write(`\nmedians of ${rounds} rounds, ${CALLERS} callers`);
  write('way                    calls/s   p50 ms   p99 ms   node µs each   db µs each   × empty');
  for (const { name } of plans) {
    const of = part => median(results.filter(row => row.name === name).map(row => row[part]));
    write([name.padEnd(18), shown(of('perSecond'), 0).padStart(11), shown(of('p50')).padStart(8), shown(of('p99')).padStart(8), shown(of('nodeMicros'), 1).padStart(14), shown(of('dbMicros'), 1).padStart(12), shown(against(results, name, 'empty mutation')).padStart(9)].join(' '));
  }
}

const against = (results, ours, theirs) => ratioOfRounds(results, row => row.name === ours, row => row.name === theirs, row => row.perSecond);

/** Both parts are counted: what a decision saves the server it must not cost the database. */
const cpuAgainst = (results, ours, theirs) => ratioOfRounds(results, row => row.name === ours, row => row.name === theirs, row => row.nodeMicros + row.dbMicros);

function judge(results) {
  const tail = median(results.filter(row => row.name === 'spread').map(row => row.p99 / row.p50));
  return [
    verdict('bookings of one hot quota against an empty mutation', against(results, 'hot quota', 'empty mutation'), BARS.empty, 'least'),
    verdict('bookings of one hot quota against the same under SERIALIZABLE', against(results, 'hot quota', 'hot, serializable'), BARS.serializable, 'least'),
    verdict('CPU of a gate decision against a mutation that inserts one row', cpuAgainst(results, 'gate decision', 'one row'), BARS.gateCpu, 'most'),
    verdict('p99 against p50 over 1,000 facilities', tail, BARS.tail, 'most'),
  ];
}

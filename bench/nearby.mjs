import { fork } from 'node:child_process';
import { isDeepStrictEqual } from 'node:util';
import { DURING, POSTGRAPHILE_QUERY, QUERY, WEEK, points } from './nearby/query.mjs';
import { prove, seedCity, seedPeers } from './nearby/seed.mjs';
import { environmentOf, prepareCity } from './support/city.mjs';
import { ended, openCluster } from './support/cluster.mjs';
import { cpuOf, cpuOfTree } from './support/cpu.mjs';
import { median, ratioOfRounds, shown, verdict, write } from './support/report.mjs';
import { ask, benchFile, product, productFile, startServer, stopAll } from './support/servers.mjs';

const SEED = 2022;
const CONCURRENCIES = [1, 32];
const CHECKED_POINTS = 200;
/** The bars of the issue. */
const BARS = { throughput: 0.4, cpu: 2.5, postgraphile: 4, growth: 3 };

/** Measures 'nearby' against a hand-written floor and PostGraphile; 1 where a bar is missed. */
export async function bench({ facilities, rounds, seconds, grown }) {
  const stops = [];
  try {
    const first = await measureCity({ facilities, rounds, seconds, withPeers: true, stops });
    const verdicts = judge(first);
    if (grown !== null) {
      await stopAll(stops);
      const larger = await measureCity({ facilities: grown, rounds, seconds, withPeers: false, stops });
      verdicts.push(verdict(`database CPU a request at ${grown.toLocaleString('en')} facilities against ${facilities.toLocaleString('en')}`, dbCpu(larger, 'chaowei', 32) / dbCpu(first, 'chaowei', 32), BARS.growth, 'most'));
    }
    for (const { line } of verdicts) write(line);
    return verdicts.every(({ passes }) => passes) ? 0 : 1;
  } finally {
    await stopAll(stops);
  }
}

async function measureCity({ facilities, rounds, seconds, withPeers, stops }) {
  const cluster = await openCluster();
  stops.push(() => cluster.stop());
  const key = await prepare(cluster, facilities, withPeers);
  const contenders = await startContenders(cluster, key, withPeers, stops);
  if (withPeers) await compareAnswers(contenders, facilities);

  const load = fork(benchFile('nearby/load.mjs'));
  stops.push(() => ended(load));
  const results = [];
  // Everybody has been asked every question once before the clock runs.
  for (const contender of contenders) await put(load, contender, { concurrency: 8, seconds: 60, most: contender.bodies.length });
  for (let round = 1; round <= rounds; round += 1) {
    for (const concurrency of CONCURRENCIES) {
      for (const contender of contenders) results.push({ round, concurrency, name: contender.name, ...(await measured(load, cluster, contender, { concurrency, seconds })) });
    }
  }
  report(facilities, contenders, results);
  return results;
}

/** Fills and proves the city; answers a key of the class that is not counted. */
async function prepare(cluster, facilities, withPeers) {
  const environment = environmentOf(cluster);
  Object.assign(cluster, { environment });
  const [{ upsertSearch }, { refreshSearch }] = await Promise.all(['facilities/search.sql.js', 'sharing/refresh-search.js'].map(product));
  const fill = async client => {
    await seedCity(client, { facilities, seed: SEED, upsertSearch, hasWindowRows: withPeers });
    if (withPeers) write(`${await prove(client, { facilities, upsertSearch, refreshSearch })} search rows equal what the application writes`);
    await seedPeers(client, { hasApi: withPeers });
  };
  const { key } = await prepareCity({ environment, databaseUrl: cluster.databaseUrl, facilities, fill, scopes: ['search:nearby', 'facility:read', 'window:read', 'availability:read'] });
  return key;
}

async function startContenders(cluster, key, withPeers, stops) {
  const asked = points(SEED, 2_000);
  const bodies = asked.map(place => JSON.stringify({ query: QUERY, variables: { ...place, during: DURING } }));
  const started = async (name, file, more, job, stderr) => {
    const server = await startServer({ name, file, environment: { ...cluster.environment, ...more }, stops, stderr });
    return { ...server, headers: '', bodies, path: '/graphql', ...job };
  };
  const contenders = [
    await started('chaowei', productFile('src/main.js'), { DEMO_CITY: 'false', HOST: '127.0.0.1' }, { headers: `authorization: Bearer ${key}\r\n` }),
    await started('floor', benchFile('nearby/floor.mjs'), { FLOOR_KERNEL: new URL('../dist/src/kernel/index.js', import.meta.url).href }, {}),
  ];
  if (!withPeers) return contenders;
  const variables = { from: WEEK.fromMinute, until: WEEK.untilMinute };
  const questions = asked.map(place => JSON.stringify({ query: POSTGRAPHILE_QUERY, variables: { ...place, ...variables } }));
  // Its start prints the whole type geography, which it does not know and does not need.
  contenders.push(await started('postgraphile', benchFile('nearby/postgraphile.mjs'), {}, { bodies: questions }, 'ignore'));
  return contenders;
}

async function answerOf({ port, path, headers }, body) {
  const authorization = /authorization: (.*)\r\n/.exec(headers)?.[1];
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json', ...(authorization ? { authorization } : {}) }, body });
  const answer = await response.json();
  if (answer.errors) throw new Error(JSON.stringify(answer.errors[0]));
  return answer.data;
}

/** The floor and PostGraphile answer the same facilities, in the same order, with the same numbers. */
async function compareAnswers(contenders) {
  const [chaowei, floor, postgraphile] = contenders;
  let edges = 0;
  let identical = 0;
  for (let nth = 0; nth < CHECKED_POINTS; nth += 1) {
    const [ours, theirs, peers] = await Promise.all([chaowei, floor, postgraphile].map(contender => answerOf(contender, contender.bodies[nth])));
    const told = ours.nearbyFacilities.edges;
    ensureSame('the floor', chaowei.bodies[nth], told.map(wholeEdge), theirs.nearbyFacilities.edges.map(wholeEdge));
    ensureSame('PostGraphile', chaowei.bodies[nth], told.map(comparedEdge), peers.nearbyFacilities.nodes.map(comparedNode));
    edges += told.length;
    if (JSON.stringify(ours) === JSON.stringify(theirs)) identical += 1;
  }
  write(`${CHECKED_POINTS} points: the same answers from all three, ${shown(edges / CHECKED_POINTS, 1)} facilities each; the floor's text is ours to the letter at ${identical}`);
}

const byClass = capacity => capacity.toSorted((a, b) => (a.spaceClass < b.spaceClass ? -1 : 1));
const wholeEdge = ({ distanceMetres, walkingMetres: _walkingMetres, ...rest }) => ({ id: rest.node.id, metres: distanceMetres, rest });
const comparedEdge = ({ node, distanceMetres, availability, windows }) => ({ id: node.id, metres: distanceMetres, rest: { ...node, capacity: byClass(node.capacity), free: availability.free, windows: windows.map(({ name, quota }) => ({ name, quota })) } });
const comparedNode = ({ rowId: id, longitude, latitude, distanceMetres, freeDuring, capacities, windows, ...rest }) => ({ id, metres: distanceMetres, rest: { id, ...rest, coordinate: { longitude, latitude }, capacity: byClass(capacities.nodes), free: freeDuring, windows: windows.nodes.map(({ name, quota }) => ({ name, quota })) } });

/**
 * Two formulas of the ellipsoid may round apart in the last digit told: a tenth of a metre is allowed, and with it that two
 * facilities as near as that change places, or that one of them is the last of the page and the other is not.
 */
function ensureSame(whose, body, ours, theirs) {
  const near = (a, b) => Math.abs(a - b) < 0.101;
  const theirsById = new Map(theirs.map(each => [each.id, each]));
  const last = ours.at(-1)?.metres ?? 0;
  const differs = ours.length !== theirs.length || ours.some((each, index) => {
    const same = theirsById.get(each.id);
    return !near(each.metres, theirs[index].metres) || (same ? !near(same.metres, each.metres) || !isDeepStrictEqual(same.rest, each.rest) : !near(each.metres, last));
  });
  if (differs) throw new Error(`${whose} answers otherwise.\n  asked: ${JSON.stringify(JSON.parse(body).variables)}\n  ours:  ${JSON.stringify(ours)}\n  other: ${JSON.stringify(theirs)}`);
}

const put = (load, { port, path, headers, bodies }, plan) => ask(load, { port, path, headers, bodies, ...plan });

async function measured(load, cluster, contender, plan) {
  const before = { node: cpuOf(contender.pid), db: cpuOfTree(cluster.postmasterPid) };
  const result = await put(load, contender, plan);
  const after = { node: cpuOf(contender.pid), db: cpuOfTree(cluster.postmasterPid) };
  if (result.failed > 0 || result.refused.length > 0) throw new Error(`${contender.name}: ${result.failed} of ${result.requests} requests failed and ${result.refused.length} were refused, the first with ${result.failure}`);
  const each = part => (before[part] === null || after[part] === null ? null : (after[part] - before[part]) / result.requests);
  return { ...result, nodeCpu: each('node'), dbCpu: each('db') };
}

function report(facilities, contenders, results) {
  write(`\n${facilities.toLocaleString('en')} facilities; medians of ${Math.max(...results.map(({ round }) => round))} rounds`);
  write('contender      c    req/s   p50 ms   p99 ms   node ms/req   db ms/req   KB/answer   × floor');
  for (const concurrency of CONCURRENCIES) {
    for (const { name } of contenders) {
      const rows = results.filter(row => row.name === name && row.concurrency === concurrency);
      const of = part => median(rows.map(row => row[part]));
      write([name.padEnd(12), String(concurrency).padStart(3), shown(of('perSecond'), 0).padStart(8), shown(of('p50')).padStart(8), shown(of('p99')).padStart(8), shown(of('nodeCpu'), 3).padStart(13), shown(of('dbCpu'), 3).padStart(11), shown(of('bytes') / 1_024, 1).padStart(11), shown(ratio(results, name, 'floor', concurrency, row => row.perSecond)).padStart(9)].join(' '));
    }
  }
}

/** One contender's figure against another's. */
const ratio = (results, name, other, concurrency, figure) => ratioOfRounds(results, row => row.name === name && row.concurrency === concurrency, row => row.name === other && row.concurrency === concurrency, figure);

const dbCpu = (results, name, concurrency) => median(results.filter(row => row.name === name && row.concurrency === concurrency).map(row => row.dbCpu));

function judge(results) {
  const cpu = row => row.nodeCpu + row.dbCpu;
  return [
    verdict('throughput at 32 against the floor', ratio(results, 'chaowei', 'floor', 32, row => row.perSecond), BARS.throughput, 'least'),
    verdict('CPU a request at 32 against the floor', ratio(results, 'chaowei', 'floor', 32, cpu), BARS.cpu, 'most'),
    verdict('throughput at 32 against PostGraphile', ratio(results, 'chaowei', 'postgraphile', 32, row => row.perSecond), BARS.postgraphile, 'least'),
  ];
}

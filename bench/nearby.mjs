import { execFileSync, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { freePort, ended, openCluster } from './nearby/cluster.mjs';
import { cpuOf, cpuOfTree } from './nearby/cpu.mjs';
import { DURING, POSTGRAPHILE_QUERY, QUERY, WEEK, points } from './nearby/query.mjs';
import { prove, seedCity, seedPeers } from './nearby/seed.mjs';

const here = path => fileURLToPath(new URL(path, import.meta.url));
const product = path => import(new URL(`../dist/src/${path}`, import.meta.url).href);
const write = line => process.stdout.write(`${line}\n`);

const SEED = 2022;
const CONCURRENCIES = [1, 32];
const CHECKED_POINTS = 200;
/** The bars of the issue. */
const BARS = { throughput: 0.4, cpu: 2.5, postgraphile: 4, growth: 3 };

const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const shown = (value, digits = 2) => (value === null || value === undefined || Number.isNaN(value) ? '—' : value.toFixed(digits));

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

async function stopAll(stops) {
  for (const stop of stops.splice(0).toReversed()) await stop();
}

async function measureCity({ facilities, rounds, seconds, withPeers, stops }) {
  const cluster = await openCluster();
  stops.push(() => cluster.stop());
  const key = await prepare(cluster, facilities, withPeers);
  const contenders = await startContenders(cluster, key, withPeers, stops);
  if (withPeers) await compareAnswers(contenders, facilities);

  const load = fork(here('./nearby/load.mjs'));
  stops.push(() => ended(load));
  const results = [];
  // Everybody has been asked every question once before the clock runs.
  for (const contender of contenders) await ask(load, contender, { concurrency: 8, seconds: 60, most: contender.bodies.length });
  for (let round = 1; round <= rounds; round += 1) {
    for (const concurrency of CONCURRENCIES) {
      for (const contender of contenders) results.push({ round, concurrency, name: contender.name, ...(await measured(load, cluster, contender, { concurrency, seconds })) });
    }
  }
  report(facilities, contenders, results);
  return results;
}

/** Migrates, fills and proves the city; answers a key of the class that is not counted. */
async function prepare(cluster, facilities, withPeers) {
  const startedAt = performance.now();
  const environment = { DATABASE_URL: cluster.databaseUrl, REDIS_URL: cluster.redisUrl, SEALING_KEYS: `bench:${randomBytes(32).toString('base64')}`, LOOKUP_KEY: randomBytes(32).toString('base64'), LOG_LEVEL: 'warn' };
  Object.assign(cluster, { environment });
  const [{ RequestScope, migrate, readConfiguration, transaction }, { closeServices, openServices }, { rooms }, { issueApiKey, registerParty, systemViewer }, { seedWorkCalendar }, { upsertSearch }, { refreshSearch }] = await Promise.all(
    ['platform/index.js', 'server/open-services.js', 'server/rooms.js', 'identity/index.js', 'sharing/index.js', 'facilities/search.sql.js', 'sharing/refresh-search.js'].map(product),
  );
  const { migrations } = await import(new URL('../dist/migrations/index.js', import.meta.url).href);
  const services = await openServices(readConfiguration(environment), rooms);
  const scope = new RequestScope(services, systemViewer, 'en', 'bench');
  try {
    await migrate(services.database, migrations);
    await transaction(scope, async unit => {
      await seedWorkCalendar(unit);
      return { ok: true, value: null };
    });
    const party = await registerParty(scope, { kind: 'ENTERPRISE', name: 'bench' });
    const key = await issueApiKey(scope, { partyId: party.value.partyId, name: 'bench', scopes: ['search:nearby', 'facility:read', 'window:read', 'availability:read'], limitClass: 'BENCH' });
    await fill(cluster, { facilities, withPeers, upsertSearch, refreshSearch });
    write(`${facilities.toLocaleString('en')} facilities seeded in ${shown((performance.now() - startedAt) / 1_000, 0)} s`);
    return key.value.secret;
  } finally {
    await closeServices(services);
  }
}

async function fill(cluster, { facilities, withPeers, upsertSearch, refreshSearch }) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: cluster.databaseUrl });
  await client.connect();
  try {
    await seedCity(client, { facilities, seed: SEED, upsertSearch, hasWindowRows: withPeers });
    if (withPeers) write(`${await prove(client, { facilities, upsertSearch, refreshSearch })} search rows equal what the application writes`);
    await seedPeers(client, { hasApi: withPeers });
  } finally {
    await client.end();
  }
}

async function startContenders(cluster, key, withPeers, stops) {
  const { environment } = cluster;
  const asked = points(SEED, 2_000);
  const bodies = asked.map(place => JSON.stringify({ query: QUERY, variables: { ...place, during: DURING } }));
  const started = async (name, file, more, job, stderr = 'inherit') => {
    const port = await freePort();
    const child = fork(file, { env: { ...process.env, ...environment, ...more, PORT: String(port), NODE_ENV: 'production' }, stdio: ['ignore', 'ignore', stderr, 'ipc'] });
    stops.push(() => ended(child));
    await untilListening(port, child, name);
    return { name, pid: child.pid, port, headers: '', bodies, path: '/graphql', ...job };
  };
  const contenders = [
    await started('chaowei', here('../dist/src/main.js'), { DEMO_CITY: 'false', HOST: '127.0.0.1' }, { headers: `authorization: Bearer ${key}\r\n` }),
    await started('floor', here('./nearby/floor.mjs'), { FLOOR_KERNEL: new URL('../dist/src/kernel/index.js', import.meta.url).href }, {}),
  ];
  if (!withPeers) return contenders;
  if (!existsSync(here('./node_modules/postgraphile'))) execFileSync('npm', ['ci', '--prefix', here('.'), '--no-audit', '--no-fund', '--ignore-scripts'], { stdio: 'ignore' });
  const variables = { from: WEEK.fromMinute, until: WEEK.untilMinute };
  const questions = asked.map(place => JSON.stringify({ query: POSTGRAPHILE_QUERY, variables: { ...place, ...variables } }));
  // Its start prints the whole type geography, which it does not know and does not need.
  contenders.push(await started('postgraphile', here('./nearby/postgraphile.mjs'), {}, { bodies: questions }, 'ignore'));
  return contenders;
}

const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));

async function untilListening(port, child, name) {
  for (let tries = 0; tries < 300; tries += 1) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode} before it listened`);
    const answers = await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }).then(() => true, () => false);
    if (answers) return;
    await pause(100);
  }
  throw new Error(`${name} does not listen on ${port} after 30 s`);
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

function ask(load, { port, path, headers, bodies }, plan) {
  return new Promise((resolve, reject) => {
    load.once('message', resolve);
    load.once('exit', () => reject(new Error('the load generator ended')));
    load.send({ port, path, headers, bodies, ...plan });
  }).finally(() => load.removeAllListeners('exit'));
}

async function measured(load, cluster, contender, plan) {
  const before = { node: cpuOf(contender.pid), db: cpuOfTree(cluster.postmasterPid) };
  const result = await ask(load, contender, plan);
  const after = { node: cpuOf(contender.pid), db: cpuOfTree(cluster.postmasterPid) };
  if (result.failed > 0) throw new Error(`${contender.name}: ${result.failed} of ${result.requests} requests failed`);
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

/** The median over the rounds of one contender's figure against another's in the same round. */
function ratio(results, name, other, concurrency, figure) {
  const rows = of => results.filter(row => row.name === of && row.concurrency === concurrency);
  return median(rows(name).map(row => figure(row) / figure(rows(other).find(({ round }) => round === row.round))));
}

const dbCpu = (results, name, concurrency) => median(results.filter(row => row.name === name && row.concurrency === concurrency).map(row => row.dbCpu));

function judge(results) {
  const cpu = row => row.nodeCpu + row.dbCpu;
  return [
    verdict('throughput at 32 against the floor', ratio(results, 'chaowei', 'floor', 32, row => row.perSecond), BARS.throughput, 'least'),
    verdict('CPU a request at 32 against the floor', ratio(results, 'chaowei', 'floor', 32, cpu), BARS.cpu, 'most'),
    verdict('throughput at 32 against PostGraphile', ratio(results, 'chaowei', 'postgraphile', 32, row => row.perSecond), BARS.postgraphile, 'least'),
  ];
}

function verdict(what, value, bar, bound) {
  const passes = bound === 'least' ? value >= bar : value <= bar;
  return { passes, line: `${passes ? 'PASS' : 'FAIL'}  ${what}: ${shown(value)} (bar: at ${bound} ${bar})` };
}

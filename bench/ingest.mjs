import { fork } from 'node:child_process';
import { copySamples, createFloor } from './ingest/floor.mjs';
import { batches, callsOf, checkRows, reportsOf, singles } from './ingest/product.mjs';
import { firstLook } from './fan-out/product.mjs';
import { connected } from './support/city.mjs';
import { ended } from './support/cluster.mjs';
import { cpuOf, cpuOfTree } from './support/cpu.mjs';
import { openLiveCity, openPlaces } from './support/live-city.mjs';
import { median, ratioOfRounds, shown, verdict, write } from './support/report.mjs';
import { ask, benchFile, productFile, startServer, stopAll } from './support/servers.mjs';

/** The bars of the issue. */
const BARS = { copy: 0.03, gathered: 2 };

const BATCH = 1_000;
const BATCH_CALLERS = 4;
const SINGLE_CALLERS = 64;
/** As many calls are prepared for a second; who is faster ends sooner, which its rate does not suffer from. */
const CALLS_A_SECOND = { batches: 60, singles: 6_000 };

/**
 * Measures reports through GraphQL, with all their work, against a bare COPY of the same rows and against the same server
 * with a transaction a report; 1 where a bar is missed.
 * @param {{ facilities: number, rounds: number, seconds: number }} plan
 */
export async function bench({ facilities, rounds, seconds }) {
  const stops = [];
  try {
    const city = await openLiveCity(facilities, stops);
    const places = await connected(city.cluster.databaseUrl, openPlaces);
    await connected(city.cluster.databaseUrl, createFloor);
    await firstLook(city, facilities);
    const start = (name, more) => startServer({ name, file: productFile('src/main.js'), environment: { ...city.environment, DEMO_CITY: 'false', HOST: '127.0.0.1', ...more }, stops });
    const gathering = await start('chaowei', {});
    const single = await start('chaowei with a transaction a report', { REPORTS_A_TRANSACTION: '1' });
    const load = fork(benchFile('nearby/load.mjs'));
    stops.push(() => ended(load));

    // Calls on their way at once have no facility in common, or one of them would be out of order.
    const size = Math.min(BATCH, Math.floor(places.length / (2 * BATCH_CALLERS)));
    const rig = { city, places, load, sent: [] };
    const plans = [
      { name: 'copy', callers: 1, run: () => floor(rig, seconds) },
      { name: 'batches of 1,000', callers: BATCH_CALLERS, run: () => asked(rig, gathering, batches(places, { size, count: CALLS_A_SECOND.batches * seconds }), { concurrency: BATCH_CALLERS, seconds }) },
      { name: 'single, gathered', callers: SINGLE_CALLERS, run: () => asked(rig, gathering, singles(places, { count: CALLS_A_SECOND.singles * seconds }), { concurrency: SINGLE_CALLERS, seconds }) },
      { name: 'single, one each', callers: SINGLE_CALLERS, run: () => asked(rig, single, singles(places, { count: CALLS_A_SECOND.singles * seconds }), { concurrency: SINGLE_CALLERS, seconds }) },
    ];
    for (const { run } of plans) await run();
    const results = [];
    for (let round = 1; round <= rounds; round += 1) {
      for (const { name, callers, run } of plans) results.push({ round, name, callers, ...(await run()) });
    }
    write(await connected(city.cluster.databaseUrl, client => checkRows(client, rig.sent)));
    report(plans, results, rounds);
    const verdicts = judge(results);
    for (const { line } of verdicts) write(line);
    return verdicts.every(({ passes }) => passes) ? 0 : 1;
  } finally {
    await stopAll(stops);
  }
}

/** The same reports as bare rows: no index, no question, no answer. */
function floor({ city, places }, seconds) {
  const reports = batches(places, { size: BATCH, count: CALLS_A_SECOND.batches * seconds }).flat();
  return connected(city.cluster.databaseUrl, async client => {
    const before = cpuOfTree(city.cluster.postmasterPid);
    const took = await copySamples(client, reports);
    const cpu = cpuOfTree(city.cluster.postmasterPid);
    return { rows: reports.length, perSecond: reports.length / took, dbMicros: before === null ? null : ((cpu - before) * 1_000) / reports.length };
  });
}

async function asked({ city, load, sent }, server, calls, plan) {
  const before = { node: cpuOf(server.pid), db: cpuOfTree(city.cluster.postmasterPid) };
  const result = await ask(load, { port: server.port, path: '/graphql', headers: `authorization: Bearer ${city.key}\r\n`, bodies: callsOf(calls), most: calls.length, expected: reportsOf(calls[0]), ...plan });
  const after = { node: cpuOf(server.pid), db: cpuOfTree(city.cluster.postmasterPid) };
  if (result.failed > 0) throw new Error(`${server.name}, ${plan.concurrency} callers of ${calls[0].length}: ${result.failed} of ${result.requests} calls failed, the first with ${result.failure}`);
  const refused = new Set(result.refused);
  const done = calls.slice(0, result.requests + refused.size).filter((_call, nth) => !refused.has(nth));
  sent.push(...done.flat());
  const rows = done.flat().length;
  const each = part => (before[part] === null || after[part] === null ? null : ((after[part] - before[part]) * 1_000) / rows);
  return { rows, perSecond: result.perSecond * calls[0].length, refused: refused.size, p50: result.p50, p99: result.p99, nodeMicros: each('node'), dbMicros: each('db') };
}

function report(plans, results, rounds) {
  write(`\nmedians of ${rounds} rounds`);
  write('way                callers   reports/s  refused   p50 ms   p99 ms   node µs each   db µs each   × copy');
  for (const { name, callers } of plans) {
    const of = part => median(results.filter(row => row.name === name).map(row => row[part]));
    write([name.padEnd(18), String(callers).padStart(7), shown(of('perSecond'), 0).padStart(11), shown(of('refused'), 0).padStart(8), shown(of('p50')).padStart(8), shown(of('p99')).padStart(8), shown(of('nodeMicros'), 1).padStart(14), shown(of('dbMicros'), 1).padStart(12), shown(against(results, name, 'copy'), 4).padStart(8)].join(' '));
  }
}

const against = (results, ours, theirs) => ratioOfRounds(results, row => row.name === ours, row => row.name === theirs, row => row.perSecond);

function judge(results) {
  return [
    verdict('batches of 1,000 against a bare COPY of the same rows', against(results, 'batches of 1,000', 'copy'), BARS.copy, 'least'),
    verdict('single reports against a transaction a report', against(results, 'single, gathered', 'single, one each'), BARS.gathered, 'least'),
  ];
}

import { readFileSync } from 'node:fs';
import { firstLook } from './fan-out/product.mjs';
import { session } from './fan-out/session.mjs';
import { SETUPS, setupsOf } from './fan-out/setups.mjs';
import { connected } from './support/city.mjs';
import { openLiveCity, openPlaces } from './support/live-city.mjs';
import { median, ratioOfRounds, shown, verdict, write } from './support/report.mjs';
import { stopAll } from './support/servers.mjs';

/** The bars of the issue. */
const BARS = { gathered: 0.45, stock: 6, stockCpu: 8, boxesCpu: 4, memoryKilobytes: 12, trickle: 1.5, endsMs: 250 };

/** Descriptors that a process needs beside its sockets. */
const SPARE_DESCRIPTORS = 200;

/**
 * Measures the fan-out against two floors and a stock server; 1 where a bar is missed.
 * @param {{ facilities: number, rounds: number, seconds: number, isQuick: boolean, setups: readonly string[] | null, contenders: readonly string[] | null }} plan
 */
export async function bench({ facilities, rounds, seconds, isQuick, setups, contenders }) {
  const stops = [];
  try {
    const city = await openLiveCity(facilities, stops);
    const places = await connected(city.cluster.databaseUrl, openPlaces);
    const chosen = setupsOf(places, SETUPS.filter(name => setups === null || setups.includes(name)), { scale: isQuick ? 0.05 : 1 });
    const takesPart = name => contenders === null || contenders.includes(name);
    ensureDescriptors(Math.max(...chosen.map(({ watches }) => watches.length)));
    if (takesPart('chaowei')) await firstLook(city, facilities);

    const results = [];
    for (let round = 1; round <= rounds; round += 1) {
      for (const setup of chosen) {
        for (const name of setup.contenders.filter(takesPart)) {
          const result = { round, ...(await session(name, setup, city, { seconds })) };
          results.push(result);
          write(`round ${round}  ${lineOf(setup, [result])}`);
        }
      }
    }
    report(chosen, results, rounds);
    // Who asks for a part is told of that part.
    const isWhole = setups === null && contenders === null;
    const verdicts = judge(results).filter(({ isMeasured }) => isMeasured || isWhole);
    for (const { line } of verdicts) write(line);
    return verdicts.every(({ passes }) => passes) ? 0 : 1;
  } finally {
    await stopAll(stops);
  }
}

function ensureDescriptors(sockets) {
  let limit;
  try {
    limit = Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))[1]);
  } catch {
    // Only Linux tells; elsewhere the first refused socket does.
    return;
  }
  if (limit < sockets + SPARE_DESCRIPTORS) throw new Error(`${sockets} sockets need ${sockets + SPARE_DESCRIPTORS} open files and the limit is ${limit}: run ulimit -n ${sockets + SPARE_DESCRIPTORS} first`);
}

const kilobytes = bytes => (bytes === null ? null : bytes / 1_024);

const COLUMNS = [
  ['deliveries/s', 12, row => row.perSecond, 0],
  ['µs CPU each', 11, row => row.cpuMicros, 2],
  ['p50 ms', 8, row => row.p50, 1],
  ['p99 ms', 8, row => row.p99, 1],
  ['bytes each', 10, row => row.bytes, 0],
  ['merged', 6, row => row.coalesced, 0],
  ['KB a subscriber', 15, row => kilobytes(row.memory), 1],
];

function lineOf(setup, rows) {
  const figures = COLUMNS.map(([, width, pick, digits]) => {
    const values = rows.map(pick).filter(value => value !== null && value !== undefined);
    return shown(values.length > 0 ? median(values) : null, digits).padStart(width);
  });
  return [setup.name.padEnd(14), String(setup.watches.length).padStart(6), rows[0].name.padEnd(14), ...figures].join(' ');
}

function report(setups, results, rounds) {
  write(`\nmedians of ${rounds} rounds`);
  write(['setup'.padEnd(14), 'N'.padStart(6), 'contender'.padEnd(14), ...COLUMNS.map(([title, width]) => title.padStart(width))].join(' '));
  for (const setup of setups) {
    for (const name of setup.contenders) {
      const rows = results.filter(row => row.setup === setup.name && row.name === name);
      if (rows.length > 0) write(lineOf(setup, rows));
    }
  }
}

function judge(results) {
  const rows = setup => results.filter(row => row.setup === setup);
  const ratio = (setup, other, pick) => ratioOfRounds(rows(setup), row => row.name === 'chaowei', row => row.name === other, pick);
  const inverse = (setup, other, pick) => ratioOfRounds(rows(setup), row => row.name === other, row => row.name === 'chaowei', pick);
  const perSecond = row => row.perSecond;
  const cpu = row => row.cpuMicros;
  const ours = (setup, pick) => median(rows(setup).filter(row => row.name === 'chaowei').map(pick));
  const hot = (setup, subscribers) => [
    verdict(`deliveries a second to ${subscribers} against the gathered floor`, ratio(setup, 'floor-gathered', perSecond), BARS.gathered, 'least'),
    verdict(`deliveries a second to ${subscribers} against the stock server`, ratio(setup, 'stock', perSecond), BARS.stock, 'least'),
    verdict(`server CPU a delivery to ${subscribers}: the stock server's against ours`, inverse(setup, 'stock', cpu), BARS.stockCpu, 'least'),
  ];
  return [
    ...hot('hot-1000', '1,000'),
    ...hot('hot-5000', '5,000'),
    verdict('server CPU a delivery to boxes against the gathered floor', ratio('boxes-5000', 'floor-gathered', cpu), BARS.boxesCpu, 'most'),
    verdict('KB of memory an idle subscription', ours('idle-5000', row => kilobytes(row.memory)), BARS.memoryKilobytes, 'most'),
    verdict('p99 of a trickle to 10,000 against the raw floor', ratio('trickle-10000', 'floor-raw', row => row.p99), BARS.trickle, 'most'),
    verdict('p99 ms from a report to its subscribers, 500 reports a second', ours('ends-1000', row => row.p99), BARS.endsMs, 'most'),
  ];
}

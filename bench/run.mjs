import { parseArgs } from 'node:util';
import { CONTENDERS, SETUPS } from './fan-out/setups.mjs';
import { installPeers } from './support/peers.mjs';
import { product } from './support/servers.mjs';

const { wordsOfOptions } = await product('server/command/option-words.js');

const FACILITIES = { nearby: 50_000, 'fan-out': 20_000, ingest: 50_000, booking: 5_000 };
const COUNTS = ['facilities', 'rounds', 'seconds', 'grown'];
const USAGE = `用法 / usage:
npm run bench -- nearby [--facilities 50000] [--rounds 3] [--seconds 8] [--quick] [--growth [--grown 1000000]]
npm run bench -- fan-out [--facilities 20000] [--rounds 3] [--seconds 8] [--quick] [--setups hot-1000,…] [--contenders stock,…]
npm run bench -- ingest [--facilities 50000] [--rounds 3] [--seconds 8] [--quick]
npm run bench -- booking [--facilities 5000] [--rounds 3] [--seconds 8] [--quick]
`;

/** What was asked for; throws with words for whoever asked wrongly. */
function asked() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      facilities: { type: 'string' }, rounds: { type: 'string' }, seconds: { type: 'string' }, quick: { type: 'boolean' },
      growth: { type: 'boolean' }, grown: { type: 'string' }, setups: { type: 'string' }, contenders: { type: 'string' }, help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return null;
  const [name, ...more] = positionals;
  const known = Object.keys(FACILITIES).join(', ');
  if (name === undefined) throw new TypeError(`须写明量什么：${known} / say what to measure: ${known}`);
  if (!Object.hasOwn(FACILITIES, name) || more.length > 0) throw new TypeError(`没有“${positionals.join(' ')}”，只有 ${known}，一次一项 / there is no '${positionals.join(' ')}': one of ${known} at a time`);
  const wrong = COUNTS.find(count => values[count] !== undefined && !/^[1-9]\d{0,8}$/.test(values[count]));
  if (wrong) throw new TypeError(`--${wrong} 须为正整数，收到“${values[wrong]}” / --${wrong} takes a whole number above 0; got '${values[wrong]}'`);
  for (const [option, names] of [['setups', SETUPS], ['contenders', CONTENDERS]]) {
    const unknown = values[option]?.split(',').find(each => !names.includes(each));
    if (unknown !== undefined) throw new TypeError(`--${option} 没有“${unknown}”，只有 ${names.join(', ')} / --${option} knows no '${unknown}', only ${names.join(', ')}`);
  }
  return { name, values };
}

function orExplained() {
  try {
    return asked();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`${error.code?.startsWith('ERR_PARSE_ARGS') ? wordsOfOptions(error) : error.message}\n${USAGE}`);
    process.exit(2);
  }
}

const wanted = orExplained();
if (wanted === null) process.stdout.write(USAGE);
else {
  const { name, values } = wanted;
  const facilities = FACILITIES[name];
  installPeers();
  const { bench } = await import(`./${name}.mjs`);
  process.exitCode = await bench({
    facilities: Number(values.facilities ?? (values.quick ? Math.min(5_000, facilities) : facilities)),
    rounds: Number(values.rounds ?? (values.quick ? 1 : 3)),
    seconds: Number(values.seconds ?? (values.quick ? 2 : 8)),
    isQuick: values.quick ?? false,
    grown: values.growth ? Number(values.grown ?? 1_000_000) : null,
    setups: values.setups?.split(',') ?? null,
    contenders: values.contenders?.split(',') ?? null,
  });
}

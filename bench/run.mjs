import { parseArgs } from 'node:util';

const BENCHES = ['nearby', 'fan-out', 'ingest', 'booking'];
const USAGE = `npm run bench -- nearby [--facilities 50000] [--rounds 3] [--seconds 8] [--quick] [--growth [--grown 1000000]]
npm run bench -- fan-out [--facilities 20000] [--rounds 3] [--seconds 8] [--quick] [--setups hot-1000,…] [--contenders stock,…]
npm run bench -- ingest [--facilities 50000] [--rounds 3] [--seconds 8] [--quick]
npm run bench -- booking [--facilities 5000] [--rounds 3] [--seconds 8] [--quick]
`;

const { positionals: [name], values } = parseArgs({
  allowPositionals: true,
  options: {
    facilities: { type: 'string' }, rounds: { type: 'string' }, seconds: { type: 'string' }, quick: { type: 'boolean' },
    growth: { type: 'boolean' }, grown: { type: 'string' }, setups: { type: 'string' }, contenders: { type: 'string' },
  },
});
if (!BENCHES.includes(name)) {
  process.stderr.write(USAGE);
  process.exit(2);
}
const facilities = { 'fan-out': 20_000, booking: 5_000 }[name] ?? 50_000;
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

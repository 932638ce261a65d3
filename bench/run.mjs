import { parseArgs } from 'node:util';

const BENCHES = ['nearby'];

const { positionals: [name], values } = parseArgs({
  allowPositionals: true,
  options: { facilities: { type: 'string' }, rounds: { type: 'string' }, seconds: { type: 'string' }, quick: { type: 'boolean' }, growth: { type: 'boolean' }, grown: { type: 'string' } },
});
if (!BENCHES.includes(name)) {
  process.stderr.write(`npm run bench -- ${BENCHES.join('|')} [--facilities 50000] [--rounds 3] [--seconds 8] [--quick] [--growth [--grown 1000000]]\n`);
  process.exit(2);
}
const { bench } = await import(`./${name}.mjs`);
process.exitCode = await bench({
  facilities: Number(values.facilities ?? (values.quick ? 5_000 : 50_000)),
  rounds: Number(values.rounds ?? (values.quick ? 1 : 3)),
  seconds: Number(values.seconds ?? (values.quick ? 2 : 8)),
  grown: values.growth ? Number(values.grown ?? 1_000_000) : null,
});

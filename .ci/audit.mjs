// Fails on a high or critical advisory without a dated exception. Where the registry answers no audit at all, it says
// so and passes: an unreachable service is no finding, and must not look like a clean one either.
import { spawnSync } from 'node:child_process';

/** Advisories accepted for now: { id, until: 'YYYY-MM-DD', why }. */
const EXCEPTIONS = [];

const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
const report = parsed(stdout);
if (!report?.vulnerabilities) {
  console.log(`audit: NOT CHECKED, the registry gave no answer (${(report?.message ?? report?.error?.summary ?? 'no report').split(' - ')[0]})`);
  process.exit(0);
}
const today = new Date().toISOString().slice(0, 10);
const excepted = new Set(EXCEPTIONS.filter(each => each.until >= today).map(each => each.id));
const grave = Object.values(report.vulnerabilities)
  .filter(each => each.severity === 'high' || each.severity === 'critical')
  .filter(each => !each.via.every(via => typeof via === 'object' && excepted.has(via.source)));
console.log(`audit: ${grave.length} high or critical findings in production packages`);
for (const each of grave) console.log(`  ${each.severity} ${each.name} ${each.range}`);
process.exit(grave.length === 0 ? 0 : 1);

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

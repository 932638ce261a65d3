import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = path => fileURLToPath(new URL(path, import.meta.url));
const writtenAt = path => statSync(here(path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Installs the packages that Chaowei is measured against, where they are not there as this folder's lock file names them. Before anything that imports one is loaded. */
export function installPeers() {
  if (writtenAt('../node_modules/.package-lock.json') >= writtenAt('../package-lock.json')) return;
  execFileSync('npm', ['ci', '--prefix', here('..'), '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { run } from 'jest';

const [folder, ...rest] = process.argv.slice(2);
if (folder === undefined || !existsSync(resolve(folder, 'README.md'))) {
  process.stderr.write('usage: npm run trial -- FOLDER\nFOLDER holds the recorded data, one folder a source, with a README.md\n');
  process.exit(2);
}
process.env.TRIAL_DATA = resolve(folder);
await run(['--config', 'test/trial/jest.config.mjs', ...rest]);

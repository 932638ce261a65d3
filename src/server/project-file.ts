import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds package.json, whether this runs compiled from `dist` or from its source in a test. */
function projectFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('package.json was not found above the server');
    folder = above;
  }
  return folder;
}

const FOLDER = projectFolder();

/** A file of the project by its path from the top level. */
export function projectFile(...path: readonly string[]): string {
  return join(FOLDER, ...path);
}

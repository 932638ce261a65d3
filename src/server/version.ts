import { readFileSync } from 'node:fs';
import { projectFile } from './project-file.js';

/** The version that package.json states. */
export const VERSION: string = (JSON.parse(readFileSync(projectFile('package.json'), 'utf8')) as { version: string }).version;

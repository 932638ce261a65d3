#!/usr/bin/env node
import { refuseOldNode } from './node-version.js';

refuseOldNode();
const { keepCompiled } = await import('./compile-cache.js');
keepCompiled();
const { runCommand } = await import('./server/command/run-command.js');
process.exitCode = await runCommand(process.argv.slice(2));

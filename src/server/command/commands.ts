import { importCommand } from '../../exchange/index.js';
import { type Command } from './command.js';
import { doctor } from './doctor.js';
import { keyCommands } from './keys.js';
import { schemaCommand } from './schema.js';

/** Every verb of `chaowei`. */
export const commands: readonly Command[] = [doctor, ...keyCommands, importCommand(line => void process.stderr.write(`${line}\n`)), schemaCommand];

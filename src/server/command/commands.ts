import { roomCommands } from '../rooms.js';
import { type Command } from './command.js';
import { doctor } from './doctor.js';
import { keyCommands } from './keys.js';
import { schemaCommand } from './schema.js';

/** Every verb of `chaowei`. */
export const commands: readonly Command[] = [doctor, ...keyCommands, ...roomCommands, schemaCommand];

import { writeFileSync } from 'node:fs';
import { printedSchema } from '../print-schema.js';
import { projectFile } from '../project-file.js';
import { rooms } from '../rooms.js';
import { assembleSchema } from '../schema.js';
import type { Command } from './command.js';

export const schemaCommand: Command = {
  name: 'schema',
  usage: 'schema [--write]',
  summary: '打印架构 prints the schema; --write puts it into schema/schema.graphql',
  options: { write: { type: 'boolean' } },
  words: 0,
  async run(context, _words, flags) {
    const sdl = printedSchema(assembleSchema(rooms));
    if (flags.write === true) writeFileSync(projectFile('schema', 'schema.graphql'), sdl);
    else context.write(sdl.trimEnd());
    return 0;
  },
};

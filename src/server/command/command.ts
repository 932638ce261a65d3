import type { ParseArgsOptionsConfig } from 'node:util';
import type { Configuration, Services } from '../../platform/index.js';

/** What a command writes to and works with. */
export interface CommandContext {
  readonly configuration: Configuration;
  readonly write: (line: string) => void;
  /** Refusals and misuse go beside the answer, which whoever runs the command may hand on. */
  readonly complain: (line: string) => void;
  /** Opens the services on first use, migrated; the caller closes them. */
  readonly services: () => Promise<Services>;
}

/** One verb of `chaowei`. It answers its exit code: 0 done, 1 refused or failed, 2 misused. */
export interface Command {
  /** As typed: `key issue`. */
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly options: ParseArgsOptionsConfig;
  /** How many words follow the name. */
  readonly words: number;
  run(context: CommandContext, words: readonly string[], flags: Readonly<Record<string, string | boolean | undefined>>): Promise<number>;
}

/** Misuse of a command: told with its usage, exit code 2. */
export class Misuse extends Error {}

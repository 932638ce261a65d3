import { parseArgs } from 'node:util';
import { unseenProblem, withUnseenNamed } from '../../kernel/index.js';
import { ConfigurationError, migrate, openLog, proveKeys, readConfiguration, type DatabaseOptions, type Services } from '../../platform/index.js';
import { Fault } from '../../platform/graphql/index.js';
import { migrations } from '../../../migrations/index.js';
import { closeServices, openServices } from '../open-services.js';
import { rooms } from '../rooms.js';
import { inWords, NotStarted } from '../start-failure.js';
import { VERSION } from '../version.js';
import { Misuse, type Command, type CommandContext } from './command.js';
import { commands } from './commands.js';
import { wordsOfOptions } from './option-words.js';

const HELP = new Set(['--help', '-h']);

/** Runs `chaowei …` and answers its exit code: 0 done, 1 refused or failed, 2 misused. `cluster`: an embedded cluster that is open already, instead of the data folder's. */
export async function runCommand(
  argv: readonly string[],
  io: { readonly out: (line: string) => void; readonly err: (line: string) => void; readonly environment: Readonly<Record<string, string | undefined>>; readonly cluster?: DatabaseOptions['cluster'] } = standardIo(),
): Promise<number> {
  const command = commands.find(known => known.name === argv.slice(0, known.name.split(' ').length).join(' '));
  if (!command) {
    return answerWithout(argv, io);
  }
  if (asksHowTo(command, argv)) {
    io.out(`用法 usage: chaowei ${command.usage}\n${command.summary}`);
    return 0;
  }
  let opened: Services | undefined;
  try {
    const { words, flags } = parsed(command, argv.slice(command.name.split(' ').length));
    const configuration = readConfiguration(io.environment);
    const context: CommandContext = {
      configuration,
      write: io.out,
      complain: io.err,
      services: async () => {
        try {
          // Standard output is the command's answer: the log goes beside it.
          opened ??= await openServices(configuration, rooms, openLog({ level: 'warn', destination: 2 }), io.cluster);
          await migrate(opened.database, migrations);
          await proveKeys(opened);
          return opened;
        } catch (error) {
          throw inWords(error, configuration);
        }
      },
    };
    return await command.run(context, words, flags);
  } catch (error) {
    return failed(error, command, io.err);
  } finally {
    if (opened) await closeServices(opened);
  }
}

/** What is answered where no command is named: how they are used, which version this is, or what else might have been meant. */
function answerWithout(argv: readonly string[], io: { readonly out: (line: string) => void; readonly err: (line: string) => void }): number {
  const [first] = argv;
  if (first === undefined || HELP.has(first) || first === 'help') {
    io.out(usage());
    return 0;
  }
  if (first === '--version') {
    io.out(VERSION);
    return 0;
  }
  const alike = commands.filter(({ name }) => name.split(' ')[0] === first);
  const told = withUnseenNamed(argv.slice(0, 2).join(' ')).slice(0, 60);
  io.err(`没有命令“${told}” / there is no command '${told}'`);
  io.err(alike.length > 0 ? alike.map(usageOf).join('\n') : `命令 commands: ${commands.map(({ name }) => name).join(', ')}\n用法见 for their usage: chaowei help`);
  return 2;
}

/** Whoever asks how a command is used is told, whatever else stands on the line; after `--` a word is a word. */
function asksHowTo(command: Command, argv: readonly string[]): boolean {
  const told = argv.slice(command.name.split(' ').length);
  const end = told.indexOf('--');
  return (end === -1 ? told : told.slice(0, end)).some(word => HELP.has(word));
}

function parsed(command: Command, argv: readonly string[]): { words: readonly string[]; flags: Readonly<Record<string, string | boolean | undefined>> } {
  try {
    const { positionals, values } = parseArgs({ args: [...argv], options: command.options, allowPositionals: true, strict: true });
    if (positionals.length !== command.words) throw new Misuse(`“${command.name}”之后须有 ${command.words} 个参数，收到 ${positionals.length} 个 / expected ${command.words} argument(s) after '${command.name}', got ${positionals.length}`);
    positionals.forEach((word, nth) => ensureSeen(word, `第 ${nth + 1} 个参数`, `argument ${nth + 1}`));
    for (const [flag, value] of Object.entries(values)) if (typeof value === 'string') ensureSeen(value, `--${flag} `, `--${flag}`);
    return { words: positionals, flags: values as Readonly<Record<string, string | boolean | undefined>> };
  } catch (error) {
    throw error instanceof Misuse ? error : new Misuse(wordsOfOptions(error as Error));
  }
}

/** Whatever is typed or pasted passes the rule of every other door before a command begins (kernel/text.ts). */
function ensureSeen(text: string, zh: string, en: string): void {
  const unseen = unseenProblem(text, { zh, en });
  if (unseen) throw new Misuse(`${unseen.zh} / ${unseen.en}`);
}

function failed(error: unknown, command: Command, write: (line: string) => void): number {
  if (error instanceof Misuse) {
    write(`${error.message}\n用法 usage: chaowei ${command.usage}`);
    return 2;
  }
  if (error instanceof ConfigurationError || error instanceof NotStarted) {
    write(error.message);
    return 1;
  }
  const state = sqlStateOf(error);
  if (state !== null) {
    write(`失败：数据库未能执行此命令（代码 ${state}） / failed: the database could not carry out the command (code ${state})`);
    return 1;
  }
  write(error instanceof Fault ? `${error.text.zh} / ${error.text.en}` : `失败 failed: ${(error as Error).message}`);
  return 1;
}

/** The five characters by which a database names its error, also where a driver wraps it; null where it is none. Its words hold statements and names that are nobody's business. */
function sqlStateOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  // The system's own codes, as EPERM, can be as long, but name a call.
  if (typeof code === 'string' && syscall === undefined && /^[0-9A-Z]{5}$/.test(code)) return code;
  return sqlStateOf(error.cause);
}

const usageOf = ({ usage, summary }: Command): string => `  chaowei ${usage}\n      ${summary}`;

function usage(): string {
  return ['chaowei <命令 command>', ...commands.map(usageOf), '  chaowei --version\n      版本号 prints the version'].join('\n');
}

function standardIo(): { out: (line: string) => void; err: (line: string) => void; environment: NodeJS.ProcessEnv } {
  return { out: line => void process.stdout.write(`${line}\n`), err: line => void process.stderr.write(`${line}\n`), environment: process.env };
}

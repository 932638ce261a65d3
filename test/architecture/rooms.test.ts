import { expect, test } from '@jest/globals';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve, dirname } from 'node:path';

/** The one total order of design.md, section 5. A room imports only from rooms before it, and only through their doors. */
const ORDER = ['kernel', 'platform', 'identity', 'facilities', 'sharing', 'availability', 'credit', 'billing', 'agreements', 'parking', 'discovery', 'complaints', 'oversight', 'exchange', 'server', 'demo'];
const SRC = resolve('src');
const DOORS = ['index.ts', 'platform/graphql/index.ts'];
/** The server's list invites the demo, the one room above it. */
const ASSEMBLY = ['server/rooms.ts', 'server/city-assembly.ts'];

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap(name => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : path.endsWith('.ts') ? [path] : [];
  });
}

const files = filesBelow(SRC).map(path => ({ path, name: relative(SRC, path), text: readFileSync(path, 'utf8') }));
const roomOf = (name: string): string | null => (name.includes('/') ? name.split('/')[0]! : null);
const importsOf = (text: string): string[] => [...text.matchAll(/(?:^|\n)\s*(?:import|export)[^;'"]*?from '([^']+)'|import\('([^']+)'\)|(?:^|\n)import '([^']+)'/g)].map(match => (match[1] ?? match[2] ?? match[3])!);
const localImportsOf = ({ path, text }: { path: string; text: string }): string[] => importsOf(text).filter(target => target.startsWith('.')).map(target => relative(SRC, resolve(dirname(path), target)).replace(/\.js$/, '.ts'));

test('every folder of src is a room of the order, or the web pages', () => {
  const folders = readdirSync(SRC).filter(name => statSync(join(SRC, name)).isDirectory());

  expect(folders.filter(folder => !ORDER.includes(folder) && folder !== 'console')).toEqual([]);
});

test('a room imports only from rooms below it', () => {
  const upward = files.flatMap(file => localImportsOf(file).flatMap(target => {
    const [from, to] = [roomOf(file.name), roomOf(target)];
    if (from === null || to === null || to === '..' || from === to || ASSEMBLY.includes(file.name)) return [];
    return ORDER.indexOf(to) < ORDER.indexOf(from) ? [] : [`${file.name} → ${target}`];
  }));

  expect(upward).toEqual([]);
});

test('a room imports another only through its door', () => {
  const past = files.flatMap(file => localImportsOf(file).flatMap(target => {
    const [from, to] = [roomOf(file.name), roomOf(target)];
    if (from === null || to === null || to === '..' || from === to) return [];
    return target === `${to}/${DOORS[0]}` || target === DOORS[1] ? [] : [`${file.name} → ${target}`];
  }));

  expect(past).toEqual([]);
});

test('rules are pure: they import the kernel, rules of their own room and types of lower doors, and read no clock, chance or process', () => {
  const rules = files.filter(({ name }) => /\/rules\//.test(name));
  const impure = rules.flatMap(file => [
    ...localImportsOf({ path: file.path, text: withoutTypeImports(file.text) }).filter(target => target !== 'kernel/index.ts' && !target.startsWith(`${roomOf(file.name)}/rules/`)).map(target => `${file.name} imports ${target}`),
    ...importsOf(file.text).filter(target => target.startsWith('node:')).map(target => `${file.name} imports ${target}`),
    ...[/\bDate\.now\(/, /new Date\(\)/, /Math\.random\(/, /\bprocess\./, /Temporal\.Now/].filter(pattern => pattern.test(file.text)).map(pattern => `${file.name} uses ${pattern.source}`),
  ]);

  expect(impure).toEqual([]);
});

/** A type leaves nothing behind in the compiled rule. */
function withoutTypeImports(text: string): string {
  return text.replaceAll(/import type [^;]*;/g, '');
}

test('the kernel reads no clock either, and imports no room', () => {
  const kernel = files.filter(({ name }) => roomOf(name) === 'kernel');

  expect(kernel.filter(({ text }) => /\bDate\.now\(|new Date\(\)|Math\.random\(|Temporal\.Now/.test(text)).map(({ name }) => name)).toEqual([]);
});

/** These bring a database up and migrate it: what they say stands before any table does. */
const BRINGS_UP = ['platform/embedded-database.ts', 'platform/migrate.ts', 'platform/migration.ts'];

test('raw SQL stands in *.sql.ts: no other file writes a statement, or hands a text to what runs one', () => {
  const statement = /[`'"]\s*(?:select\s[\s\S]{0,200}?\sfrom|insert into|update\s+\w+\s+set|delete from)\s/i;
  const handed = /\.(?:query|queryPrepared|exec)(?:<[^()]*>)?\(\s*[`'"]|\bone(?:<[^()]*>)?\(\s*[\w.]+,\s*[`'"]/;
  const elsewhere = files.filter(({ name, text }) => !name.endsWith('.sql.ts') && !BRINGS_UP.includes(name) && (statement.test(text) || handed.test(text)));

  expect(elsewhere.map(({ name }) => name)).toEqual([]);
});

test('a file has at most 300 lines', () => {
  expect(files.map(({ name, text }) => ({ name, lines: text.split('\n').length - 1 })).filter(({ lines }) => lines > 300)).toEqual([]);
});

test('there is no folder for leftovers', () => {
  expect(files.filter(({ name }) => /(^|\/)(utils?|common|helpers?|services?|shared)\//.test(name)).map(({ name }) => name)).toEqual([]);
});

test('a door opens at most 25 values besides types and entities', () => {
  const doors = files.filter(({ name }) => /^[a-z]+\/index\.ts$/.test(name) && roomOf(name) !== 'platform' && roomOf(name) !== 'kernel').map(({ name, text }) => {
    const values = [...text.matchAll(/export \{([^}]*)\}/g)].flatMap(match => match[1]!.split(',')).map(value => value.trim()).filter(value => value !== '' && !value.startsWith('type '));
    return { name, values: values.filter(value => !/^[A-Z][A-Za-z]*$/.test(value)).length };
  });

  expect(doors.filter(({ values }) => values > 25)).toEqual([]);
});

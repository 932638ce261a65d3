import { expect, test } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import type { GraphQLInterfaceType, GraphQLResolveInfo } from 'graphql';
import { KERNEL_REFUSALS, REMEDIES, type RefusalTable } from '../../src/kernel/index.js';
import { rooms } from '../../src/server/rooms.js';
import { assembleSchema, refusalsOf } from '../../src/server/schema.js';

const ORDER = ['kernel', 'platform', ...rooms.map(({ name }) => name)];
const tables: ReadonlyArray<readonly [room: string, table: RefusalTable]> = [['kernel', KERNEL_REFUSALS], ...rooms.flatMap(({ name, refusals }) => (refusals ? [[name, refusals] as const] : []))];
const declared = tables.flatMap(([room, table]) => Object.entries(table).map(([code, words]) => ({ room, code, ...words })));
const sources = globSync('**/*.ts', { cwd: 'src' }).filter(path => !/(?:^|\/)(?:kernel-)?refusals\.ts$/.test(path)).map(path => ({ room: path.split(/[\\/]/)[0]!, path, text: readFileSync(`src/${path}`, 'utf8') }));

test('a code is declared once, in one room', () => {
  const codes = declared.map(({ code }) => code);

  expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  expect(Object.keys(refusalsOf(assembleSchema(rooms))).sort()).toEqual([...codes].sort());
});

test('what is refused alike has one code: no two have the same words, nor names of the same words', () => {
  const bare = ({ zh }: { readonly zh: string }): string => zh.replaceAll(/[…“”\s]/g, '');
  const named = ({ code }: { readonly code: string }): string => code.split('_').sort().join(' ');
  const twins = [bare, named].flatMap(of => [...Map.groupBy(declared, of).values()].filter(alike => alike.length > 1));

  expect(twins.map(alike => alike.map(({ room, code }) => `${room} ${code}`))).toEqual([]);
});

test('every code that is declared is one that the room, or a room above it, refuses with', () => {
  const unused = declared.filter(({ room, code }) => !sources.some(source => source.text.includes(`'${code}'`) && ORDER.indexOf(source.room) >= ORDER.indexOf(room)));

  expect(unused.map(({ room, code }) => `${room} ${code}`)).toEqual([]);
});

// That a code in use is declared is the compiler's to say: `problem` takes no other. It cannot say from which room.
test('a room refuses with codes of its own and of rooms below it', () => {
  const home = new Map(declared.map(({ room, code }) => [code, ORDER.indexOf(room)]));
  const above = sources.flatMap(({ room, path, text }) => [...text.matchAll(/\bproblem\('([A-Z][A-Z0-9_]*)'/g)].map(match => match[1]!).filter(code => !(home.get(code)! <= ORDER.indexOf(room))).map(code => `${path} ${code}`));

  expect(above).toEqual([]);
});

test('a code has words in both languages, without the values of one case, and says what can be done', () => {
  const poor = declared.filter(({ zh, en, remedy }) => !/[\u4e00-\u9fff]/.test(zh) || !/[a-z]{2}/.test(en) || /[\u4e00-\u9fff。]/.test(en) || /\$\{|undefined/.test(zh + en) || !Object.hasOwn(REMEDIES, remedy));

  expect(poor.map(({ code }) => code)).toEqual([]);
});

test('every refusal of the schema says what can be done, as its code does; a code of an old row says nothing', () => {
  const schema = assembleSchema(rooms);
  const types = schema.getPossibleTypes(schema.getType('UserError') as GraphQLInterfaceType);
  const remedies = (code: string): readonly unknown[] => types.map(type => type.getFields().remedy!.resolve!({ code }, {}, { signal: null }, {} as GraphQLResolveInfo));

  expect(types.length).toBeGreaterThan(5);
  expect(new Set(remedies('VERSION_MOVED'))).toEqual(new Set(['READ_AGAIN']));
  expect(new Set(remedies('toString'))).toEqual(new Set([null]));
});

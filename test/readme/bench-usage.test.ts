import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

const bench = (...words: readonly string[]): { readonly status: number | null; readonly stdout: string; readonly stderr: string } => spawnSync(process.execPath, ['bench/run.mjs', ...words], { encoding: 'utf8' });

test('a bench says how it is called to whoever asks', () => {
  const { status, stdout } = bench('--help');

  expect([status, stdout.split('\n')[0]]).toEqual([0, '用法 / usage:']);
});

test.each([
  [[], '须写明量什么：nearby, fan-out, ingest, booking / say what to measure: nearby, fan-out, ingest, booking'],
  [['toString'], "没有“toString”，只有 nearby, fan-out, ingest, booking，一次一项 / there is no 'toString': one of nearby, fan-out, ingest, booking at a time"],
  [['nearby', '--bogus'], '没有选项 --bogus / there is no option --bogus'],
  [['nearby', '--rounds'], '选项 --rounds 缺值或多值 / the option --rounds lacks its value, or takes none'],
  [['nearby', '--rounds', '0'], "--rounds 须为正整数，收到“0” / --rounds takes a whole number above 0; got '0'"],
])('what is asked wrongly of a bench is exit code 2, in words: %j', (words, told) => {
  const { status, stdout, stderr } = bench(...words);

  expect([status, stdout, stderr.split('\n').slice(0, 2)]).toEqual([2, '', [told, '用法 / usage:']]);
});

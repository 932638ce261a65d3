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
  [['nearby', '--rounds'], '--rounds 须有值；值以 - 开头时写作 --rounds=值 / --rounds needs a value; one that begins with - is written --rounds=VALUE'],
  [['nearby', '--quick=1'], '--quick 不带值 / --quick takes no value'],
  [['fan-out', '--setups', 'hot-1000,unknown'], "--setups 没有“unknown”，只有 hot-1000, hot-5000, boxes-5000, idle-5000, trickle-10000, ends-1000 / --setups knows no 'unknown', only hot-1000, hot-5000, boxes-5000, idle-5000, trickle-10000, ends-1000"],
  [['fan-out', '--contenders', 'x'], "--contenders 没有“x”，只有 floor-raw, floor-gathered, stock, chaowei / --contenders knows no 'x', only floor-raw, floor-gathered, stock, chaowei"],
  [['nearby', '--rounds', '0'], "--rounds 须为正整数，收到“0” / --rounds takes a whole number above 0; got '0'"],
])('what is asked wrongly of a bench is exit code 2, in words: %j', (words, told) => {
  const { status, stdout, stderr } = bench(...words);

  expect([status, stdout, stderr.split('\n').slice(0, 2)]).toEqual([2, '', [told, '用法 / usage:']]);
});

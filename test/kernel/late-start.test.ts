import { expect, test } from '@jest/globals';
import { lateStartProblem } from '../../src/kernel/index.js';

const NOW = Date.parse('2026-02-13T18:00:00+08:00');

test('a stay begins now or later; five minutes are given to a request on its way', () => {
  expect([lateStartProblem(NOW + 1, NOW), lateStartProblem(NOW, NOW), lateStartProblem(NOW - 300_000, NOW)]).toEqual([null, null, null]);
  expect(lateStartProblem(NOW - 300_001, NOW)).toEqual({ code: 'STAY_IN_THE_PAST', zh: '开始时间早于现在 6 分钟', en: 'the stay would have begun 6 minutes ago', field: 'during.startsAt' });
});

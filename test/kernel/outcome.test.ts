import { expect, test } from '@jest/globals';
import { assertNever, done, isRefusal, problem, refuse } from '../../src/kernel/index.js';

test('a refusal carries every problem of the input, and never none', () => {
  const first = problem('DATE_INVALID', { zh: '甲', en: 'a', field: 'x' });
  const second = problem('TIME_INVALID', { zh: '乙', en: 'b' });

  expect(refuse([first, second])).toEqual({ ok: false, problems: [first, second] });
  expect(refuse(first)).toEqual({ ok: false, problems: [first] });
  expect(() => refuse([])).toThrow('at least one problem');
});

test('a value is told from a refusal, and what is not given leaves no key behind', () => {
  expect(isRefusal(done(1))).toBe(false);
  expect(isRefusal(refuse(problem('DATE_INVALID', { zh: '甲', en: 'a' })))).toBe(true);
  expect(isRefusal(null)).toBe(false);
  expect(Object.keys(problem('DATE_INVALID', { zh: '甲', en: 'a', field: undefined }))).toEqual(['code', 'zh', 'en']);
});

test('an impossible value is a defect and throws with the value', () => {
  expect(() => assertNever('LOT' as never)).toThrow('"LOT"');
});

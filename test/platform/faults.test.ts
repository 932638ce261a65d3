import { expect, test } from '@jest/globals';
import { notFound } from '../../src/platform/graphql/index.js';

test('what is not there is told in one language at a time, by the word of the glossary', () => {
  const { text, extensions } = notFound('window', 'win_1');

  expect(text).toEqual({ zh: '未找到共享时段 win_1', en: 'the sharing window win_1 was not found' });
  expect(extensions).toEqual({ code: 'NOT_FOUND', id: 'win_1' });
});

test('of a text that is no id its beginning is told', () => {
  expect(notFound('city', '泉'.repeat(60)).text.zh).toBe(`未找到城市 ${'泉'.repeat(40)}`);
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { counted, reasonProblem, textProblem, unseenCharacter, unseenProblem, withUnseenNamed } from '../../src/kernel/text.js';

const RULE = { zh: '原因', en: 'a reason', field: 'reason', minimum: 1, maximum: 5 };

test.each([['tab', '\t', 'U+0009'], ['new line', '\n', 'U+000A'], ['nothing', '\0', 'U+0000'], ['delete', '\u007F', 'U+007F'], ['C1', '\u0085', 'U+0085'], ['override', '\u202E', 'U+202E'], ['embedding', '\u202A', 'U+202A'], ['isolate', '\u2066', 'U+2066'], ['its end', '\u2069', 'U+2069'],
  ['soft hyphen', '\u00AD', 'U+00AD'], ['no width', '\u200B', 'U+200B'], ['non-joiner', '\u200C', 'U+200C'], ['joiner', '\u200D', 'U+200D'], ['mark', '\u200F', 'U+200F'], ['word joiner', '\u2060', 'U+2060'], ['invisible plus', '\u2064', 'U+2064'], ['byte order mark', '\uFEFF', 'U+FEFF'],
  ['first half', '\uD83C', 'U+D83C'], ['second half', '\uDFFF', 'U+DFFF']])('%s cannot be seen, and is named', (_name, character, named) => {
  expect(unseenCharacter(`泊${character}位`)).toBe(named);
  expect(textProblem(`泊${character}位`, RULE)).toEqual({ code: 'TEXT_CHARACTERS', zh: `原因含有不可见的控制字符 ${named}`, en: `a reason has the control character ${named}, which nobody can see`, field: 'reason' });
});

test('what can be read is kept: Chinese, accents, emoji, and the neighbours of what cannot', () => {
  for (const text of ['泊位被占', 'Île-de-France', '🅿️ 车', '𠮷田', '\u0020', '\u00A0', '\u00AE', '\u200A', '\u2010', '\u2029', '\u202F', '\u2065', '\u206A', '~']) expect(unseenCharacter(text)).toBeNull();
});

test('a text is as long as its rule says, without the blanks around it', () => {
  expect(textProblem('  ', RULE)).toEqual({ code: 'TEXT_LENGTH', zh: '原因须为 1–5 字，收到 0 字', en: 'a reason has 1 to 5 characters; this has 0', field: 'reason' });
  expect(textProblem('一二三四五六', { ...RULE, code: 'REASON_INVALID', clause: '4.5-7' })).toMatchObject({ code: 'REASON_INVALID', zh: '原因须为 1–5 字，收到 6 字', clause: '4.5-7' });
  expect(textProblem('一二三四五六', { ...RULE, minimum: 0 })).toMatchObject({ zh: '原因至多 5 字，收到 6 字', en: 'a reason has at most 5 characters; this has 6' });
  expect([textProblem('', { ...RULE, minimum: 0 }), textProblem(' 一二三四五 ', RULE)]).toEqual([null, null]);
});

test('a text of blanks and of what nobody can see is none', () => {
  for (const text of ['\u200B', ' \u2060 \u3000', '\uFEFF\uFEFF\u00AD', '\uD800', '\0\u202E']) {
    expect(textProblem(text, RULE)).toMatchObject({ code: 'TEXT_LENGTH', zh: '原因须为 1–5 字，收到 0 字' });
    expect(textProblem(text, { ...RULE, minimum: 0 })).toMatchObject({ code: 'TEXT_CHARACTERS' });
  }
});

test('why something is done is said in 1 to 500 characters', () => {
  expect([reasonProblem(''), reasonProblem('长'.repeat(501))].map(each => each!.code)).toEqual(['REASON_INVALID', 'REASON_INVALID']);
  expect(reasonProblem('长'.repeat(500))).toBeNull();
});

test('no character of the refused ranges gets through, and every other one does', () => {
  const isRefused = (point: number): boolean => point < 0x20 || (point >= 0x7f && point <= 0x9f) || point === 0xad || (point >= 0x200b && point <= 0x200f) || (point >= 0x202a && point <= 0x202e) || (point >= 0x2060 && point <= 0x2069 && point !== 0x2065) || (point >= 0xd800 && point <= 0xdfff) || point === 0xfeff;
  fc.assert(fc.property(fc.oneof(fc.integer({ min: 0, max: 0x2100 }), fc.integer({ min: 0, max: 0x1ffff })), point => (unseenCharacter(String.fromCodePoint(point)) !== null) === isRefused(point)));
});

test('a foreign text is shown with what nobody can see by its name, and told of without a length or a field', () => {
  expect(withUnseenNamed('停\u202E车\u0000\uD800🅿️ 场')).toBe('停‹U+202E›车‹U+0000›‹U+D800›🅿️ 场');
  expect(unseenProblem('停\u202E车', { zh: '此值', en: 'this value' })).toEqual({ code: 'TEXT_CHARACTERS', zh: '此值含有不可见的控制字符 U+202E', en: 'this value has the control character U+202E, which nobody can see' });
  expect(unseenProblem('停'.repeat(9_999), { zh: '此值', en: 'this value' })).toBeNull();
});

test('one of a thing is one thing', () => {
  expect([0, 1, 2].map(count => counted(count, 'space'))).toEqual(['0 spaces', '1 space', '2 spaces']);
});

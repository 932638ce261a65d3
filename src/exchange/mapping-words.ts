import type { z } from 'zod';
import { problem, type Problem } from '../kernel/index.js';

interface Words {
  readonly zh: string;
  readonly en: string;
}

/** What each place of a mapping holds, as whoever writes one is told. */
const EXPECTED: Readonly<Record<string, Words>> = {
  object: { zh: '一组“名称: 值”', en: 'names with their values' },
  record: { zh: '一组“名称: 值”', en: 'names with their values' },
  array: { zh: '列表', en: 'a list' },
  string: { zh: '文字', en: 'a text' },
  number: { zh: '数', en: 'a number' },
};

/** Texts of a form of their own. */
const FORMS: Readonly<Record<string, Words>> = {
  city: { zh: '6 位数字或大写字母，如 350500', en: 'six digits or capital letters, as 350500' },
  observedOn: { zh: 'YYYY-MM-DD 且确有此日', en: 'an existing day, written YYYY-MM-DD' },
  delimiter: { zh: '一个字符', en: 'one character' },
};

/** What is wrong with a mapping, in our words and not in the library's, by its path in the file. */
export function mappingProblem(issue: z.core.$ZodIssue): Problem {
  const path = issue.path.map(String).join('.');
  const { zh, en } = wordsOf(issue, path);
  const at = path === '' ? { zh: '映射文件', en: 'the mapping' } : { zh: `映射文件的 ${path} `, en: `${path} of the mapping` };
  return problem('MAPPING_INVALID', { zh: `${at.zh}${zh}`, en: `${at.en} ${en}`, field: path === '' ? 'mapping' : `mapping.${path}` });
}

function wordsOf(issue: z.core.$ZodIssue, path: string): Words {
  if (issue.code === 'custom') return issue.params as unknown as Words;
  const form = FORMS[path];
  if (issue.code === 'unrecognized_keys') return { zh: `不应有 ${issue.keys.join('、')}`, en: `has ${issue.keys.join(', ')}, which nothing reads` };
  if (isNothing(issue.input)) return path === '' ? { zh: '是空的', en: 'is empty' } : { zh: '缺失', en: 'is missing' };
  if (issue.code === 'invalid_value') return { zh: `须为 ${issue.values.join('、')} 之一，收到“${shown(issue.input)}”`, en: `is one of ${issue.values.join(', ')}; got '${shown(issue.input)}'` };
  const expected = form ?? (issue.code === 'invalid_type' ? EXPECTED[issue.expected] : undefined);
  if (expected) return { zh: `须为${expected.zh}，收到“${shown(issue.input)}”`, en: `must be ${expected.en}; got '${shown(issue.input)}'` };
  if (issue.code === 'too_big') return { zh: `至多 ${issue.maximum} 项`, en: `holds at most ${issue.maximum}` };
  return { zh: '不合要求', en: 'is not as required' };
}

const isNothing = (input: unknown): boolean => input === undefined || input === null;
const shown = (input: unknown): string => (typeof input === 'string' ? input : (JSON.stringify(input) ?? '')).slice(0, 40);

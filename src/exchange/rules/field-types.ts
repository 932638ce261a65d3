import { done, localTime, problem, refuse, unseenProblem, type Outcome, type Problem, type RefusalCode } from '../../kernel/index.js';
import { asNumber, type Value } from './expression.js';
import { parseHours } from './opening-hours.js';

/** What a field of a draft may hold, and so how its text is read. */
export type FieldType =
  | { readonly kind: 'TEXT' | 'CODE' | 'INTEGER' | 'NUMBER' | 'DATE' | 'YES_NO' | 'TIME' | 'HOURS' | 'RANGES' | 'POINTS' | 'TEXTS' }
  | { readonly kind: 'CHOICE'; readonly of: readonly string[] };

const YES = ['true', 'yes', 'y', '1', '是', '有'];
const NO = ['false', 'no', 'n', '0', '否', '无', '無'];

/** A value as its field wants it, or what is wrong with it, naming the value; null stays null: unknown is never a zero. */
export function readField(type: FieldType, value: Value): Outcome<unknown> {
  if (value === null) return done(null);
  switch (type.kind) {
    case 'TEXT':
    case 'CODE':
      return readText(String(value));
    case 'INTEGER':
      return readInteger(value);
    case 'NUMBER':
      return readNumber(value);
    case 'DATE':
      return readDate(String(value));
    case 'YES_NO':
      return readYesNo(value);
    case 'TIME':
      return readTime(String(value));
    case 'HOURS':
      return parseHours(String(value));
    case 'RANGES':
      return readRanges(String(value));
    case 'POINTS':
      return readPoints(String(value));
    case 'TEXTS':
      return readTexts(String(value).split(/[;；]/).map(part => part.trim()).filter(part => part !== ''));
    case 'CHOICE':
      return readChoice(String(value), type.of);
  }
}

const TEXT = { zh: '此值', en: 'this value' };

/** A text that is kept is one that can be read, whichever door it comes by; how long it may be is its own rule's to say. */
function readText(text: string): Outcome<string> {
  const unseen = unseenProblem(text, TEXT);
  return unseen ? refuse(unseen) : done(text);
}

function readTexts(texts: readonly string[]): Outcome<readonly string[]> {
  const problems = texts.flatMap(text => unseenProblem(text, TEXT) ?? []);
  return problems.length === 0 ? done(texts) : refuse(problems);
}

function readNumber(value: Value): Outcome<number> {
  const number = asNumber(value);
  return number === null ? refuse(wrong('NOT_A_NUMBER', value, '不是数字', 'is no number')) : done(number);
}

function readInteger(value: Value): Outcome<number> {
  const number = asNumber(value);
  if (number === null) return refuse(wrong('NOT_A_NUMBER', value, '不是数字', 'is no number'));
  if (!Number.isSafeInteger(number)) return refuse(wrong('NOT_WHOLE', value, '不是整数', 'is no whole number'));
  return number < 0 ? refuse(wrong('NEGATIVE', value, '不能为负', 'is negative')) : done(number);
}

function readDate(text: string): Outcome<string> {
  const plain = text.replace(/^(\d{4})[/.](\d{1,2})[/.](\d{1,2})$/, (_, year: string, month: string, day: string) => `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
  const read = localTime.parseDay(plain);
  return read.ok ? done(plain) : read;
}

function readTime(text: string): Outcome<number> {
  const plain = text.replace(/^(\d):/, '0$1:').replace(/^(\d{2}:\d{2}):00$/, '$1');
  return localTime.parseTime(plain, { asEnd: true });
}

function readYesNo(value: Value): Outcome<boolean> {
  const text = String(value).toLowerCase();
  if (YES.includes(text)) return done(true);
  return NO.includes(text) ? done(false) : refuse(wrong('NOT_YES_NO', value, '不是“是/否”', 'is neither yes nor no'));
}

function readChoice(text: string, of: readonly string[]): Outcome<string> {
  if (of.includes(text)) return done(text);
  return refuse(problem('UNKNOWN_VALUE', { zh: `“${text}”不在可选值之内：${of.join('、')}；可在映射的 values 中对应`, en: `'${text}' is none of ${of.join(', ')}: translate it in the mapping's values` }));
}

/** Local ranges of every day, written 'HH:MM-HH:MM', one after another behind semicolons. */
function readRanges(text: string): Outcome<ReadonlyArray<{ readonly fromMinute: number; readonly untilMinute: number }>> {
  const problems: Problem[] = [];
  const ranges = text.split(/[;；]/).map(part => part.trim()).filter(part => part !== '').flatMap(part => {
    const [from, until, ...rest] = part.split('-').map(each => readTime(each.trim()));
    if (from?.ok && until?.ok && rest.length === 0) return [{ fromMinute: from.value, untilMinute: until.value }];
    problems.push(wrong('NOT_A_RANGE', part, '应写作“22:00-06:00”', "should be written '22:00-06:00'"));
    return [];
  });
  return problems.length === 0 ? done(ranges) : refuse(problems);
}

/** Points written 'longitude latitude', one after another behind semicolons. */
function readPoints(text: string): Outcome<ReadonlyArray<{ readonly longitude: number; readonly latitude: number }>> {
  const problems: Problem[] = [];
  const points = text.split(/[;；|]/).map(part => part.trim()).filter(part => part !== '').flatMap(part => {
    const [longitude, latitude, ...rest] = part.split(/[\s,]+/).map(each => asNumber(each));
    if (longitude !== null && longitude !== undefined && latitude !== null && latitude !== undefined && rest.length === 0) return [{ longitude, latitude }];
    problems.push(wrong('NOT_A_POINT', part, '应写作“经度 纬度”', "should be written 'longitude latitude'"));
    return [];
  });
  return problems.length === 0 ? done(points) : refuse(problems);
}

function wrong(code: RefusalCode, value: Value, zh: string, en: string): Problem {
  return problem(code, { zh: `“${value}”${zh}`, en: `'${value}' ${en}` });
}

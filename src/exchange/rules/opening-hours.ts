import { done, problem, refuse, type DayRule, type DaySelector, type DayType, type Outcome } from '../../kernel/index.js';

const MINUTES_A_DAY = 1440;
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];

type Token =
  | { readonly kind: 'WEEKDAY'; readonly day: number }
  | { readonly kind: 'DAY_TYPES'; readonly types: readonly DayType[] }
  | { readonly kind: 'EVERY_DAY' | 'EVE' | 'WHOLE_DAY' | 'DASH' | 'NEXT_DAY' | 'COMMA' | 'END' }
  | { readonly kind: 'MINUTE'; readonly minute: number };

/** What a pattern at the reading point means; the first that fits wins, so the longer ones stand first. */
const LEXICON: ReadonlyArray<readonly [RegExp, (match: RegExpExecArray) => Token | null]> = [
  [/24小[时時]|24 ?HOURS|24\/7|全天|全日|WHOLE DAY/y, () => ({ kind: 'WHOLE_DAY' })],
  [/(?:周|週|星期|礼拜|禮拜)([一二三四五六日天])/y, match => ({ kind: 'WEEKDAY', day: chineseDay(match[1]!) })],
  [/MON(?:DAY)?|TUE(?:SDAY)?|WED(?:NESDAY)?|THU(?:RSDAY)?|FRI(?:DAY)?|SAT(?:URDAY)?|SUN(?:DAY)?|MO|TU|WE|TH|FR|SA|SU/y, match => ({ kind: 'WEEKDAY', day: ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'].indexOf(match[0].slice(0, 2)) + 1 })],
  [/法定节假日|PH|HOLIDAYS?/y, () => ({ kind: 'DAY_TYPES', types: ['HOLIDAY'] })],
  [/节假日|節假日|例假日|假日/y, () => ({ kind: 'DAY_TYPES', types: ['REST', 'HOLIDAY'] })],
  [/工作日|平日|WORKDAYS?/y, () => ({ kind: 'DAY_TYPES', types: ['WORKDAY', 'MAKEUP_WORKDAY'] })],
  [/每日|每天|DAILY/y, () => ({ kind: 'EVERY_DAY' })],
  [/休息日前夕|EVE OF REST/y, () => ({ kind: 'EVE' })],
  [/次日|翌日|隔日|NEXT DAY/y, () => ({ kind: 'NEXT_DAY' })],
  [/(\d{1,2})[:.](\d{2})(?::00)? ?(AM|PM)?/y, match => clock(match[1]!, match[2]!, match[3])],
  [/(\d{1,2})[时時点點] ?(?:(\d{1,2}) ?分)?/y, match => clock(match[1]!, match[2] ?? '0')],
  [/(\d{2})(\d{2})(?!\d)/y, match => clock(match[1]!, match[2]!)],
  [/(\d{1,2}) ?(AM|PM)?(?!\d)/y, match => clock(match[1]!, '0', match[2])],
  [/[-~–—至到]|TO\b/y, () => ({ kind: 'DASH' })],
  [/[,、&和]/y, () => ({ kind: 'COMMA' })],
  [/[;。\n]/y, () => ({ kind: 'END' })],
  [/([一二三四五六日天])/y, match => ({ kind: 'WEEKDAY', day: chineseDay(match[1]!) })],
];

/**
 * Opening hours as people write them, such as '18:00-07:30', '24小時', '周一至周五 18:00-次日07:30；周末全天' or 'SUN & PH
 * 7AM-10.30PM'. An end not after its start lies on the next day; equal ends are the whole day. What is not understood to the
 * last character is refused: a guess would send a driver to a closed gate.
 */
export function parseHours(text: string): Outcome<readonly DayRule[]> {
  const tokens = tokensOf(text.normalize('NFKC').toUpperCase().replace(/周末|週末|WEEKENDS?/g, '周六、周日').trim());
  const rules = tokens === null ? null : rulesOf(tokens);
  if (rules !== null && rules.length > 0) return done(rules);
  return refuse(problem('HOURS_NOT_UNDERSTOOD', { zh: `时段“${text}”无法识别，可写作“周一至周五 18:00-次日07:30；周末 全天”`, en: `the hours '${text}' are not understood: write them like 'Mon-Fri 18:00-07:30; weekends 24 hours'` }));
}

function tokensOf(text: string): readonly Token[] | null {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === ' ' || text[at] === '\t') {
      at += 1;
      continue;
    }
    const found = read(text, at);
    if (found === null) return null;
    tokens.push(found.token);
    at = found.next;
  }
  return tokens;
}

function read(text: string, at: number): { readonly token: Token; readonly next: number } | null {
  for (const [pattern, meaning] of LEXICON) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) continue;
    const token = meaning(match);
    return token === null ? null : { token, next: at + match[0].length };
  }
  return null;
}

function chineseDay(character: string): number {
  return character === '天' ? 7 : '一二三四五六日'.indexOf(character) + 1;
}

function clock(hours: string, minutes: string, half?: string): Token | null {
  const [hour, minute] = [Number(hours), Number(minutes)];
  if (minute > 59 || (half !== undefined && (hour < 1 || hour > 12))) return null;
  const onClock = half === undefined ? hour : (hour % 12) + (half === 'PM' ? 12 : 0);
  const total = onClock * 60 + minute;
  return total > MINUTES_A_DAY ? null : { kind: 'MINUTE', minute: total };
}

interface Reading {
  weekdays: number[];
  readonly others: DaySelector[];
  /** Whether a range stood behind these days already: the next day name then begins a new list. */
  isServed: boolean;
}

function rulesOf(tokens: readonly Token[]): readonly DayRule[] | null {
  const rules: DayRule[] = [];
  let days: Reading = { weekdays: [], others: [], isServed: false };
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at]!;
    if (token.kind === 'COMMA' || token.kind === 'END') {
      at += 1;
      continue;
    }
    const named = daysAt(tokens, at);
    if (named !== null) {
      // 'SUN & PH FR 7AM' means 'from', not Friday: two names of days stand apart by a comma, or nothing is understood.
      if (at > 0 && !mayPrecedeDays(tokens[at - 1]!)) return null;
      if (days.isServed) days = { weekdays: [], others: [], isServed: false };
      days.weekdays.push(...named.weekdays);
      days.others.push(...named.others);
      at = named.next;
      continue;
    }
    const span = spanAt(tokens, at);
    if (span === null) return null;
    rules.push(...selectorsOf(days).map(selector => ({ days: selector, from: { minute: span.from }, until: { durationMinutes: span.minutes } })));
    days.isServed = true;
    at = span.next;
  }
  return days.isServed ? rules : null;
}

function mayPrecedeDays({ kind }: Token): boolean {
  return kind === 'COMMA' || kind === 'END' || kind === 'MINUTE' || kind === 'WHOLE_DAY';
}

function selectorsOf({ weekdays, others }: Reading): readonly DaySelector[] {
  const distinct = [...new Set(weekdays)].sort((a, b) => a - b);
  if (distinct.length === 0 && others.length === 0) return [{ weekdays: EVERY_DAY }];
  return distinct.length === 0 ? others : [{ weekdays: distinct }, ...others];
}

interface NamedDays {
  readonly weekdays: readonly number[];
  readonly others: readonly DaySelector[];
  readonly next: number;
}

function daysAt(tokens: readonly Token[], at: number): NamedDays | null {
  const token = tokens[at]!;
  if (token.kind === 'EVERY_DAY') return { weekdays: EVERY_DAY, others: [], next: at + 1 };
  if (token.kind === 'EVE') return { weekdays: [], others: [{ eveOfRest: true }], next: at + 1 };
  if (token.kind === 'DAY_TYPES') return { weekdays: [], others: [{ dayTypes: token.types }], next: at + 1 };
  if (token.kind !== 'WEEKDAY') return null;
  const last = tokens[at + 2];
  if (tokens[at + 1]?.kind !== 'DASH' || last?.kind !== 'WEEKDAY') return { weekdays: [token.day], others: [], next: at + 1 };
  const length = ((last.day - token.day + 7) % 7) + 1;
  return { weekdays: Array.from({ length }, (_, step) => ((token.day - 1 + step) % 7) + 1), others: [], next: at + 3 };
}

function spanAt(tokens: readonly Token[], at: number): { readonly from: number; readonly minutes: number; readonly next: number } | null {
  const [first, dash] = [tokens[at]!, tokens[at + 1]];
  if (first.kind === 'WHOLE_DAY') return { from: 0, minutes: MINUTES_A_DAY, next: at + 1 };
  if (first.kind !== 'MINUTE' || first.minute === MINUTES_A_DAY || dash?.kind !== 'DASH') return null;
  const isNextDay = tokens[at + 2]?.kind === 'NEXT_DAY';
  const end = tokens[at + (isNextDay ? 3 : 2)];
  if (end?.kind !== 'MINUTE') return null;
  const crosses = isNextDay || end.minute <= first.minute;
  return { from: first.minute, minutes: end.minute - first.minute + (crosses ? MINUTES_A_DAY : 0), next: at + (isNextDay ? 4 : 3) };
}

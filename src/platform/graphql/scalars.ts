import { GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { Fault, badInput, type Bilingual } from './faults.js';

const SAFE = Number.MAX_SAFE_INTEGER;
const DISPLAY_OFFSET_MS = 8 * 3_600_000;

function refused(text: Bilingual): never {
  throw badInput(text);
}

/** What is wrong with a literal is told with its place in the query: a query may hold five times. */
const literal = <T>(parse: (node: ValueNode) => T) => (node: ValueNode): T => {
  try {
    return parse(node);
  } catch (error) {
    throw error instanceof Fault ? error.at(node) : error;
  }
};

function textOf(node: ValueNode, what: string): string {
  return node.kind === Kind.STRING ? node.value : refused({ zh: `${what} 须为字符串`, en: `${what} must be a string` });
}

function parseInstant(value: unknown): number {
  if (typeof value !== 'string') refused({ zh: '时间须为带时区偏移的 RFC 3339 字符串', en: 'an instant must be an RFC 3339 string with an offset' });
  // Temporal would also take ISO forms that RFC 3339 has not (a bracketed zone, a missing second): the shape is checked first.
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i.test(value)) {
    refused({ zh: `时间“${value.slice(0, 40)}”须带日期、时刻与偏移，如 2026-02-13T18:00:00+08:00`, en: `'${value.slice(0, 40)}' must have a date, a time and an offset, as 2026-02-13T18:00:00+08:00` });
  }
  try {
    return Temporal.Instant.from(value).epochMilliseconds;
  } catch {
    return refused({ zh: `不存在的时间 ${value.slice(0, 40)}`, en: `there is no instant ${value.slice(0, 40)}` });
  }
}

const DAY_MS = 86_400_000;
const dates = new Map<number, string>();

/** The date of a day since 1970, remembered: an answer names few days, and each many times. */
function dateText(day: number): string {
  const known = dates.get(day);
  if (known !== undefined) return known;
  if (dates.size >= 1_000) dates.clear();
  const text = new Date(day * DAY_MS).toISOString().slice(0, -14);
  dates.set(day, text);
  return text;
}

const twoDigits = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, '0'));

/** Writes an instant with Beijing's offset, whole seconds where it is one: `2026-02-13T18:00:00+08:00`. */
export function formatInstant(value: number | Date): string {
  const shifted = Math.trunc(Number(value)) + DISPLAY_OFFSET_MS;
  const day = Math.floor(shifted / DAY_MS);
  const inDay = shifted - day * DAY_MS;
  const milliseconds = inDay % 1_000;
  const seconds = (inDay - milliseconds) / 1_000;
  const clock = `${twoDigits[Math.floor(seconds / 3_600)]}:${twoDigits[Math.floor(seconds / 60) % 60]}:${twoDigits[seconds % 60]}`;
  return `${dateText(day)}T${clock}${milliseconds === 0 ? '' : `.${String(milliseconds).padStart(3, '0')}`}+08:00`;
}

/** An instant: RFC 3339 with an offset in, epoch milliseconds inside. */
export const InstantScalar = new GraphQLScalarType<number, string>({
  name: 'Instant',
  description: '时刻：RFC 3339，必须带偏移，如 2026-02-13T18:00:00+08:00；输出用 +08:00。An instant, RFC 3339 with an offset (a naive time is refused); written with +08:00.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: value => formatInstant(value as number | Date),
  parseValue: parseInstant,
  parseLiteral: literal(node => parseInstant(textOf(node, 'Instant'))),
});

function parseLocalDate(value: unknown): string {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) refused({ zh: '日期须形如 2026-02-13', en: 'a date must look like 2026-02-13' });
  try {
    return Temporal.PlainDate.from(value, { overflow: 'reject' }).toString();
  } catch {
    return refused({ zh: `不存在的日期 ${value}`, en: `there is no date ${value}` });
  }
}

/** A civil date of the facility's zone, as ISO text. */
export const LocalDateScalar = new GraphQLScalarType<string, string>({
  name: 'LocalDate',
  description: '日期（设施所在时区的民用日期），如 2026-02-13。A civil date in the zone of the facility.',
  serialize: value => String(value),
  parseValue: parseLocalDate,
  parseLiteral: literal(node => parseLocalDate(textOf(node, 'LocalDate'))),
});

function parseLocalTime(value: unknown): number {
  const match = typeof value === 'string' ? /^([01]\d|2[0-4]):([0-5]\d)$/.exec(value) : null;
  const minute = match ? Number(match[1]) * 60 + Number(match[2]) : Number.NaN;
  if (!(minute <= 1_440)) refused({ zh: '时刻须形如 18:00；24:00 仅作结束', en: 'a local time must look like 18:00; 24:00 only as an end' });
  return minute;
}

/** A time of day as HH:MM, minutes of the day inside; 24:00 is the end of the day (T4). */
export const LocalTimeScalar = new GraphQLScalarType<number, string>({
  name: 'LocalTime',
  description: '一天中的时刻 HH:MM，设施所在时区；24:00 可作结束。A time of day in the zone of the facility; 24:00 is allowed as an end.',
  serialize: value => `${String(Math.floor((value as number) / 60)).padStart(2, '0')}:${String((value as number) % 60).padStart(2, '0')}`,
  parseValue: parseLocalTime,
  parseLiteral: literal(node => parseLocalTime(textOf(node, 'LocalTime'))),
});

function parseFen(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || Math.abs(value) > SAFE) refused({ zh: '金额须为整数分，且不超过 2^53-1', en: 'an amount must be whole fen, at most 2^53-1' });
  return value;
}

/** Whole fen (1/100 yuan); never a fraction (P6). */
export const FenScalar = new GraphQLScalarType<number, number>({
  name: 'Fen',
  description: '整数分（人民币 1/100 元），绝对值不超过 2^53-1。Whole fen, hundredths of a yuan; refused beyond 2^53-1.',
  serialize: parseFen,
  parseValue: parseFen,
  parseLiteral: literal(node => parseFen(node.kind === Kind.INT ? Number(node.value) : Number.NaN)),
});

function parseSafeInt(value: unknown): number {
  if (!Number.isSafeInteger(value)) refused({ zh: '须为绝对值不超过 2^53-1 的整数', en: 'must be a whole number of at most 2^53-1' });
  return value as number;
}

/** A whole number beyond the 32 bits of Int. */
export const SafeIntScalar = new GraphQLScalarType<number, number>({
  name: 'SafeInt',
  description: '整数，绝对值不超过 2^53-1。A whole number of at most 2^53-1.',
  serialize: value => parseSafeInt(Number(value)),
  parseValue: parseSafeInt,
  parseLiteral: literal(node => parseSafeInt(node.kind === Kind.INT ? Number(node.value) : Number.NaN)),
});

/** Something as it came, of no shape of ours. Never taken in. */
export const JsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: '原样保存的 JSON 值；仅用于输出。A JSON value as it came; only told, never taken.',
  serialize: value => value,
  parseValue: () => refused({ zh: 'JSON 仅用于输出', en: 'JSON is only told, never taken' }),
  parseLiteral: () => refused({ zh: 'JSON 仅用于输出', en: 'JSON is only told, never taken' }),
});

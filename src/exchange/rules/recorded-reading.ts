import { Zone, done, isRefusal, problem, refuse, type Outcome } from '../../kernel/index.js';

/** One row of a recording as a report: its count just as the source wrote it, true or not. */
export interface Reading {
  readonly facilityCode: string;
  readonly spaceClass: string | null;
  readonly occupied: number | null;
  readonly free: number | null;
  /** When it was observed, epoch ms. */
  readonly observedAt: number;
  /** When it was told, epoch ms; later than the observation where the source says that it is stale. */
  readonly toldAt: number;
}

/** Why a row is no report at all. */
export type Unreadable = 'TIME' | 'COUNT' | 'FACILITY';

export type Row = Readonly<Record<string, string>>;

/** How a recording is read: the columns that it has, and what a row says. */
export interface RecordedFormat {
  readonly columns: readonly string[];
  read(row: Row): Reading | Unreadable;
}

const STALE_MS = 60 * 60_000;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})$/;
const LOCAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?$/;

/** The recordings that are known by their columns. */
export const RECORDED_FORMATS = {
  dresden: countsOf({ facility: 'lot', free: 'free', at: 'ts' }),
  /** Local times without an offset, of Birmingham. */
  birmingham: countsOf({ facility: 'lot', occupied: 'occupied', at: 'ts_local', zone: 'Europe/London' }),
  /** `-1` is no reading and is told as it stands; `stale` means last updated over an hour before, so not observed later than that. */
  hongkong: countsOf({ facility: 'park_id', free: 'vacancy', at: 'ts', stale: 'stale' }),
} as const satisfies Readonly<Record<string, RecordedFormat>>;

export type RecordedFormatName = keyof typeof RECORDED_FORMATS;

const PARTS = ['facility', 'free', 'occupied', 'at', 'zone', 'stale', 'class'] as const;
type Columns = Partial<Record<(typeof PARTS)[number], string>>;

/**
 * The format that a text declares: a known name, or the columns, as `facility=lot,free=free,at=ts`. `zone` is the time
 * zone of times without an offset: without it they are unreadable, because no clock may be guessed (T12).
 */
export function formatOf(text: string): Outcome<RecordedFormat> {
  if (Object.hasOwn(RECORDED_FORMATS, text)) return done(RECORDED_FORMATS[text as RecordedFormatName]);
  const pairs = text.split(',').map(pair => pair.split('='));
  const unknown = pairs.find(pair => pair.length !== 2 || !PARTS.some(part => part === pair[0]) || pair[1] === '');
  const columns = Object.fromEntries(pairs) as Columns;
  if (unknown) return refuse(problem('FORMAT_UNKNOWN', { zh: `“${unknown.join('=')}”不是格式，也不是“部分=列名”；部分有 ${PARTS.join('、')}`, en: `'${unknown.join('=')}' is no format and no part=column; the parts are ${PARTS.join(', ')}` }));
  if (columns.facility === undefined || columns.at === undefined || (columns.free === undefined) === (columns.occupied === undefined)) {
    return refuse(problem('FORMAT_INCOMPLETE', { zh: `格式“${text}”须有 facility、at，以及 free 与 occupied 之一`, en: `the format '${text}' needs facility, at, and one of free and occupied` }));
  }
  const zone = columns.zone === undefined ? null : Zone.of(columns.zone, 'zone');
  return zone !== null && isRefusal(zone) ? zone : done(countsOf(columns));
}

/** The one known format whose columns a heading has; null where none or several fit. */
export function formatOfHeading(heading: readonly string[]): RecordedFormatName | null {
  const fitting = (Object.keys(RECORDED_FORMATS) as RecordedFormatName[]).filter(name => RECORDED_FORMATS[name].columns.every(column => heading.includes(column)));
  return fitting.length === 1 ? fitting[0]! : null;
}

function countsOf({ facility, free, occupied, at, zone, stale, class: spaceClass }: Columns): RecordedFormat {
  return {
    columns: [facility, free, occupied, at, stale, spaceClass].filter(column => column !== undefined),
    read(row) {
      const facilityCode = row[facility!] ?? '';
      if (facilityCode === '') return 'FACILITY';
      const toldAt = instantOf(row[at!] ?? '', zone ?? null);
      if (toldAt === null) return 'TIME';
      const count = wholeNumber(row[(free ?? occupied)!] ?? '');
      if (count === null) return 'COUNT';
      const isStale = stale !== undefined && row[stale] === '1';
      return {
        facilityCode,
        spaceClass: spaceClass === undefined ? null : (row[spaceClass] ?? null),
        free: free === undefined ? null : count,
        occupied: free === undefined ? count : null,
        observedAt: isStale ? toldAt - STALE_MS : toldAt,
        toldAt,
      };
    },
  };
}

/** A count as written, negative ones included; null where it is no whole number that a report could carry. */
function wholeNumber(text: string): number | null {
  if (!/^-?\d{1,10}$/.test(text)) return null;
  const value = Number(text);
  return Math.abs(value) <= 2_147_483_647 ? value : null;
}

/**
 * The instant of a text with an offset, or of a local time in its zone; null where it is neither, or where the clocks went
 * over it twice or not at all: which of two hours a source meant is not ours to guess (T12).
 */
function instantOf(text: string, zone: string | null): number | null {
  const isInstant = INSTANT.test(text);
  if (!isInstant && (zone === null || !LOCAL.test(text))) return null;
  try {
    if (isInstant) return Temporal.Instant.from(text).epochMilliseconds;
    return Temporal.PlainDateTime.from(text).toZonedDateTime(zone!, { disambiguation: 'reject' }).epochMilliseconds;
  } catch (error) {
    if ((error as Error).name === 'RangeError') return null;
    throw error;
  }
}

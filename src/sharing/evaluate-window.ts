import { localTime, type Span } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import { badInput } from '../platform/graphql/index.js';
import { quotaInWords } from './describe-terms.js';
import { evaluateAt } from './rules/evaluate.js';
import { occurrencesOf, type WindowOccurrence } from './rules/occurrences.js';
import { WINDOW_CONTEXT } from './window.loaders.js';
import type { SharingWindow, WindowEvaluationType, WindowOccurrenceType } from './window.type.js';

const DAY_MS = 86_400_000;
/** A year and a month: what a yearly statistic asks. */
const LONGEST_DAYS = 400;
const MOST_OCCURRENCES = 1_000;

/** What a window does at an instant, and which rule decided (P4). */
export async function evaluateWindow(scope: RequestScope, window: SharingWindow, at: number): Promise<WindowEvaluationType> {
  const { lent, quota, occurrence, decidedBy } = evaluateAt(window.terms, at, await scope.load(WINDOW_CONTEXT, window.id));
  return { lent, quota: quotaInWords(quota), occurrence: occurrence && occurrenceInWords(occurrence), decidedBy };
}

/** Every occurrence of a window that touches an interval, whole. */
export async function occurrencesWithin(scope: RequestScope, window: SharingWindow, between: Span): Promise<readonly WindowOccurrenceType[]> {
  const { startsAt, endsAt } = between;
  if (endsAt <= startsAt) throw badInput({ zh: '结束须晚于开始', en: 'the interval must end after it starts' }, 'between');
  if (endsAt - startsAt > LONGEST_DAYS * DAY_MS) throw badInput({ zh: `时段至多 ${LONGEST_DAYS} 天，收到 ${Math.ceil((endsAt - startsAt) / DAY_MS)} 天`, en: `the interval is at most ${LONGEST_DAYS} days, got ${Math.ceil((endsAt - startsAt) / DAY_MS)}` }, 'between');
  const occurrences = occurrencesOf(window.terms, { startsAt, endsAt }, await scope.load(WINDOW_CONTEXT, window.id));
  if (occurrences.length > MOST_OCCURRENCES) throw badInput({ zh: `共 ${occurrences.length} 个实例，至多返回 ${MOST_OCCURRENCES} 个，请缩短时段`, en: `there are ${occurrences.length} occurrences, at most ${MOST_OCCURRENCES} are answered: shorten the interval` }, 'between');
  return occurrences.map(occurrenceInWords);
}

function occurrenceInWords({ onDate, startsAt, endsAt, quota, provisional, decidedBy, entry, exit, releasedAt }: WindowOccurrence): WindowOccurrenceType {
  return { onDate: localTime.formatDay(onDate), startsAt, endsAt, quota: quotaInWords(quota), isProvisional: provisional, decidedBy, entry, exit, releasedAt };
}

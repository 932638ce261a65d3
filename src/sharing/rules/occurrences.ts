import { spans, weekPattern, type Day, type DayRule, type Span, type SpanSet, type WorkCalendar, type Zone } from '../../kernel/index.js';
import { exceptionOn, SPACE_CLASSES, totalOf, type Decision, type EvaluationContext, type LocalRange, type Quota, type WindowException, type WindowTerms } from './window.js';

/** One concrete interval in which a window lends. The occurrences of one window never overlap. */
export interface WindowOccurrence {
  /** The date that it began on, whose rules hold for it, also past midnight (T2). */
  readonly onDate: Day;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly quota: Quota;
  readonly provisional: boolean;
  readonly decidedBy: Decision;
  /** Instants at which entering is possible, and leaving; staying is possible throughout (T10). */
  readonly entry: SpanSet;
  readonly exit: SpanSet;
  /** When its release plan frees it; null without a plan (2.2-6). */
  readonly releasedAt: number | null;
}

interface Piece {
  onDate: Day;
  startsAt: number;
  endsAt: number;
  quota: Quota;
  provisional: boolean;
  decidedBy: Decision;
  releasedAt: number | null;
}

// Three years: what a brute-force check or a yearly statistic asks; an endless span is a defect of the caller.
const MOST_DAYS = 1200;

const lookBackOfTerms = new WeakMap<WindowTerms, number>();

/** How many days before an instant an occurrence of these terms may have begun; computed once per terms. */
function lookBackOf(terms: WindowTerms): number {
  const known = lookBackOfTerms.get(terms);
  if (known !== undefined) return known;
  const rules = [...terms.rules, ...terms.exceptions.flatMap(each => (each.effect.kind === 'HOURS' ? each.effect.rules : []))];
  const days = Math.max(0, ...rules.map(weekPattern.lookBackDays));
  lookBackOfTerms.set(terms, days);
  return days;
}

/**
 * What a window lends in a span: every occurrence that touches it, whole, cut already by closures, suspensions and the
 * release plan. Where two occurrences meet, the later date's holds, and on one date the earlier rule's, so that the
 * quota at an instant is one number. The pieces do not depend on the span asked for.
 */
export function occurrencesOf(terms: WindowTerms, between: Span, context: EvaluationContext): readonly WindowOccurrence[] {
  if (terms.status !== 'PUBLISHED' || between.endsAt <= between.startsAt) return [];
  const { zone } = context;
  const firstDay = Math.max(terms.validFrom, zone.dayOf(between.startsAt) - lookBackOf(terms));
  const lastDay = zone.dayOf(between.endsAt - 1);
  if (lastDay - firstDay > MOST_DAYS) throw new RangeError(`Occurrences are asked for ${lastDay - firstDay} days, at most ${MOST_DAYS} are expanded at once.`);
  const found: Piece[] = [];
  for (let day = firstDay; day <= lastDay && isValidOn(terms, day); day += 1) collectPieces(terms, day, context, found);
  let earliestStart = Number.POSITIVE_INFINITY;
  let latestEnd = between.endsAt;
  for (const piece of found) {
    if (piece.endsAt <= between.startsAt) continue;
    earliestStart = Math.min(earliestStart, piece.startsAt);
    latestEnd = Math.max(latestEnd, piece.endsAt);
  }
  // What begins after the span, or ended before it, may still cut an occurrence that touches it.
  for (let day = Math.max(firstDay, lastDay + 1); day <= zone.dayOf(latestEnd - 1) && isValidOn(terms, day); day += 1) collectPieces(terms, day, context, found);
  const lent = withoutOverlaps(found.filter(piece => piece.endsAt > earliestStart));
  const answer: WindowOccurrence[] = [];
  for (const piece of lent) {
    if (piece.startsAt < between.endsAt && piece.endsAt > between.startsAt) answer.push(finish(piece, terms, zone));
  }
  return answer;
}

/** The instants in which anything is lent; a stay over several adjacent occurrences lies in one of its spans (T4). */
export function lentSpans(occurrences: readonly WindowOccurrence[]): SpanSet {
  return spans.normalise(occurrences);
}

function isValidOn(terms: WindowTerms, day: Day): boolean {
  return day >= terms.validFrom && (terms.validUntil === null || day < terms.validUntil);
}

/** Whether a rule speaks of day types or eves, and so wins over weekly rules. */
export function isDayTypeRule(rule: DayRule): boolean {
  return !('weekdays' in rule.days);
}

/** Whether some rule on day types holds on a date; then weekly rules are silent (P4). */
export function hasDayTypeRuleOn(rules: readonly DayRule[], day: Day, calendar: WorkCalendar): boolean {
  for (const rule of rules) if (isDayTypeRule(rule) && weekPattern.selects(rule.days, day, calendar)) return true;
  return false;
}

function collectPieces(terms: WindowTerms, day: Day, context: EvaluationContext, found: Piece[]): void {
  const exception = terms.exceptions.length === 0 ? null : exceptionOn(terms.exceptions, day);
  if (exception?.effect.kind === 'CLOSED') return;
  const rules = exception?.effect.kind === 'HOURS' ? exception.effect.rules : terms.rules;
  const byDayType = hasDayTypeRuleOn(rules, day, context.calendar);
  for (let index = 0; index < rules.length; index += 1) {
    const rule = rules[index]!;
    if (isDayTypeRule(rule) !== byDayType || !weekPattern.selects(rule.days, day, context.calendar)) continue;
    const occurrence = weekPattern.occurrenceOn(rule, index, day, context);
    if (occurrence === null) continue;
    const releasedAt = terms.releasePlan === null ? null : context.zone.instant(day, terms.releasePlan.atMinute);
    const base: Piece = {
      onDate: day,
      startsAt: releasedAt === null ? occurrence.startsAt : Math.max(occurrence.startsAt, releasedAt),
      endsAt: occurrence.endsAt,
      quota: released(exception?.effect.kind === 'QUOTA' ? exception.effect.quota : terms.quota, terms),
      provisional: occurrence.provisional,
      decidedBy: exception === null ? { kind: byDayType ? 'DAY_TYPE_RULE' : 'WEEKLY_RULE', id: null, ruleIndex: index } : { kind: 'EXCEPTION', id: exception.id, ruleIndex: exception.effect.kind === 'HOURS' ? index : null },
      releasedAt,
    };
    if (base.startsAt < base.endsAt) pushCut(base, terms, context, found);
  }
}

/** The quota that a release plan leaves: n spaces at most, ordinary ones first, accessible ones last. */
function released(quota: Quota, terms: WindowTerms): Quota {
  if (terms.releasePlan === null || totalOf(quota) <= terms.releasePlan.spaces) return quota;
  let left = terms.releasePlan.spaces;
  const capped = { ...quota };
  for (const each of RELEASE_ORDER) {
    capped[each] = Math.min(quota[each], left);
    left -= capped[each];
  }
  return capped;
}

const RELEASE_ORDER = [...SPACE_CLASSES].sort((a, b) => Number(a === 'ACCESSIBLE') - Number(b === 'ACCESSIBLE'));

/** Cuts an occurrence by what exceptions do to running tails (T3), then by suspensions, which are above all. */
function pushCut(base: Piece, terms: WindowTerms, context: EvaluationContext, found: Piece[]): void {
  const pieces = terms.exceptions.length === 0 ? [base] : cutTail(base, terms, context.zone);
  for (const piece of pieces) {
    if (!context.suspensions.some(each => spans.overlaps(each.during, piece))) {
      found.push(piece);
      continue;
    }
    for (const left of spans.subtract([piece], spans.normalise(context.suspensions.map(each => each.during)))) found.push({ ...piece, startsAt: left.startsAt, endsAt: left.endsAt });
  }
}

function cutTail(base: Piece, terms: WindowTerms, zone: Zone): readonly Piece[] {
  const pieces: Piece[] = [];
  let rest = base.startsAt;
  const lastDay = zone.dayOf(base.endsAt - 1);
  for (let day = base.onDate + 1; day <= lastDay; day += 1) {
    const exception = exceptionOn(terms.exceptions, day);
    // An exception that the occurrence began under is its own rule, not something it runs into.
    if (exception === null || !exception.cutsRunningTails || exception.fromDay <= base.onDate) continue;
    const from = Math.max(zone.instant(day, 0), base.startsAt);
    const until = Math.min(zone.instant(day + 1, 0), base.endsAt);
    if (until <= from) continue;
    if (rest < from) pieces.push({ ...base, startsAt: rest, endsAt: from });
    if (exception.effect.kind === 'QUOTA') pieces.push(reduced(base, { startsAt: from, endsAt: until }, exception, terms));
    rest = until;
  }
  if (rest < base.endsAt) pieces.push({ ...base, startsAt: rest });
  return pieces;
}

function reduced(base: Piece, { startsAt, endsAt }: Span, exception: WindowException, terms: WindowTerms): Piece {
  const quota = exception.effect.kind === 'QUOTA' ? released(exception.effect.quota, terms) : base.quota;
  return { ...base, startsAt, endsAt, quota, decidedBy: { kind: 'EXCEPTION', id: exception.id, ruleIndex: null } };
}

/** Keeps for every instant the piece of the latest date, and of one date the first rule's; sorted by start. */
function withoutOverlaps(found: readonly Piece[]): readonly Piece[] {
  if (found.every((piece, index) => index === 0 || piece.startsAt >= found[index - 1]!.endsAt)) return found;
  const kept: Piece[] = [];
  for (const [rank, piece] of found.entries()) {
    const stronger = found.filter((other, otherRank) => spans.overlaps(other, piece) && (other.onDate > piece.onDate || (other.onDate === piece.onDate && otherRank < rank)));
    if (stronger.length === 0) kept.push(piece);
    else for (const left of spans.subtract([piece], spans.normalise(stronger))) kept.push({ ...piece, startsAt: left.startsAt, endsAt: left.endsAt });
  }
  return kept.sort((a, b) => a.startsAt - b.startsAt);
}

function finish(piece: Piece, terms: WindowTerms, zone: Zone): WindowOccurrence {
  const whole: SpanSet = [{ startsAt: piece.startsAt, endsAt: piece.endsAt }];
  return {
    ...piece,
    entry: terms.entryCurfews.length === 0 ? whole : spans.subtract(whole, curfewSpans(terms.entryCurfews, piece, zone)),
    exit: terms.exitCurfews.length === 0 ? whole : spans.subtract(whole, curfewSpans(terms.exitCurfews, piece, zone)),
  };
}

function curfewSpans(curfews: readonly LocalRange[], { startsAt, endsAt }: Span, zone: Zone): SpanSet {
  const closed: Span[] = [];
  const lastDay = zone.dayOf(endsAt - 1);
  for (let day = zone.dayOf(startsAt) - 1; day <= lastDay; day += 1) {
    for (const { fromMinute, untilMinute } of curfews) {
      closed.push({ startsAt: zone.instant(day, fromMinute), endsAt: zone.instant(day, untilMinute > fromMinute ? untilMinute : untilMinute + 1440) });
    }
  }
  return spans.normalise(closed);
}

/** A half-open interval [startsAt, endsAt) in epoch milliseconds (T4, T5); `endsAt` may be Infinity where the end is open. */
export interface Span {
  readonly startsAt: number;
  readonly endsAt: number;
}

/** Sorted, disjoint, non-adjacent, non-empty spans: equal sets of instants are equal arrays. */
export type SpanSet = readonly Span[];

export const EMPTY: SpanSet = [];

/** Sorts and merges; adjacent spans become one, so 18:00–24:00 and 00:00–07:30 leave no one-minute hole (T4). Keeps nothing but the two instants. */
export function normalise(spans: readonly Span[]): SpanSet {
  const sorted = spans.filter(span => span.endsAt > span.startsAt).sort((a, b) => a.startsAt - b.startsAt);
  const merged: Span[] = [];
  for (const span of sorted) {
    const last = merged[merged.length - 1];
    if (last === undefined || span.startsAt > last.endsAt) {
      merged.push({ startsAt: span.startsAt, endsAt: span.endsAt });
      continue;
    }
    if (span.endsAt > last.endsAt) merged[merged.length - 1] = { startsAt: last.startsAt, endsAt: span.endsAt };
  }
  return merged;
}

export function union(a: SpanSet, b: SpanSet): SpanSet {
  if (a.length === 0) return b;
  if (b.length === 0) return a;
  return normalise([...a, ...b]);
}

/** The instants that are in both sets, found in one walk along the two. */
export function intersect(a: SpanSet, b: SpanSet): SpanSet {
  const shared: Span[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const left = a[i]!;
    const right = b[j]!;
    const startsAt = Math.max(left.startsAt, right.startsAt);
    const endsAt = Math.min(left.endsAt, right.endsAt);
    if (startsAt < endsAt) shared.push({ startsAt, endsAt });
    if (left.endsAt < right.endsAt) i += 1;
    else j += 1;
  }
  return shared;
}

/** The instants of `from` that are not in `taken`. */
export function subtract(from: SpanSet, taken: SpanSet): SpanSet {
  if (from.length === 0 || taken.length === 0) return from;
  const left: Span[] = [];
  let j = 0;
  for (const span of from) {
    let startsAt = span.startsAt;
    while (j < taken.length && taken[j]!.endsAt <= startsAt) j += 1;
    for (let k = j; k < taken.length && taken[k]!.startsAt < span.endsAt; k += 1) {
      const cut = taken[k]!;
      if (cut.startsAt > startsAt) left.push({ startsAt, endsAt: cut.startsAt });
      startsAt = Math.max(startsAt, cut.endsAt);
    }
    if (startsAt < span.endsAt) left.push({ startsAt, endsAt: span.endsAt });
  }
  return left;
}

/** Whether the whole of `span` lies in the set. The set is merged, so one of its spans must hold all of it. */
export function contains(set: SpanSet, span: Span): boolean {
  return set.some(each => each.startsAt <= span.startsAt && span.endsAt <= each.endsAt);
}

export function containsInstant(set: SpanSet, instant: number): boolean {
  return set.some(each => each.startsAt <= instant && instant < each.endsAt);
}

/** Half-open: a stay that ends at 18:00 does not overlap one that begins at 18:00 (T5). */
export function overlaps(a: Span, b: Span): boolean {
  return a.startsAt < b.endsAt && b.startsAt < a.endsAt;
}

export function clip(set: SpanSet, to: Span): SpanSet {
  return to.endsAt > to.startsAt ? intersect(set, [to]) : EMPTY;
}

/** Length of a set in minutes, fractions kept. */
export function minutes(set: SpanSet): number {
  return set.reduce((sum, span) => sum + (span.endsAt - span.startsAt), 0) / 60_000;
}

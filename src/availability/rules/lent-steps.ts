import type { Span } from '../../kernel/index.js';

/** How many spaces are lent from each instant on: `lent[i]` holds in [at[i], at[i + 1]); before at[0] nothing is. */
export interface LentSteps {
  readonly at: readonly number[];
  readonly lent: readonly number[];
}

export interface LentPart extends Span {
  readonly spaces: number;
}

/** Adds up what several windows lend out of one pool, never more than the pool can give (P1). */
export function lentSteps(parts: readonly LentPart[], mostSpaces: number): LentSteps {
  const changes: Array<readonly [at: number, by: number]> = [];
  for (const part of parts) {
    if (part.endsAt <= part.startsAt || part.spaces <= 0) continue;
    changes.push([part.startsAt, part.spaces], [part.endsAt, -part.spaces]);
  }
  changes.sort((a, b) => a[0] - b[0]);

  const at: number[] = [];
  const lent: number[] = [];
  let sum = 0;
  for (let i = 0; i < changes.length; i++) {
    sum += changes[i]![1];
    if (i + 1 < changes.length && changes[i + 1]![0] === changes[i]![0]) continue;
    const spaces = Math.max(0, Math.min(sum, mostSpaces));
    if (spaces === (lent.at(-1) ?? 0)) continue;
    at.push(changes[i]![0]);
    lent.push(spaces);
  }
  return { at, lent };
}

/** Index of the step in force at an instant; -1 before the first. */
export function stepAt(steps: LentSteps, instant: number): number {
  let low = 0;
  let high = steps.at.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (steps.at[middle]! <= instant) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The least that is lent over an interval and the first instant at which it is that little (T11). */
export function leastLent(steps: LentSteps, during: Span): { readonly spaces: number; readonly at: number } {
  let index = stepAt(steps, during.startsAt);
  let spaces = index < 0 ? 0 : steps.lent[index]!;
  let at = during.startsAt;
  for (index += 1; index < steps.at.length && steps.at[index]! < during.endsAt; index++) {
    if (steps.lent[index]! >= spaces) continue;
    spaces = steps.lent[index]!;
    at = steps.at[index]!;
  }
  return { spaces, at };
}

/** The first instant of an interval at which fewer than so many are lent; null where there is none. */
export function firstBelow(steps: LentSteps, during: Span, spaces: number): number | null {
  let index = stepAt(steps, during.startsAt);
  if (index < 0 || steps.lent[index]! < spaces) return during.startsAt;
  for (index += 1; index < steps.at.length && steps.at[index]! < during.endsAt; index++) if (steps.lent[index]! < spaces) return steps.at[index]!;
  return null;
}

/** What is left of steps once others are taken off, never below zero. */
export function lessSteps(steps: LentSteps, taken: readonly LentSteps[]): LentSteps {
  if (taken.length === 0) return steps;
  const all = [steps, ...taken];
  const next = all.map(() => 0);
  const at: number[] = [];
  const lent: number[] = [];
  for (;;) {
    let instant = Number.POSITIVE_INFINITY;
    for (let i = 0; i < all.length; i++) instant = Math.min(instant, all[i]!.at[next[i]!] ?? Number.POSITIVE_INFINITY);
    if (instant === Number.POSITIVE_INFINITY) return { at, lent };
    let left = 0;
    for (let i = 0; i < all.length; i++) {
      if (all[i]!.at[next[i]!] === instant) next[i]! += 1;
      const value = all[i]!.lent[next[i]! - 1] ?? 0;
      left += i === 0 ? value : -value;
    }
    left = Math.max(0, left);
    if (left === (lent.at(-1) ?? 0)) continue;
    at.push(instant);
    lent.push(left);
  }
}

/** Steps that one process changes as it promises spaces, one ask after the other. */
export interface OpenSteps extends LentSteps {
  readonly at: number[];
  readonly lent: number[];
}

/** Takes spaces off over a span, in place, never below zero. */
export function takeOff(steps: OpenSteps, span: Span, spaces: number): void {
  const from = breakAt(steps, span.startsAt);
  const until = breakAt(steps, span.endsAt);
  for (let index = from; index < until; index++) steps.lent[index] = Math.max(0, steps.lent[index]! - spaces);
}

/** Index of the step that begins at an instant; one is made where none does. */
function breakAt(steps: OpenSteps, instant: number): number {
  const index = stepAt(steps, instant);
  if (index >= 0 && steps.at[index] === instant) return index;
  steps.at.splice(index + 1, 0, instant);
  steps.lent.splice(index + 1, 0, index < 0 ? 0 : steps.lent[index]!);
  return index + 1;
}

/** From an instant on, until when at least so many are lent without a break; the instant itself where they are not. */
export function lentUntil(steps: LentSteps, from: number, spaces: number): number {
  let index = stepAt(steps, from);
  if (index < 0 || steps.lent[index]! < spaces) return from;
  for (index += 1; index < steps.at.length; index++) if (steps.lent[index]! < spaces) return steps.at[index]!;
  return from;
}

/** The unbroken spans in which at least so many are lent, from an instant on. */
export function* spansWith(steps: LentSteps, from: number, spaces: number): Generator<Span> {
  let startsAt: number | null = null;
  for (let index = Math.max(0, stepAt(steps, from)); index < steps.at.length; index++) {
    const enough = steps.lent[index]! >= spaces;
    if (enough && startsAt === null) startsAt = Math.max(from, steps.at[index]!);
    if (enough || startsAt === null) continue;
    yield { startsAt, endsAt: steps.at[index]! };
    startsAt = null;
  }
}

import type { RefusalCode } from './refusals.js';

/** A refusal in words a person can act on: the thing and the number, in Chinese and in English. */
export interface Problem {
  readonly code: RefusalCode;
  readonly zh: string;
  readonly en: string;
  /** Path of the offending input, such as `rules[2].until.minute`. */
  readonly field?: string;
  /** The policy item or law that decided, such as `2.3-6`. */
  readonly clause?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

export type Problems = readonly [Problem, ...Problem[]];

export interface Done<T> {
  readonly ok: true;
  readonly value: T;
}

export interface Refusal {
  readonly ok: false;
  readonly problems: Problems;
}

/** What a rule answers: a value, or every problem of the input at once. Faults are thrown, refusals are returned. */
export type Outcome<T> = Done<T> | Refusal;

export function done<T>(value: T): Done<T> {
  return { ok: true, value };
}

/** A refusal needs at least one problem: a refusal without a reason cannot be acted upon. */
export function refuse(problems: Problem | readonly Problem[]): Refusal {
  if (!isProblemList(problems)) return { ok: false, problems: [problems] };
  const [first, ...rest] = problems;
  if (first === undefined) throw new RangeError('A refusal names at least one problem.');
  return { ok: false, problems: [first, ...rest] };
}

function isProblemList(problems: Problem | readonly Problem[]): problems is readonly Problem[] {
  return Array.isArray(problems);
}

export function isRefusal(outcome: unknown): outcome is Refusal {
  return typeof outcome === 'object' && outcome !== null && 'ok' in outcome && outcome.ok === false && 'problems' in outcome;
}

/** Builds a problem, leaving out what is not given so that problems compare by value in tests and in stored answers. */
export function problem(code: RefusalCode, words: Omit<Problem, 'code'>): Problem {
  const { zh, en, field, clause, data } = words;
  return {
    code,
    zh,
    en,
    ...(field === undefined ? {} : { field }),
    ...(clause === undefined ? {} : { clause }),
    ...(data === undefined ? {} : { data }),
  };
}

/** Marks a branch that the types exclude; reaching it is a defect of ours, so it throws. */
export function assertNever(value: never): never {
  throw new TypeError(`Unexpected value: ${JSON.stringify(value)}`);
}

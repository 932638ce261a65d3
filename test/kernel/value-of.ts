import type { Outcome } from '../../src/kernel/index.js';

/** The value of an outcome that the test expects to succeed; a refusal fails the test in its own words. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(outcome.problems.map(each => `${each.code}: ${each.en}`).join('; '));
  return outcome.value;
}

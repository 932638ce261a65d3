import type { Outcome, Problem } from '../kernel/index.js';
import type { DraftResult } from './import-kind.js';

/** The outcome of a lower room's door, as a run counts it. */
export function resultOf(outcome: Outcome<{ readonly effect: 'CREATED' | 'CHANGED' | 'CONFIRMED' | 'UNCHANGED' | 'SUPERSEDED'; readonly findings: readonly Problem[] }>): DraftResult {
  return outcome.ok ? { kind: outcome.value.effect, findings: outcome.value.findings } : { kind: 'REFUSED', problems: outcome.problems };
}

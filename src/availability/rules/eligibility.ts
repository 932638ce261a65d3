import type { WindowTerms } from '../../sharing/index.js';
import type { Asker } from './audience.js';

/**
 * What of a claimant the windows ask for, as one text: those who meet the same windows have the same, so that counters of
 * claims are few. A distance is the widest limit it is told apart by, a score the highest least that it meets; what no
 * window asks for is left out, and a claimant is then taken to meet what is asked for later, as promised (C6).
 */
export function eligibilityOf(asker: Asker, windows: ReadonlyArray<{ readonly terms: Pick<WindowTerms, 'audience' | 'leastCredit'> }>): string {
  const { homeMetres, credit } = asker;
  let within: number | null = null;
  let score: number | null = null;
  for (const { terms: { audience, leastCredit } } of windows) {
    if (homeMetres !== null && audience.kind === 'NEIGHBOURS' && homeMetres <= audience.withinMetres) within = Math.min(within ?? Number.POSITIVE_INFINITY, audience.withinMetres);
    if (credit !== null && leastCredit !== null) score = Math.max(score ?? 0, leastCredit <= credit ? leastCredit : 0);
  }
  return `${asker.isResident ? 'R' : '-'}${asker.hasAgreement ? 'A' : '-'}:${within ?? ''}:${score ?? ''}`;
}

/** The asker that an eligibility stands for. */
export function askerOf(eligibility: string): Asker {
  const [flags, within, score] = eligibility.split(':');
  return { isResident: flags![0] === 'R', hasAgreement: flags![1] === 'A', homeMetres: within === '' ? null : Number(within), credit: score === '' ? null : Number(score) };
}

import { textProblem, type Problem } from '../../kernel/index.js';

const LONGEST_REASON = 500;

/** Whether an act says why: whoever is turned away by it, and whoever audits it, reads the reason. */
export function checkReason(reason: string, { zh, en, clause }: { readonly zh: string; readonly en: string; readonly clause?: string }): readonly Problem[] {
  const wrong = textProblem(reason, { zh: `${zh}的原因`, en: `the reason of ${en}`, field: 'reason', minimum: 1, maximum: LONGEST_REASON, code: 'REASON_INVALID', clause });
  return wrong ? [wrong] : [];
}

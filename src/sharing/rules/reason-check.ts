import { problem, type Problem } from '../../kernel/index.js';

const LONGEST_REASON = 500;

/** Whether an act says why: whoever is turned away by it, and whoever audits it, reads the reason. */
export function checkReason(reason: string, { zh, en, clause }: { readonly zh: string; readonly en: string; readonly clause?: string }): readonly Problem[] {
  if (reason.trim() !== '' && reason.length <= LONGEST_REASON) return [];
  return [problem('REASON_INVALID', { zh: `${zh}须写明原因，1–${LONGEST_REASON} 字`, en: `${en} gives its reason, 1 to ${LONGEST_REASON} characters`, field: 'reason', clause })];
}

import { done, problem, refuse, type Outcome, type Refusal } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import { changeWindow, type ChangedWindow, type WindowChange } from './change-window.js';
import { checkReason } from './rules/reason-check.js';
import type { TermsDraft } from './rules/window-draft.js';
import type { WindowStatus } from './rules/window.js';

/** A withdrawn window is history: nothing of it changes any more. */
export function refuseWithdrawn(status: WindowStatus): Refusal | null {
  if (status !== 'WITHDRAWN') return null;
  return refuse(problem('WINDOW_WITHDRAWN', { zh: '时段已撤回，不能再变更；请重新发布', en: 'the window was withdrawn and changes no more: publish a new one', field: 'windowId' }));
}

/** Gives a window new terms; its exceptions and its state stay (I18: upon the version that the caller saw). A reason may be left out, and not be empty. */
export function reviseWindow(scope: RequestScope, input: WindowChange & { readonly terms: Omit<TermsDraft, 'exceptions'>; readonly reason?: string | null }): Promise<Outcome<ChangedWindow>> {
  const { terms, reason = null } = input;
  return changeWindow(scope, input, {
    operation: 'reviseWindow',
    topic: 'window.revised',
    reason,
    change: held => {
      const unexplained = reason === null ? [] : checkReason(reason, { zh: '变更时段', en: 'revising a window' });
      if (unexplained.length > 0) return refuse(unexplained);
      return refuseWithdrawn(held.terms.status) ?? done({ ...terms, name: terms.name.trim(), exceptions: held.terms.exceptions, status: held.terms.status });
    },
  });
}

import { done, problem, refuse, type Outcome } from '../kernel/index.js';
import { newId, type RequestScope } from '../platform/index.js';
import { changeWindow, type ChangedWindow, type WindowChange } from './change-window.js';
import { refuseWithdrawn } from './revise-window.js';
import { checkReason } from './rules/reason-check.js';
import type { ExceptionDraft } from './rules/window-draft.js';

/** Adds an exception at the end of the list, where it wins over those before it (P4). */
export function addException(scope: RequestScope, input: WindowChange & { readonly exception: ExceptionDraft }): Promise<Outcome<ChangedWindow>> {
  return changeWindow(scope, input, {
    operation: 'addException',
    topic: 'window.revised',
    reason: input.exception.reason,
    change: ({ terms }, unit) => refuseWithdrawn(terms.status) ?? done({ ...terms, exceptions: [...terms.exceptions, { ...input.exception, id: newId('exception', unit.now) }] }),
    // The last of the list is the one that the caller gave; the others stand already.
    fieldOf: (path, { terms }) => path.replace(`terms.exceptions[${terms.exceptions.length}]`, 'exception'),
  });
}

/** Takes an exception away; on its dates the rules hold again, and are judged again. */
export function removeException(scope: RequestScope, input: WindowChange & { readonly exceptionId: string; readonly reason: string }): Promise<Outcome<ChangedWindow>> {
  const { exceptionId } = input;
  return changeWindow(scope, input, {
    operation: 'removeException',
    topic: 'window.revised',
    reason: input.reason,
    details: { exceptionId },
    change: ({ terms }) => {
      const unexplained = checkReason(input.reason, { zh: '取消例外安排', en: 'taking an exception away' });
      if (unexplained.length > 0) return refuse(unexplained);
      const exceptions = terms.exceptions.filter(each => each.id !== exceptionId);
      if (exceptions.length < terms.exceptions.length) return refuseWithdrawn(terms.status) ?? done({ ...terms, exceptions });
      return refuse(problem('EXCEPTION_UNKNOWN', { zh: `时段没有例外安排 ${exceptionId.slice(0, 40)}`, en: `the window has no exception ${exceptionId.slice(0, 40)}`, field: 'exceptionId' }));
    },
  });
}

import { done, isRefusal, refuse, type Outcome } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import { changeWindow, type ChangedWindow, type WindowChange } from './change-window.js';
import { checkReason } from './rules/reason-check.js';
import { windowLifecycle } from './rules/window.js';

const WORDS = {
  pause: { zh: '暂停时段', en: 'pausing a window' },
  resume: { zh: '恢复时段', en: 'resuming a window' },
  withdraw: { zh: '撤回时段', en: 'withdrawing a window' },
} as const;

type StatusChange = WindowChange & { readonly reason: string };

/** Stops a window from lending until it is resumed; what is promised already is for the revocation flow (P9). */
export const pauseWindow = (scope: RequestScope, input: StatusChange): Promise<Outcome<ChangedWindow>> => move(scope, input, 'pause', { operation: 'pauseWindow', topic: 'window.paused' });

/** Lets a paused window lend again, judged as if it were published now (P1). */
export const resumeWindow = (scope: RequestScope, input: StatusChange): Promise<Outcome<ChangedWindow>> => move(scope, input, 'resume', { operation: 'resumeWindow', topic: 'window.resumed' });

/** Ends a window for good and everywhere, search included (2.2-5). */
export const withdrawWindow = (scope: RequestScope, input: StatusChange): Promise<Outcome<ChangedWindow>> => move(scope, input, 'withdraw', { operation: 'withdrawWindow', topic: 'window.withdrawn' });

function move(scope: RequestScope, input: StatusChange, event: keyof typeof WORDS, told: { readonly operation: string; readonly topic: string }): Promise<Outcome<ChangedWindow>> {
  return changeWindow(scope, input, {
    ...told,
    reason: input.reason,
    change: ({ terms }) => {
      const unexplained = checkReason(input.reason, WORDS[event]);
      if (unexplained.length > 0) return refuse(unexplained);
      const status = windowLifecycle.transition(terms.status, event);
      return isRefusal(status) ? status : done({ ...terms, status: status.value });
    },
  });
}

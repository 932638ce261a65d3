import { defineLifecycle } from '../../kernel/index.js';

export type SessionState = 'OPEN' | 'ENDED' | 'VOID';
export type SessionEvent = 'leave' | 'amend' | 'reopen' | 'void';

/**
 * What may become of a session, drawn once (P11). Events that come late tell its history anew: `amend` gives it other
 * times, `reopen` takes an exit away that was another vehicle's, `void` undoes a stay that never was.
 */
export const sessionLifecycle = defineLifecycle<SessionState, SessionEvent>({ zh: '停车记录', en: 'session' }, 'OPEN', {
  OPEN: { leave: 'ENDED', amend: 'OPEN', void: 'VOID' },
  ENDED: { amend: 'ENDED', reopen: 'OPEN', void: 'VOID' },
  VOID: {},
});

/** Which event leads from how a session stood to how it stands by all that was told. */
export function sessionEventOf(from: SessionState, isOpen: boolean): SessionEvent {
  if (isOpen) return from === 'ENDED' ? 'reopen' : 'amend';
  return from === 'OPEN' ? 'leave' : 'amend';
}

import { defineLifecycle } from '../../kernel/index.js';

export type RevocationState = 'PENDING' | 'MOVED' | 'REFUNDED' | 'KEPT' | 'LAPSED';
export type RevocationEvent = 'move' | 'refund' | 'keep' | 'lapse';

/** What becomes of a booking whose spaces are not lent any more, drawn once (P9, P11): exactly one of them; it lapses where the booking was cancelled, changed or over before. */
export const revocationLifecycle = defineLifecycle<RevocationState, RevocationEvent>({ zh: '撤销处理', en: 'revocation' }, 'PENDING', {
  PENDING: { move: 'MOVED', refund: 'REFUNDED', keep: 'KEPT', lapse: 'LAPSED' },
  MOVED: {},
  REFUNDED: {},
  KEPT: {},
  LAPSED: {},
});

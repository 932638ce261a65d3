import { done, isRefusal, type Outcome } from '../kernel/index.js';
import { transaction, type RequestScope } from '../platform/index.js';
import { forbidden, notFound, unauthenticated } from '../platform/graphql/index.js';
import type { ChangedWindow } from './change-window.js';
import { publishWindows } from './publish-windows.js';
import type { WindowDraft } from './rules/window-draft.js';

/** Publishes one window; the same function decides as for ten thousand (2.2-5). */
export function publishWindow(scope: RequestScope, input: { readonly draft: WindowDraft; readonly idempotencyKey: string }): Promise<Outcome<ChangedWindow>> {
  return transaction(scope, async unit => {
    const [outcome] = await publishWindows(unit, [input.draft]);
    if (isRefusal(outcome)) {
      // To a single caller a missing right or object is a fault, as everywhere; in a batch it is one row's problem.
      const [{ code }] = outcome.problems;
      if (code === 'NOT_ALLOWED') throw scope.viewer.kind === 'ANONYMOUS' ? unauthenticated() : forbidden('window:publish');
      if (code === 'FACILITY_UNKNOWN') throw notFound('facility', 'id' in input.draft.facility ? input.draft.facility.id : input.draft.facility.code);
      return outcome;
    }
    const { windowId, version, findings } = outcome!.value;
    return done({ windowId, version: String(version), findings });
  }, { operation: 'publishWindow', key: input.idempotencyKey, input: input.draft });
}

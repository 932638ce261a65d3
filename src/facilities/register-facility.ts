import { isRefusal, type Outcome } from '../kernel/index.js';
import { transaction, type RequestScope } from '../platform/index.js';
import { forbidden } from '../platform/graphql/index.js';
import { registerFacilities, type RegisteredFacility } from './register-facilities.js';
import type { FacilityDraft } from './rules/facility-draft.js';

/** Registers one facility, by the same rules as an import of thousands. */
export function registerFacility(scope: RequestScope, draft: FacilityDraft, idempotencyKey: string): Promise<Outcome<RegisteredFacility>> {
  return transaction(scope, async unit => {
    const [outcome] = await registerFacilities(unit, [draft]);
    if (isRefusal(outcome) && outcome.problems.some(problem => problem.code === 'NOT_ALLOWED')) throw forbidden('facility:write');
    return outcome!;
  }, { operation: 'registerFacility', key: idempotencyKey, input: draft });
}

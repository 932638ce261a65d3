import { isRefusal, money } from '../kernel/index.js';
import { tellParties } from '../identity/index.js';
import type { Unit } from '../platform/index.js';
import { insertChargeRest, type ChargeRow } from './charge.sql.js';
import { lessen } from './lessen-charge.js';
import { openCharges } from './open-charges.js';
import { chargeLifecycle } from './rules/charge.js';

const DAY_MS = 86_400_000;

/**
 * Makes what is missing of a locked charge one of its own, so that what came pays the charge and the rest stays owed: in all as much
 * as before. The rest is due after as long a time as the charge itself gave, a day at least.
 */
export async function splitCharge(unit: Unit, charge: ChargeRow, restFen: number): Promise<void> {
  const { city, id: chargeId, causeKind, causeId, facilityId, payerId, purpose } = charge;
  const state = chargeLifecycle.transition(charge.state, 'LESSEN');
  if (isRefusal(state)) throw new Error(state.problems[0].en);
  await lessen(unit, charge, { amountFen: restFen, state: state.value });
  const words = { zh: `余款：费用 ${chargeId} 收款不足的部分`, en: `the rest of ${chargeId}, for which less came in` };
  const dueAt = unit.now + Math.max(charge.dueAt - charge.openedAt, DAY_MS);
  const [restId] = await openCharges(unit, [{ cause: { kind: causeKind, id: causeId }, facilityId, payerId, purpose, amountFen: restFen, lines: [{ ...words, amountFen: restFen }], dueAt }]);
  await insertChargeRest(unit, { city, chargeId, restId: restId! });
  unit.record({ action: 'charge:split', objectType: 'charge', objectId: chargeId, details: { restId, restFen } });
  unit.announce('billing.chargeSplit', { chargeId, restId, restFen, cause: { kind: causeKind, id: causeId } });
  if (payerId === null) return;
  const yuan = money.yuanDigits(restFen);
  await tellParties(unit, [{ partyId: payerId, topic: 'charge.partTaken', subjectKind: 'Charge', subjectId: restId!, zh: `所付款项已入账，尚余 ${yuan} 元待付`, en: `what you paid is taken; ${yuan} yuan are still to be paid` }]);
}

import { problem, type Problem } from '../../kernel/index.js';
import type { Audience } from '../../sharing/index.js';

/** What is known of the driver for whom is asked. A partner app asks for the public: all null and false. */
export interface Asker {
  /** Lives in the facility's own community. */
  readonly isResident: boolean;
  /** Metres from the driver's registered home to the facility; null where unknown. */
  readonly homeMetres: number | null;
  readonly hasAgreement: boolean;
  /** The driver's credit score; null where no driver is named. */
  readonly credit: number | null;
}

export const ANY_DRIVER: Asker = { isResident: false, homeMetres: null, hasAgreement: false, credit: null };

/** Whether a window is for this asker; the problem that says why not otherwise (2.5-2, 2.5-5, 2.2-7). */
export function audienceProblem(audience: Audience, asker: Asker): Problem | null {
  switch (audience.kind) {
    case 'PUBLIC':
      return null;
    case 'RESIDENTS':
      if (asker.isResident) return null;
      return problem('RESIDENTS_ONLY', { zh: '该时段仅供本小区住户', en: 'this window is for residents of the community', clause: '2.5-5' });
    case 'NEIGHBOURS':
      if (asker.isResident || (asker.homeMetres !== null && asker.homeMetres <= audience.withinMetres)) return null;
      return problem('NEIGHBOURS_ONLY', { zh: `该时段仅供 ${audience.withinMetres} 米内的周边居民`, en: `this window is for neighbours within ${audience.withinMetres} metres`, clause: '2.5-5', data: { withinMetres: audience.withinMetres } });
    case 'AGREEMENT_HOLDERS':
      if (asker.hasAgreement) return null;
      return problem('AGREEMENT_HOLDERS_ONLY', { zh: '该时段仅供共享协议车辆', en: 'this window is for holders of an agreement', clause: '3.2-4' });
  }
}

/** Whether a driver's credit suffices; null also where no driver is named: then the threshold is a condition, not a refusal. */
export function creditProblem(leastCredit: number | null, asker: Asker): Problem | null {
  if (leastCredit === null || asker.credit === null || asker.credit >= leastCredit) return null;
  return problem('CREDIT_TOO_LOW', { zh: `信用分须不低于 ${leastCredit}，当前 ${asker.credit}`, en: `a credit score of at least ${leastCredit} is required, yours is ${asker.credit}`, clause: '2.2-4', data: { required: leastCredit, score: asker.credit } });
}

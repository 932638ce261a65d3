import { done, isRefusal, problem, reasonProblem, refuse, type Outcome } from '../kernel/index.js';
import { transaction, type RequestScope } from '../platform/index.js';
import { forbidden } from '../platform/graphql/index.js';
import { storeReportingUnit } from './facilities.sql.js';
import { facilityForChange, type FacilityChange } from './facility-for-change.js';
import { mayWriteJurisdiction } from './facility.policy.js';
import { codesAround, findDivision } from './jurisdictions.sql.js';
import { upsertSearch } from './search.sql.js';

export interface AssignReportingUnit extends FacilityChange {
  readonly reportingUnitId: string;
  /** Epoch ms; null: now. */
  readonly validFrom?: number | null;
  readonly reason: string;
  readonly idempotencyKey: string;
}

/** Says which unit counts a facility from an instant on; it is always exactly one (0-1, G8). An office's act, not its owner's. */
export function assignReportingUnit(scope: RequestScope, input: AssignReportingUnit): Promise<Outcome<{ readonly facilityId: string }>> {
  return transaction(scope, async unit => {
    const facility = await facilityForChange(unit, input);
    if (isRefusal(facility)) return facility;
    if (!mayWriteJurisdiction(scope.viewer, await codesAround(unit, [facility.jurisdictionId, facility.reportingUnitId]))) throw forbidden('jurisdiction:write');
    const unexplained = reasonProblem(input.reason);
    if (unexplained) return refuse(unexplained);
    const next = await findDivision(unit, input.reportingUnitId);
    if (!next?.isReportingUnit || next.city !== facility.city) {
      return refuse(problem('REPORTING_UNIT_UNKNOWN', { zh: `${next?.code ?? input.reportingUnitId.slice(0, 40)} 不是城市 ${facility.city} 的报告单位`, en: `${next?.code ?? input.reportingUnitId.slice(0, 40)} is no reporting unit of the city ${facility.city}`, field: 'reportingUnitId', clause: '0-1' }));
    }

    await storeReportingUnit(unit, { id: facility.id, reportingUnitId: next.id, validFrom: input.validFrom ?? unit.now });
    await upsertSearch(unit, [facility.id]);
    unit.record({ action: 'jurisdiction:write', objectType: 'facility', objectId: facility.id, reason: input.reason, details: { act: 'assign', from: facility.reportingUnitId, to: next.id } });
    unit.announce('facility.reassigned', { facilityId: facility.id, reportingUnitId: next.id });
    return done({ facilityId: facility.id });
  }, { operation: 'assignReportingUnit', key: input.idempotencyKey, input });
}

import { done, problem, reasonProblem, refuse, type Outcome, type Problem } from '../../kernel/index.js';
import { transaction, type RequestScope } from '../../platform/index.js';
import { badInput, notFound } from '../../platform/graphql/index.js';
import { isPartyNameable, lockAdmissions, putAdmissionParty } from './admissions.sql.js';
import { operatedBy } from './gate.policy.js';
import { gateFacilities } from './gate.sql.js';

export interface NameAdmissions {
  readonly admissionIds: readonly string[];
  readonly partyId: string;
  readonly reason: string;
  readonly idempotencyKey: string;
}

const MOST = 500;

/**
 * Says whose vehicles were admitted where that was not said (2.5-5, 3.2-4): such a vehicle is let in, and nobody is quoted
 * or books by it, which its driver can't tell from a place that lends to nobody. All of them or none. Whose a vehicle is
 * does not change: to be another's it is ended, and admitted anew.
 */
export function nameAdmissions(scope: RequestScope, { admissionIds, partyId, reason, idempotencyKey }: NameAdmissions): Promise<Outcome<{ readonly admissionIds: readonly string[] }>> {
  const ids = [...new Set(admissionIds)].sort();
  if (ids.length < 1 || ids.length > MOST) throw badInput({ zh: `一次 1–${MOST} 项登记，收到 ${ids.length} 项`, en: `1 to ${MOST} admissions at once, got ${ids.length}` }, 'input.admissionIds');
  return transaction(scope, async unit => {
    // The party before its admissions, as whoever erases it does.
    const isNameable = await isPartyNameable(unit, partyId);
    const rows = await lockAdmissions(unit, ids);
    const operated = await operatedBy(unit, scope.viewer, await gateFacilities(unit, [...new Set(rows.map(row => row.facilityId))]));
    const known = new Map(rows.filter(row => operated.has(row.facilityId)).map(row => [row.id, row]));
    const unknown = ids.find(id => !known.has(id));
    if (unknown !== undefined) throw notFound('admission', unknown);

    const problems: Problem[] = [];
    const unsaid = reasonProblem(reason);
    if (unsaid) problems.push(unsaid);
    if (!isNameable) problems.push(problem('PARTY_UNKNOWN', { zh: `没有主体 ${partyId.slice(0, 40)}`, en: `there is no party ${partyId.slice(0, 40)}`, field: 'partyId' }));
    for (const row of known.values()) {
      if (row.partyId !== null && row.partyId !== partyId) problems.push(problem('ADMISSION_NAMED', { zh: `登记 ${row.id} 已指明车辆所属主体：请终止后重新登记`, en: `the admission ${row.id} names a party already: end it, and admit the vehicle anew`, field: 'admissionIds', data: { admissionId: row.id } }));
    }
    if (problems.length > 0) return refuse(problems);

    await putAdmissionParty(unit, ids, partyId);
    for (const id of ids) unit.record({ action: 'gate:operate', objectType: 'admission', objectId: id, reason, details: { act: 'nameAdmissions', facilityId: known.get(id)!.facilityId, partyId } });
    return done({ admissionIds: ids });
  }, { operation: 'nameAdmissions', key: idempotencyKey, input: { ids, partyId, reason } });
}

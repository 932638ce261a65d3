import { done, problem, reasonProblem, refuse, type Outcome, type Problem } from '../../kernel/index.js';
import { transaction, type RequestScope } from '../../platform/index.js';
import { badInput, notFound } from '../../platform/graphql/index.js';
import { lockAdmissions, putAdmissionEnds } from './admissions.sql.js';
import { operatedBy } from './gate.policy.js';
import { gateFacilities } from './gate.sql.js';

export interface EndAdmissions {
  readonly admissionIds: readonly string[];
  /** Epoch ms; null: now. */
  readonly endsAt: number | null;
  readonly reason: string;
  readonly idempotencyKey: string;
}

const MOST = 500;

/**
 * Ends the admission of vehicles: who moves out, or whose agreement ends (2.5-5, 3.2-4). All of them or none. What was
 * booked as one of the audience stands; no further stay is quoted, booked or let in as such.
 */
export function endAdmissions(scope: RequestScope, { admissionIds, endsAt, reason, idempotencyKey }: EndAdmissions): Promise<Outcome<{ readonly admissionIds: readonly string[] }>> {
  const ids = [...new Set(admissionIds)].sort();
  if (ids.length < 1 || ids.length > MOST) throw badInput({ zh: `一次 1–${MOST} 项登记，收到 ${ids.length} 项`, en: `1 to ${MOST} admissions at once, got ${ids.length}` }, 'input.admissionIds');
  return transaction(scope, async unit => {
    const rows = await lockAdmissions(unit, ids);
    const operated = await operatedBy(unit, scope.viewer, await gateFacilities(unit, [...new Set(rows.map(row => row.facilityId))]));
    // Another's admission is as one that nobody made.
    const known = new Map(rows.filter(row => operated.has(row.facilityId)).map(row => [row.id, row]));
    const unknown = ids.find(id => !known.has(id));
    if (unknown !== undefined) throw notFound('admission', unknown);

    const until = endsAt ?? unit.now;
    const problems: Problem[] = [];
    const unsaid = reasonProblem(reason);
    if (unsaid) problems.push(unsaid);
    if (until < unit.now) problems.push(problem('ENDS_IN_PAST', { zh: '登记不能追溯终止', en: 'an admission ends now or later', field: 'endsAt' }));
    for (const { id, endsAt: ended } of known.values()) {
      if (ended !== null && ended <= until) problems.push(problem('ADMISSION_ENDS_EARLIER', { zh: `登记 ${id} 已定于更早终止`, en: `the admission ${id} ends earlier already`, field: 'admissionIds', data: { admissionId: id, endsAt: ended } }));
    }
    if (problems.length > 0) return refuse(problems);

    await putAdmissionEnds(unit, ids, until);
    for (const id of ids) unit.record({ action: 'gate:operate', objectType: 'admission', objectId: id, reason, details: { act: 'endAdmissions', facilityId: known.get(id)!.facilityId, endsAt: until } });
    return done({ admissionIds: ids });
  }, { operation: 'endAdmissions', key: idempotencyKey, input: { ids, endsAt, reason } });
}

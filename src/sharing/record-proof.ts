import { done, localTime, refuse, type Day, type Outcome } from '../kernel/index.js';
import { newId, transaction, type RequestScope, type Unit } from '../platform/index.js';
import { ensureMay } from '../identity/index.js';
import { notFound } from '../platform/graphql/index.js';
import { storeProof } from './proofs.sql.js';
import { checkProof, VOUCHED_BY } from './rules/proof-check.js';
import type { Proof } from './rules/publish.js';
import { findSuspendedFacility } from './suspensions.sql.js';

/** What a check found, and who made it when. */
export interface CheckedProof {
  readonly facilityId: string;
  readonly proof: Proof;
  readonly checkedBy: string;
  readonly checkedOn: Day;
}

export interface RecordProof extends CheckedProof {
  readonly idempotencyKey: string;
}

/** Records the result of a check, who made it and when; the document stays where it is (I15). The newest of a kind rules, the others are kept as versions. */
export function recordProof(scope: RequestScope, input: RecordProof): Promise<Outcome<{ readonly proofId: string }>> {
  return transaction(scope, unit => putProof(unit, input), { operation: 'recordProof', key: input.idempotencyKey, input });
}

/** The same inside a unit that writes more. */
export async function putProof(unit: Unit, input: CheckedProof): Promise<Outcome<{ readonly proofId: string }>> {
  const { viewer } = unit.scope;
  const facility = await findSuspendedFacility(unit, { windowId: null, facilityId: input.facilityId });
  if (!facility) throw notFound('facility', input.facilityId);
  const { kind, ...result } = input.proof;
  const partyId = VOUCHED_BY[kind] === 'SUPPLIER' ? facility.partyIds : null;
  ensureMay(viewer, 'proof:record', { partyId, jurisdictionCode: facility.jurisdictionCodes });
  const problems = checkProof(input.proof, { checkedBy: input.checkedBy, checkedOn: input.checkedOn, today: localTime.shanghai().dayOf(unit.now) });
  if (problems.length > 0) return refuse(problems);

  const proof = { id: newId('proof', unit.now), city: facility.city, facilityId: facility.facilityId, kind, result, checkedBy: input.checkedBy.trim(), checkedOn: localTime.formatDay(input.checkedOn) };
  const proofId = await storeProof(unit, proof, { now: unit.now, recordedBy: viewer.actorId });
  unit.record({ action: 'proof:record', objectType: 'proof', objectId: proofId, details: { facilityId: facility.facilityId, kind } });
  unit.announce('proof.recorded', { proofId, facilityId: facility.facilityId, kind });
  return done({ proofId });
}

import { done, isRefusal, problem, refuse, textProblem, type Outcome, type Problem, type TextRule } from '../../kernel/index.js';
import { newId, transaction, type RequestScope } from '../../platform/index.js';
import { forbidden, notFound } from '../../platform/graphql/index.js';
import { gateVehicle, type SeenVehicle } from '../rules/gate-vehicle.js';
import { isPartyNameable } from './admissions.sql.js';
import { operatedBy } from './gate.policy.js';
import { gateFacilities, insertAdmissions, type AdmittedRow } from './gate.sql.js';
import { vehicleHash } from './vehicle-key.js';

export interface AdmitVehicles {
  readonly facilityId: string;
  readonly audience: AdmittedRow['audience'];
  readonly vehicles: readonly SeenVehicle[];
  readonly agreementId: string | null;
  /** Whose vehicles they are, and who alone books by them; null: nobody, and the gate alone admits. */
  readonly partyId: string | null;
  /** Epoch ms; the end is null while none is known. */
  readonly startsAt: number | null;
  readonly endsAt: number | null;
  readonly idempotencyKey: string;
}

const MOST_VEHICLES = 500;
/** An agreement of ours, or the number that the parties gave theirs. */
const AGREEMENT: TextRule = { zh: '协议编号', en: 'the id of an agreement', field: 'agreementId', minimum: 1, maximum: 64, code: 'AGREEMENT_ID_INVALID' };

/**
 * Names the vehicles that a window's audience lets in: residents of the community, or those of an agreement (2.5-5, 3.2-4).
 * The gate admits by the plate; booking ahead takes more, because whoever knows a plate can name it: the party that is
 * named here as its own.
 */
export function admitVehicles(scope: RequestScope, input: AdmitVehicles): Promise<Outcome<{ readonly admissionIds: readonly string[] }>> {
  return transaction(scope, async unit => {
    const [facility] = await gateFacilities(unit, [input.facilityId]);
    if (!facility) throw notFound('facility', input.facilityId);
    if (!(await operatedBy(unit, scope.viewer, [facility])).has(facility.id)) throw forbidden('gate:operate');
    const startsAt = input.startsAt ?? unit.now;
    const problems: Problem[] = [];
    if (input.vehicles.length < 1 || input.vehicles.length > MOST_VEHICLES) problems.push(problem('VEHICLES_OUT_OF_RANGE', { zh: `一次 1–${MOST_VEHICLES} 辆，收到 ${input.vehicles.length} 辆`, en: `1 to ${MOST_VEHICLES} vehicles at once, got ${input.vehicles.length}`, field: 'vehicles' }));
    if (input.endsAt !== null && input.endsAt <= startsAt) problems.push(problem('INTERVAL_EMPTY', { zh: '结束须晚于开始', en: 'it must end after it starts', field: 'endsAt' }));
    if (input.agreementId !== null && input.audience === 'RESIDENTS') problems.push(problem('RESIDENTS_HAVE_NO_AGREEMENT', { zh: '住户车辆无须协议编号', en: 'residents enter by no agreement', field: 'agreementId' }));
    const unnamed = input.agreementId === null ? null : textProblem(input.agreementId, AGREEMENT);
    if (unnamed) problems.push(unnamed);
    const { partyId } = input;
    if (partyId !== null && !(await isPartyNameable(unit, partyId))) problems.push(problem('PARTY_UNKNOWN', { zh: `没有主体 ${partyId.slice(0, 40)}`, en: `there is no party ${partyId.slice(0, 40)}`, field: 'partyId' }));
    const agreementId = input.agreementId?.trim() ?? null;
    const { sealer } = scope.services;
    const rows = input.vehicles.slice(0, MOST_VEHICLES).flatMap((seen, nth) => {
      const vehicle = gateVehicle(seen, `vehicles[${nth}]`);
      if (isRefusal(vehicle)) {
        problems.push(...vehicle.problems);
        return [];
      }
      const { colour, colourAssumed, masked } = vehicle.value;
      return [{
        city: facility.city, id: newId('admission', unit.now), facilityId: facility.id, audience: input.audience, plateHash: vehicleHash(sealer, vehicle.value), colour: colourAssumed ? null : colour, maskedPlate: masked,
        agreementId, partyId, claimId: null, startsAt, endsAt: input.endsAt,
      }];
    });
    if (problems.length > 0) return refuse(problems);
    await insertAdmissions(unit, rows, { now: unit.now, recordedBy: scope.viewer.actorId });
    unit.record({ action: 'gate:operate', objectType: 'facility', objectId: facility.id, details: { act: 'admitVehicles', audience: input.audience, vehicles: rows.length, agreementId, partyId } });
    return done({ admissionIds: rows.map(row => row.id) });
  }, { operation: 'admitVehicles', key: input.idempotencyKey, input });
}

import { done, isRefusal, problem, refuse, textProblem, type Outcome } from '../../kernel/index.js';
import { newId, transaction, type RequestScope, type Unit } from '../../platform/index.js';
import { notFound } from '../../platform/graphql/index.js';
import { gateVehicle, type SeenVehicle } from '../rules/gate-vehicle.js';
import { eventsById, insertCorrection, lockVehicles, putPlate, type GateEventRow } from './event.sql.js';
import { operatedBy } from './gate.policy.js';
import { gateFacilities } from './gate.sql.js';
import { retoldOf } from './record-events.js';
import { retellVehicles } from './retell.js';
import { eventPlateBinding, vehicleHash, vehicleKey } from './vehicle-key.js';

export interface CorrectPlate {
  readonly gateEventId: string;
  readonly vehicle: SeenVehicle;
  readonly reason: string;
  readonly idempotencyKey: string;
}

const REASON_MAXIMUM = 200;

/**
 * Says that a camera misread a plate (I2): a person's act, with its reason, never a silent match. What was read stays
 * beside it; the stays of both vehicles are reckoned anew.
 */
export function correctPlate(scope: RequestScope, input: CorrectPlate): Promise<Outcome<{ readonly gateEventId: string; readonly sessionId: string | null }>> {
  return transaction(scope, async unit => {
    const [seen] = await eventsById(unit, [input.gateEventId]);
    const [facility] = seen ? await gateFacilities(unit, [seen.facilityId]) : [];
    if (!seen || !facility || !(await operatedBy(unit, scope.viewer, [facility])).has(facility.id)) throw notFound('gateEvent', input.gateEventId);
    const vehicle = gateVehicle(input.vehicle);
    const reason = input.reason.trim();
    const unexplained = textProblem(reason, { zh: '更正原因', en: 'the reason of a correction', field: 'reason', minimum: 1, maximum: REASON_MAXIMUM, code: 'REASON_INVALID' });
    if (isRefusal(vehicle) || unexplained) return refuse([...(isRefusal(vehicle) ? vehicle.problems : []), ...(unexplained ? [unexplained] : [])]);
    const hash = vehicleHash(scope.services.sealer, vehicle.value);
    const plateKey = vehicleKey(hash, vehicle.value);
    const event = await eventUnderLock(unit, seen, plateKey);
    if (event.plateKey === plateKey) return refuse(problem('PLATE_UNCHANGED', { zh: `号牌已是 ${event.maskedPlate}`, en: `the plate is ${event.maskedPlate} already`, field: 'vehicle' }));

    const corrected = { ...event, plateKey, plateHash: hash, colour: vehicle.value.colour, maskedPlate: vehicle.value.masked, sealedPlate: scope.services.sealer.seal(vehicle.value.number, eventPlateBinding(event.id)) };
    await putPlate(unit, corrected);
    await insertCorrection(unit, { city: event.city, id: newId('plateCorrection', unit.now), gateEventId: event.id, fromKey: event.plateKey, toKey: plateKey, reason, correctedBy: scope.viewer.actorId }, unit.now);
    const reckoned = await retellVehicles(unit, retoldOf([event, corrected]), []);
    unit.record({ action: 'gate:operate', objectType: 'gate_event', objectId: event.id, reason, details: { act: 'correctPlate', from: event.maskedPlate, to: corrected.maskedPlate } });
    unit.announce('gate.plateCorrected', { gateEventId: event.id, facilityId: event.facilityId });
    return done({ gateEventId: event.id, sessionId: reckoned.get(event.id)?.sessionId ?? null });
  }, { operation: 'correctPlate', key: input.idempotencyKey, input });
}

/** The event as it stands once both vehicles are locked: somebody may have corrected it meanwhile. */
async function eventUnderLock(unit: Unit, seen: GateEventRow, plateKey: string): Promise<GateEventRow> {
  await lockVehicles(unit, [`${seen.facilityId} ${seen.plateKey}`, `${seen.facilityId} ${plateKey}`]);
  const [event] = await eventsById(unit, [seen.id]);
  if (event!.plateKey !== seen.plateKey && event!.plateKey !== plateKey) throw new Error(`the gate event ${seen.id} was corrected meanwhile`);
  return event!;
}

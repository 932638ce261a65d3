import { plates } from '../../kernel/index.js';
import { defineLoader } from '../../platform/index.js';
import { plateHash } from '../seal-plates.js';
import { eventsById } from './event.sql.js';
import { gateFacilities } from './gate.sql.js';
import { mayOperate } from './gate.policy.js';
import { askedOf, nearest, opens } from './suggest-plates.js';
import { vehiclesIn } from './suggest.sql.js';
import { eventPlateBinding } from './vehicle-key.js';

/**
 * For an exit that nobody entered for: the plates one character away whose vehicle is in, and its own where a vehicle of
 * that number and another colour is (I2). A person chooses, and tells by `correctPlate`. Only for whoever works the gate.
 */
export const PLATES_MEANT = defineLoader<string, readonly string[]>('PLATES_MEANT', async (scope, eventIds) => {
  const { sealer } = scope.services;
  const events = new Map((await eventsById(scope.database, eventIds)).map(event => [event.id, event]));
  const facilities = new Map((await gateFacilities(scope.database, [...new Set([...events.values()].map(event => event.facilityId))])).map(facility => [facility.id, facility]));
  const readings = eventIds.flatMap(id => {
    const event = events.get(id);
    const facility = event && facilities.get(event.facilityId);
    if (!event || !facility || event.verdict !== 'EXIT_WITHOUT_ENTRY' || !mayOperate(scope.viewer, facility)) return [];
    const number = sealer.open(event.sealedPlate, eventPlateBinding(id));
    return [{ id, number, hash: plateHash(sealer, number), facilityId: event.facilityId, plateKey: event.plateKey, at: event.occurredAt }];
  });
  const inside = Map.groupBy(readings.length === 0 ? [] : await vehiclesIn(scope.database, askedOf(readings)), vehicle => vehicle.facilityId);
  const meant = new Map(readings.map(({ id, number, hash, facilityId, plateKey }) => {
    const others = (inside.get(facilityId) ?? []).filter(vehicle => vehicle.plateKey !== plateKey);
    // A ticket is no plate, however much it looks like one: its hash is of another kind.
    const numbers = others.filter(vehicle => plates.mayBeMisread(number, vehicle.maskedPlate))
      .flatMap(vehicle => opens(() => sealer.open(vehicle.sealedPlate, eventPlateBinding(vehicle.entryEventId))) ?? [])
      .filter(each => others.some(vehicle => vehicle.plateKey.startsWith(`${plateHash(sealer, each)}/`)));
    const own = others.some(vehicle => vehicle.plateKey.startsWith(`${hash}/`)) ? [number] : [];
    return [id, [...own, ...nearest(number, numbers)]];
  }));
  return eventIds.map(id => meant.get(id) ?? []);
});

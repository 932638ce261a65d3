import { plates } from '../../kernel/index.js';
import { defineLoader } from '../../platform/index.js';
import { plateHash } from '../seal-plates.js';
import { eventsById } from './event.sql.js';
import { gateFacilities } from './gate.sql.js';
import { mayOperate } from './gate.policy.js';
import { openVehicles } from './suggest.sql.js';
import { eventPlateBinding } from './vehicle-key.js';

/**
 * For an exit that nobody entered for: the plates one confused character away whose vehicle is in, and its own where a
 * vehicle of that number and another colour is (I2). A person chooses,
 * and tells by `correctPlate`. Only for whoever works the gate.
 */
export const PLATES_MEANT = defineLoader<string, readonly string[]>('PLATES_MEANT', async (scope, eventIds) => {
  const { sealer } = scope.services;
  const events = new Map((await eventsById(scope.database, eventIds)).map(event => [event.id, event]));
  const facilities = new Map((await gateFacilities(scope.database, [...new Set([...events.values()].map(event => event.facilityId))])).map(facility => [facility.id, facility]));
  const asked = eventIds.flatMap(id => {
    const event = events.get(id);
    const facility = event && facilities.get(event.facilityId);
    if (!event || !facility || event.verdict !== 'EXIT_WITHOUT_ENTRY' || !mayOperate(scope.viewer, facility)) return [];
    const read = sealer.open(event.sealedPlate, eventPlateBinding(id));
    return [read, ...plates.suggestPlates(read)].map(number => ({ id, number, facilityId: event.facilityId, hash: plateHash(sealer, number), readKey: event.plateKey }));
  });
  const isIn = new Set(asked.length === 0 ? [] : (await openVehicles(scope.database, asked)).map(row => `${row.facilityId} ${row.hash}`));
  return eventIds.map(id => asked.filter(each => each.id === id && isIn.has(`${each.facilityId} ${each.hash}`)).map(each => each.number));
});

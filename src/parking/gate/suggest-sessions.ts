import { plates } from '../../kernel/index.js';
import { defineLoader, type RequestScope } from '../../platform/index.js';
import { plateHash } from '../seal-plates.js';
import { eventsById } from './event.sql.js';
import { gateFacilities } from './gate.sql.js';
import { mayOperate } from './gate.policy.js';
import { nearest } from './suggest-plates.js';
import { vehiclesIn } from './suggest.sql.js';
import { eventPlateBinding } from './vehicle-key.js';

/** An exit that nobody entered for. */
interface StrayExit {
  readonly id: string;
  readonly facilityId: string;
  readonly number: string;
  readonly plateKey: string;
}

/** Readings of one statement: each is looked for by the hashes of a thousand numbers. */
const AT_ONCE = 20;

/**
 * For an exit that nobody entered for: the plates one character away whose vehicle is in, and its own where a vehicle of
 * that number and another colour is (I2). A person chooses, and tells by `correctPlate`. Only for whoever works the gate.
 * The passage is written by then, and the numbers that it may have been are looked up one by one, however many are in.
 */
export const PLATES_MEANT = defineLoader<string, readonly string[]>('PLATES_MEANT', async (scope, eventIds) => {
  const { sealer } = scope.services;
  const events = new Map((await eventsById(scope.database, eventIds)).map(event => [event.id, event]));
  const facilities = new Map((await gateFacilities(scope.database, [...new Set([...events.values()].map(event => event.facilityId))])).map(facility => [facility.id, facility]));
  const exits = eventIds.flatMap((id): readonly StrayExit[] => {
    const event = events.get(id);
    const facility = event && facilities.get(event.facilityId);
    if (!event || !facility || event.verdict !== 'EXIT_WITHOUT_ENTRY' || !mayOperate(scope.viewer, facility)) return [];
    return [{ id, facilityId: event.facilityId, number: sealer.open(event.sealedPlate, eventPlateBinding(id)), plateKey: event.plateKey }];
  });
  const meant = new Map<string, readonly string[]>();
  for (let from = 0; from < exits.length; from += AT_ONCE) for (const [id, numbers] of await numbersMeant(scope, exits.slice(from, from + AT_ONCE))) meant.set(id, numbers);
  return eventIds.map(id => meant.get(id) ?? []);
});

/** By the hash of a plate's number: a ticket is no plate, however much it looks like one, and its hash is of another kind. */
async function numbersMeant({ database, services: { sealer } }: RequestScope, exits: readonly StrayExit[]): Promise<ReadonlyArray<readonly [string, readonly string[]]>> {
  const sought = exits.flatMap(exit => [exit.number, ...plates.numbersNear(exit.number)].map(number => ({ ...exit, number, plateHash: plateHash(sealer, number) })));
  const inside = Map.groupBy(await vehiclesIn(database, sought), ({ facilityId, plateKey }) => `${facilityId} ${plateKey.split('/')[0]}`);
  const found = Map.groupBy(sought.filter(each => inside.get(`${each.facilityId} ${each.plateHash}`)?.some(({ plateKey }) => plateKey !== each.plateKey)), ({ id }) => id);
  return exits.map(({ id, number }) => {
    const numbers = (found.get(id) ?? []).map(each => each.number);
    return [id, [...(numbers.includes(number) ? [number] : []), ...nearest(number, numbers)]];
  });
}

import { defineLoader, type LoaderToken, type RequestScope } from '../platform/index.js';
import { Facility } from './facility.entity.js';
import { Jurisdiction } from './jurisdiction.entity.js';
import { Hub, KeyPlace, ShuttleService } from './key-place.entity.js';
import type { CapacityByClassType } from './facility.type.js';
import { capacityByClass } from './reads.sql.js';
import { Entrance, Space, Zone } from './zone.entity.js';

/** Answers in the order of the keys, null for what is not there. */
function inOrder<V extends { readonly id: string }>(ids: readonly string[], found: readonly V[]): Array<V | null> {
  const byId = new Map(found.map(one => [one.id, one]));
  return ids.map(id => byId.get(id) ?? null);
}

function grouped<K, V>(keys: readonly K[], found: readonly V[], keyOf: (one: V) => K): V[][] {
  const groups = Map.groupBy(found, keyOf);
  return keys.map(key => groups.get(key) ?? []);
}

/** A manager of its own for each batch: a row read before a mutation of this request must not answer after it. */
const manager = (scope: RequestScope) => scope.database.orm.em.fork();

const ids = (keys: readonly string[]) => ({ id: { $in: [...keys] } });

/** Facilities by id; what is not there is null. */
export const FACILITY_BY_ID = defineLoader<string, Facility | null>('FACILITY_BY_ID', async (scope, keys) => inOrder(keys, await manager(scope).find(Facility, ids(keys))));

export const JURISDICTION_BY_ID = defineLoader<string, Jurisdiction | null>('JURISDICTION_BY_ID', async (scope, keys) => inOrder(keys, await manager(scope).find(Jurisdiction, ids(keys))));

export const KEY_PLACE_BY_ID = defineLoader<string, KeyPlace | null>('KEY_PLACE_BY_ID', async (scope, keys) => inOrder(keys, await manager(scope).find(KeyPlace, ids(keys))));

export const HUB_BY_ID = defineLoader<string, Hub | null>('HUB_BY_ID', async (scope, keys) => inOrder(keys, await manager(scope).find(Hub, ids(keys))));

export const SHUTTLE_BY_ID = defineLoader<string, ShuttleService | null>('SHUTTLE_BY_ID', async (scope, keys) => inOrder(keys, await manager(scope).find(ShuttleService, ids(keys))));

export const ZONE_BY_ID = defineLoader<string, Zone | null>('ZONE_BY_ID', async (scope, keys) => inOrder(keys, await manager(scope).find(Zone, ids(keys))));

export const SPACE_BY_ID = defineLoader<string, Space | null>('SPACE_BY_ID', async (scope, keys) => inOrder(keys, await manager(scope).find(Space, ids(keys))));

export const ZONES_OF_FACILITY = defineLoader<string, Zone[]>('ZONES_OF_FACILITY', async (scope, keys) =>
  grouped(keys, await manager(scope).find(Zone, { facilityId: { $in: [...keys] } }, { orderBy: { position: 'asc', id: 'asc' } }), zone => zone.facilityId));

export const ENTRANCES_OF_FACILITY = defineLoader<string, Entrance[]>('ENTRANCES_OF_FACILITY', async (scope, keys) =>
  grouped(keys, await manager(scope).find(Entrance, { facilityId: { $in: [...keys] } }, { orderBy: { position: 'asc' } }), entrance => entrance.facilityId));

export const HUB_OF_FACILITY = defineLoader<string, Hub | null>('HUB_OF_FACILITY', async (scope, keys) =>
  grouped(keys, await manager(scope).find(Hub, { facilityId: { $in: [...keys] } }), hub => hub.facilityId).map(([hub]) => hub ?? null));

export const SHUTTLES_OF_HUB = defineLoader<string, ShuttleService[]>('SHUTTLES_OF_HUB', async (scope, keys) =>
  grouped(keys, await manager(scope).find(ShuttleService, { hubId: { $in: [...keys] } }, { orderBy: { position: 'asc' } }), shuttle => shuttle.hubId));

const capacityLoader = (name: string, column: 'facility_id' | 'zone_id') =>
  defineLoader<string, CapacityByClassType[]>(name, async (scope: RequestScope, keys) => {
    const rows = await capacityByClass(scope.database, column, keys);
    return grouped(keys, rows, row => row.owner).map(group => group.map(({ owner: _owner, ...capacity }) => capacity));
  });

export const CAPACITY_OF_FACILITY = capacityLoader('CAPACITY_OF_FACILITY', 'facility_id');

export const CAPACITY_OF_ZONE = capacityLoader('CAPACITY_OF_ZONE', 'zone_id');

/** Reads one object after a mutation, past what the request remembers of it. */
export async function freshly<Value>(scope: RequestScope, token: LoaderToken<string, Value>, id: string): Promise<Value> {
  const [value] = await token.batch(scope, [id]);
  if (value instanceof Error) throw value;
  return value as Value;
}

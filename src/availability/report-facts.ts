import { LRUCache } from 'lru-cache';
import { isId, type Services, type Unit } from '../platform/index.js';
import { columnOf } from './columns.js';
import { facilitiesByCode, factVersions, listFacts, type FactRow } from './report-facts.sql.js';
import { WHOLE, type CountedCapacity, type ReportedFacility } from './rules/report-verdict.js';

interface Known {
  readonly version: string;
  readonly facility: ReportedFacility;
}

const KEPT = 50_000;
const known = new WeakMap<Services, LRUCache<string, Known>>();

/** The facilities that reports name, by what they name them with; what is not there names none of ours. */
export interface NamedFacilities {
  byId(id: string): ReportedFacility | null;
  byCode(register: string, code: string): ReportedFacility | null;
}

/**
 * Finds what reports speak of. A process remembers what a facility is, but believes it only under the version that the
 * search row has in this very transaction: whatever changes a facility moves that version.
 */
export async function findReported(unit: Unit, ids: ReadonlySet<string>, codes: ReadonlyArray<{ readonly register: string; readonly code: string }>): Promise<NamedFacilities> {
  const coded = codes.length === 0 ? [] : await facilitiesByCode(unit, codes);
  const wanted = new Set(coded.map(row => row.facilityId));
  for (const id of ids) if (isId('facility', id)) wanted.add(id);
  const facilities = await readFacilities(unit, [...wanted]);
  const idOfCode = new Map(coded.map(({ register, code, facilityId }) => [`${register}\0${code}`, facilityId]));
  return {
    byId: id => facilities.get(id) ?? null,
    byCode: (register, code) => facilities.get(idOfCode.get(`${register}\0${code}`) ?? '') ?? null,
  };
}

async function readFacilities(unit: Unit, ids: readonly string[]): Promise<ReadonlyMap<string, ReportedFacility>> {
  if (ids.length === 0) return new Map();
  const memory = memoryOf(unit.scope.services);
  const versions = await factVersions(unit, columnOf(ids));
  const found = new Map<string, ReportedFacility>();
  const unread: string[] = [];
  for (const { id, version } of versions) {
    const remembered = memory.get(id);
    if (remembered?.version === version) found.set(id, remembered.facility);
    else unread.push(id);
  }
  if (unread.length > 0) {
    for (const row of await listFacts(unit, unread)) {
      const facility = facilityOf(row);
      memory.set(row.id, { version: row.version, facility });
      found.set(row.id, facility);
    }
  }
  return found;
}

function memoryOf(services: Services): LRUCache<string, Known> {
  let memory = known.get(services);
  if (!memory) known.set(services, (memory = new LRUCache({ max: KEPT })));
  return memory;
}

function facilityOf({ id, city, partyIds, jurisdictionCodes, zones, capacities }: FactRow): ReportedFacility {
  const byZone = new Map<string, Map<string, CountedCapacity>>([[WHOLE, new Map()]]);
  for (const { zoneId, spaceClass, total, shareable } of capacities) {
    for (const key of [zoneId, WHOLE]) {
      const ofZone = byZone.get(key) ?? new Map<string, CountedCapacity>();
      byZone.set(key, ofZone);
      const sum = ofZone.get(spaceClass) ?? { total: 0, shareable: 0 };
      ofZone.set(spaceClass, { total: sum.total + total, shareable: sum.shareable + shareable });
    }
  }
  return { id, city, partyIds, jurisdictionCodes, zoneIds: new Map(zones.map(zone => [zone.code, zone.id])), capacities: byZone };
}

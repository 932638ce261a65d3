import type { Unit } from '../platform/index.js';
import { findKnown, findParties, lockFacilities, type KnownFacility } from './facilities.sql.js';
import { citySettings, divisionsAround, divisionsOf, type DivisionRow } from './jurisdictions.sql.js';
import type { KnownParts } from './facility-rows.js';
import type { CitySetting, FacilityDraft, NormalFacility, PartyReference } from './rules/facility-draft.js';
import { capacitiesOf, zonesOf } from './zones.sql.js';

/** What is configured for the cities that drafts name. */
export async function settingsOf(unit: Unit, drafts: readonly FacilityDraft[]): Promise<ReadonlyMap<string, CitySetting>> {
  const cities = [...new Set(drafts.map(draft => draft.city))].filter(city => /^\d{6}$/.test(city));
  return new Map((await citySettings(unit, cities)).map(setting => [setting.city, setting]));
}

/** Everything stored that drafts are decided by, read in a handful of statements whatever their number. */
export interface DraftContext {
  readonly divisionByCode: ReadonlyMap<string, DivisionRow>;
  readonly divisionById: ReadonlyMap<string, DivisionRow>;
  known(draft: NormalFacility): KnownFacility | null;
  /** The zones and capacities of the facility that a draft tells of, as they stand. */
  parts(facilityId: string): Pick<KnownParts, 'zones' | 'capacities'>;
  around(draft: NormalFacility): DivisionRow | null;
  /** Our id of a party; undefined where there is none. */
  party(reference: PartyReference): string | undefined;
}

export async function loadContext(unit: Unit, drafts: readonly NormalFacility[]): Promise<DraftContext> {
  const cities = [...new Set(drafts.map(draft => draft.city))];
  const divisions = await divisionsOf(unit, cities);
  const divisionById = new Map(divisions.map(division => [division.id, division]));

  const keys = drafts.map(({ city, source, sourceCode, code }) => ({ city, source, sourceCode, code }));
  const known = new Map<NormalFacility, KnownFacility>();
  await lockFacilities(unit, (await findKnown(unit, keys)).map(facility => facility.id));
  // Read again under the lock, so that nobody publishes, nor changes a state, between what is judged and what is written.
  for (const { nth, ...facility } of await findKnown(unit, keys)) known.set(drafts[nth]!, facility);
  const knownIds = [...known.values()].map(facility => facility.id);
  const zones = Map.groupBy(await zonesOf(unit, knownIds), zone => zone.facilityId);
  const capacities = Map.groupBy(await capacitiesOf(unit, knownIds), capacity => capacity.facilityId);

  const unplaced = drafts.filter(draft => draft.jurisdictionCode === null);
  const around = await divisionsAround(unit, unplaced.map(({ city, location }) => ({ city, ...location })));
  const placed = new Map(unplaced.map((draft, i) => [draft, around[i] ?? null]));

  const references = drafts.flatMap(draft => [draft.owner, draft.manager, draft.operator]).filter(reference => reference !== null);
  const ids = references.flatMap(reference => ('id' in reference ? [reference.id] : []));
  const names = references.flatMap(reference => ('id' in reference ? [] : [reference]));
  const parties = await findParties(unit, [...new Set(ids)], names);
  const partyIds = new Set(parties.map(party => party.id));
  const partyByName = new Map(parties.map(party => [nameOf(party.source ?? '', party.code ?? ''), party.id]));

  return {
    divisionByCode: new Map(divisions.map(division => [division.code, division])),
    divisionById,
    known: draft => known.get(draft) ?? null,
    parts: id => ({ zones: zones.get(id) ?? [], capacities: capacities.get(id) ?? [] }),
    around: draft => divisionById.get(placed.get(draft) ?? '') ?? null,
    party: reference => ('id' in reference ? (partyIds.has(reference.id) ? reference.id : undefined) : partyByName.get(nameOf(reference.source, reference.code))),
  };
}

function nameOf(source: string, code: string): string {
  return `${source}\u001f${code}`;
}

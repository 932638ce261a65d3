import type { Room } from '../platform/index.js';
import { FacilityChangesResolver } from './facility-changes.resolver.js';
import { facilityEntity } from './facility.entity.js';
import { FACILITY_BY_ID, HUB_BY_ID, JURISDICTION_BY_ID, KEY_PLACE_BY_ID, SHUTTLE_BY_ID, SPACE_BY_ID, ZONE_BY_ID } from './facility.loaders.js';
import { EntranceResolver, FacilityResolver, SpaceResolver, ZoneResolver } from './facility.resolver.js';
import { FacilityType, SpaceType, ZoneType } from './facility.type.js';
import { BookingsInTheWay } from './bookings-in-the-way.type.js';
import { jurisdictionEntity } from './jurisdiction.entity.js';
import { keyPlaceEntities } from './key-place.entity.js';
import { HubResolver, JurisdictionResolver, KeyPlaceResolver, ShuttleServiceResolver } from './place.resolver.js';
import { HubType, JurisdictionType, KeyPlaceType, ShuttleServiceType } from './place.type.js';
import { FACILITIES_REFUSALS } from './refusals.js';
import { zoneEntities } from './zone.entity.js';

export { BOOKINGS_FIELD, BookingsChoiceEnum, BookingsInTheWay, lendingErrorOf } from './bookings-in-the-way.type.js';
export type { BookingsChoice } from './bookings-in-the-way.type.js';
export { CapacityByClassType, FacilityType, SpaceType, ZoneType } from './facility.type.js';
export { HubType, JurisdictionType, KeyPlaceType, ShuttleServiceType } from './place.type.js';
export { CoordinateInput, CoordinateType, CrsArgs, coordinateIn } from './coordinate.type.js';
export { CrsEnum, SpaceClassEnum } from './enums.type.js';
export { AreaInput, FacilityWhere } from './facility-where.type.js';
export { resolveWhere } from './facility-where.js';
export type { Area, FilteredFacility, ResolvedWhere } from './facility-where.js';
export { whereSql } from './facility-where.sql.js';
export { Facility } from './facility.entity.js';
export { Zone } from './zone.entity.js';
export { Hub, KeyPlace, ShuttleService } from './key-place.entity.js';
export { FACILITY_BY_ID, HUB_BY_ID, KEY_PLACE_BY_ID, SHUTTLE_BY_ID, ZONE_BY_ID } from './facility.loaders.js';
export { putLentPeaks } from './zones.sql.js';
export { putSearchWindows } from './search.sql.js';
export type { SearchWindows } from './search.sql.js';
export { facilitiesAround } from './around.sql.js';
export { facilitiesOfSql, listFacilityIdsOf } from './reads.sql.js';
export type { FacilityAround } from './around.sql.js';
export { findCityOf } from './jurisdictions.sql.js';
export { jurisdictionCodeOf } from './jurisdiction-codes.js';
export { nearbyHubs } from './nearby-hubs.js';
export { putHub } from './register-hub.js';
export { putKeyPlace } from './register-key-place.js';
export type { HubDraft, KeyPlaceDraft, ShuttleDraft } from './rules/place-draft.js';
export type { NearbyHub } from './key-places.sql.js';
export { registerFacilities } from './register-facilities.js';
export type { RegisteredFacility } from './register-facilities.js';
export { registerJurisdictions } from './register-jurisdictions.js';
export type { JurisdictionDraft, RegisteredJurisdiction } from './register-jurisdictions.js';
export { obligationOf } from './rules/obligation.js';
export type { FacilityDraft, ZoneDraft, CapacityDraft, SpaceDraft, EntranceDraft, PartyReference, DraftCoordinate } from './rules/facility-draft.js';
export { STATUS_WORDS } from './rules/status.js';
export type { FacilityStatus } from './rules/status.js';
export * as words from './rules/words.js';
export type { FacilityCategory, Sector, SpaceClass, ResourceKind, Ownership } from './rules/words.js';

/** What exists, where, of which category, whose, fit to be shared or not. */
export const facilitiesRoom: Room = {
  name: 'facilities',
  entities: [facilityEntity, jurisdictionEntity, ...zoneEntities, ...keyPlaceEntities],
  resolvers: [
    FacilityResolver, ZoneResolver, SpaceResolver, EntranceResolver, FacilityChangesResolver, JurisdictionResolver, KeyPlaceResolver, HubResolver, ShuttleServiceResolver,
  ],
  orphanedTypes: [BookingsInTheWay, FacilityType, ZoneType, SpaceType, JurisdictionType, KeyPlaceType, HubType, ShuttleServiceType],
  refusals: FACILITIES_REFUSALS,
  nodes: [
    { kind: 'facility', loader: FACILITY_BY_ID },
    { kind: 'zone', loader: ZONE_BY_ID },
    { kind: 'space', loader: SPACE_BY_ID },
    { kind: 'jurisdiction', loader: JURISDICTION_BY_ID },
    { kind: 'keyPlace', loader: KEY_PLACE_BY_ID },
    { kind: 'hub', loader: HUB_BY_ID },
    { kind: 'shuttleService', loader: SHUTTLE_BY_ID },
  ],
};

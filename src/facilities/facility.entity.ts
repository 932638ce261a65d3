import { defineEntity, p } from '@mikro-orm/core';
import { obligationOf, type Obligation } from './rules/obligation.js';
import type { FacilityStatus } from './rules/status.js';
import type { FacilityCategory, ManagementMode, Ownership, RegistrationStatus, ResourceKind, Sector } from './rules/words.js';

const FacilitySchema = defineEntity({
  name: 'Facility',
  tableName: 'facility',
  properties: {
    id: p.string().primary(),
    city: p.string(),
    sourceName: p.string().name('source'),
    sourceCode: p.string(),
    code: p.string(),
    name: p.string(),
    address: p.string().nullable(),
    category: p.string().$type<FacilityCategory>(),
    sector: p.string().$type<Sector>(),
    sectorReason: p.string().nullable(),
    resourceKind: p.string().$type<ResourceKind>(),
    ownership: p.string().$type<Ownership>().nullable(),
    managementMode: p.string().$type<ManagementMode>().nullable(),
    ownerPartyId: p.string().nullable(),
    managerPartyId: p.string().nullable(),
    operatorPartyId: p.string().nullable(),
    jurisdictionId: p.string(),
    reportingUnitId: p.string(),
    longitude: p.double().$type<number>(),
    latitude: p.double().$type<number>(),
    publicLongitude: p.double().$type<number>(),
    publicLatitude: p.double().$type<number>(),
    zoneName: p.string(),
    closesAt: p.json<Array<number | null>>().nullable(),
    planningRequiredSpaces: p.integer().nullable(),
    registrationNo: p.string().nullable(),
    registrationIssuedBy: p.string().nullable(),
    registrationValidTo: p.date().nullable(),
    registrationStatus: p.string().$type<RegistrationStatus>().nullable(),
    isInsured: p.boolean().nullable(),
    isMilitaryLinked: p.boolean(),
    isRestricted: p.boolean(),
    isCivilDefence: p.boolean().nullable(),
    hasCameras: p.boolean().nullable(),
    status: p.string().$type<FacilityStatus>(),
    statusReason: p.string().nullable(),
    statusSince: p.datetime(),
    acceptanceRequired: p.boolean(),
    acceptanceReference: p.string().nullable(),
    acceptedOn: p.date().nullable(),
    isSynthetic: p.boolean(),
    observedOn: p.date(),
    recordedAt: p.datetime(),
    recordedBy: p.string().nullable(),
    version: p.integer(),
    validFrom: p.datetime(),
  },
});

/**
 * A car park, garage, on-street section or set of spaces under one manager. Its class bears the name of its GraphQL
 * type, because `node` tells types apart by it.
 */
export class Facility extends FacilitySchema.class {
  get obligation(): Obligation {
    return obligationOf(this);
  }

  get liveDataIsPublic(): boolean {
    return !this.isMilitaryLinked;
  }

  get registration() {
    if (this.registrationNo == null || this.registrationStatus == null) return null;
    return { no: this.registrationNo, issuedBy: this.registrationIssuedBy ?? null, validToOn: this.registrationValidTo ?? null, status: this.registrationStatus };
  }

  get source() {
    return { source: this.sourceName, code: this.sourceCode, observedOn: this.observedOn, recordedAt: this.recordedAt };
  }
}
FacilitySchema.setClass(Facility);

export const facilityEntity = FacilitySchema;

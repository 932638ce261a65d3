import { defineEntity, p } from '@mikro-orm/core';
import type { EntranceKind, SpaceAttribute, SpaceClass, SpaceStatus } from './rules/words.js';

const ZoneSchema = defineEntity({
  name: 'Zone',
  tableName: 'zone',
  properties: {
    id: p.string().primary(),
    city: p.string(),
    facilityId: p.string(),
    code: p.string(),
    name: p.string(),
    position: p.integer(),
    validFrom: p.datetime(),
  },
});

/** A part of a facility whose spaces are lent and claimed as one pool. */
export class Zone extends ZoneSchema.class {}
ZoneSchema.setClass(Zone);

const FacilityCapacitySchema = defineEntity({
  name: 'FacilityCapacity',
  tableName: 'facility_capacity',
  properties: {
    id: p.string().primary(),
    city: p.string(),
    facilityId: p.string(),
    zoneId: p.string(),
    spaceClass: p.string().$type<SpaceClass>(),
    total: p.integer(),
    shareable: p.integer().nullable(),
    outOfService: p.integer(),
    outOfServiceReason: p.string().nullable(),
    outOfServiceSince: p.datetime().nullable(),
    sourceName: p.string().name('source'),
    sourceCode: p.string(),
    observedOn: p.date(),
    recordedAt: p.datetime(),
    validFrom: p.datetime(),
  },
});

/** How many spaces of one class a zone has; a space counts in its primary class alone (C12). */
export class FacilityCapacity extends FacilityCapacitySchema.class {
  get source() {
    return { source: this.sourceName, code: this.sourceCode, observedOn: this.observedOn, recordedAt: this.recordedAt };
  }
}
FacilityCapacitySchema.setClass(FacilityCapacity);

const SpaceSchema = defineEntity({
  name: 'Space',
  tableName: 'space',
  properties: {
    id: p.string().primary(),
    city: p.string(),
    facilityId: p.string(),
    zoneId: p.string(),
    number: p.string(),
    spaceClass: p.string().$type<SpaceClass>(),
    attributes: p.array().$type<SpaceAttribute[]>(),
    longitude: p.double().$type<number>().nullable(),
    latitude: p.double().$type<number>().nullable(),
    status: p.string().$type<SpaceStatus>(),
    validFrom: p.datetime(),
  },
});

/** One numbered berth; needed where it is booked or owned by itself. */
export class Space extends SpaceSchema.class {}
SpaceSchema.setClass(Space);

const EntranceSchema = defineEntity({
  name: 'Entrance',
  tableName: 'entrance',
  properties: {
    city: p.string(),
    facilityId: p.string().primary(),
    position: p.integer().primary(),
    kind: p.string().$type<EntranceKind>(),
    name: p.string().nullable(),
    longitude: p.double().$type<number>(),
    latitude: p.double().$type<number>(),
  },
});

/** Where one drives or walks in; all that the public sees of a restricted facility's place (G9). */
export class Entrance extends EntranceSchema.class {}
EntranceSchema.setClass(Entrance);

export const zoneEntities = [ZoneSchema, FacilityCapacitySchema, SpaceSchema, EntranceSchema];

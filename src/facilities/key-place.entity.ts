import { defineEntity, p } from '@mikro-orm/core';
import type { KeyPlaceKind, ShuttleMode } from './rules/words.js';

const KeyPlaceSchema = defineEntity({
  name: 'KeyPlace',
  tableName: 'key_place',
  properties: {
    id: p.string().primary(),
    city: p.string(),
    sourceName: p.string().name('source'),
    sourceCode: p.string(),
    kind: p.string().$type<KeyPlaceKind>(),
    name: p.string(),
    longitude: p.double().$type<number>(),
    latitude: p.double().$type<number>(),
    jurisdictionId: p.string().nullable(),
    isSynthetic: p.boolean(),
    observedOn: p.date(),
    recordedAt: p.datetime(),
    version: p.integer(),
    validFrom: p.datetime(),
  },
});

/** A place around which parking is short (1-3, 2.1-1). */
export class KeyPlace extends KeyPlaceSchema.class {
  get source() {
    return { source: this.sourceName, code: this.sourceCode, observedOn: this.observedOn, recordedAt: this.recordedAt };
  }
}
KeyPlaceSchema.setClass(KeyPlace);

const HubSchema = defineEntity({
  name: 'Hub',
  tableName: 'hub',
  properties: {
    id: p.string().primary(),
    city: p.string(),
    facilityId: p.string(),
    name: p.string(),
    sourceName: p.string().name('source'),
    sourceCode: p.string(),
    isSynthetic: p.boolean(),
    observedOn: p.date(),
    recordedAt: p.datetime(),
    version: p.integer(),
    validFrom: p.datetime(),
  },
});

/** A large facility away from the destination, tied to it by shuttle or transit (2.1-7, 2.1-8). */
export class Hub extends HubSchema.class {
  get source() {
    return { source: this.sourceName, code: this.sourceCode, observedOn: this.observedOn, recordedAt: this.recordedAt };
  }
}
HubSchema.setClass(Hub);

const ShuttleServiceSchema = defineEntity({
  name: 'ShuttleService',
  tableName: 'shuttle_service',
  properties: {
    id: p.string().primary(),
    city: p.string(),
    hubId: p.string(),
    position: p.integer(),
    mode: p.string().$type<ShuttleMode>(),
    name: p.string(),
    toKeyPlaceId: p.string().nullable(),
    toLongitude: p.double().$type<number>(),
    toLatitude: p.double().$type<number>(),
    headwayMinutes: p.integer(),
    firstAt: p.integer(),
    lastAt: p.integer(),
    rideMinutes: p.integer(),
    walkMinutesAtEnd: p.integer(),
    validFromOn: p.date(),
    validUntilOn: p.date().nullable(),
  },
});

/** A ride from a hub to where people go, with its headway and validity (2.1-9). */
export class ShuttleService extends ShuttleServiceSchema.class {}
ShuttleServiceSchema.setClass(ShuttleService);

export const keyPlaceEntities = [KeyPlaceSchema, HubSchema, ShuttleServiceSchema];

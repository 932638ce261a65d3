import { defineEntity, p } from '@mikro-orm/core';
import type { StoredTerms } from './rules/terms-codec.js';
import type { Audience, WindowMode, WindowStatus } from './rules/window.js';

const SharingWindowSchema = defineEntity({
  name: 'SharingWindowEntity',
  tableName: 'sharing_window',
  properties: {
    id: p.string().primary(),
    city: p.string(),
    facilityId: p.string(),
    zoneId: p.string(),
    name: p.string(),
    mode: p.string().$type<WindowMode>(),
    audience: p.string().$type<Audience['kind']>(),
    status: p.string().$type<WindowStatus>(),
    statusReason: p.string().nullable(),
    terms: p.json<StoredTerms>(),
    source: p.string().nullable(),
    sourceCode: p.string().nullable(),
    version: p.integer(),
    recordedAt: p.datetime(),
    recordedBy: p.string(),
    validFrom: p.datetime(),
  },
});

/** A recurring offer of spaces of one zone. Every version is kept in `sharing_window_version`. */
export class SharingWindowEntity extends SharingWindowSchema.class {}
SharingWindowSchema.setClass(SharingWindowEntity);

const WindowSuspensionSchema = defineEntity({
  name: 'WindowSuspensionEntity',
  tableName: 'window_suspension',
  properties: {
    id: p.string().primary(),
    city: p.string(),
    windowId: p.string().nullable(),
    facilityId: p.string().nullable(),
    jurisdictionCode: p.string().nullable(),
    startsAt: p.datetime(),
    endsAt: p.datetime().nullable(),
    liftedAt: p.datetime().nullable(),
    reason: p.string(),
    liftReason: p.string().nullable(),
    declaredBy: p.string(),
    recordedAt: p.datetime(),
    validFrom: p.datetime(),
  },
});

/** An emergency stop of one window, one facility or a whole jurisdiction (4.5-7). */
export class WindowSuspensionEntity extends WindowSuspensionSchema.class {}
WindowSuspensionSchema.setClass(WindowSuspensionEntity);

const WindowProofSchema = defineEntity({
  name: 'WindowProofEntity',
  tableName: 'window_proof',
  properties: {
    id: p.string().primary(),
    city: p.string(),
    facilityId: p.string(),
    kind: p.string(),
    result: p.json<Readonly<Record<string, unknown>>>(),
    checkedBy: p.string(),
    checkedOn: p.date(),
    recordedAt: p.datetime(),
    recordedBy: p.string(),
    validFrom: p.datetime(),
  },
});

/** The result of a check that publishing asks for; never the document itself (I15). */
export class WindowProofEntity extends WindowProofSchema.class {}
WindowProofSchema.setClass(WindowProofEntity);

export const windowEntities = [SharingWindowSchema, WindowSuspensionSchema, WindowProofSchema];

import { defineEntity, p } from '@mikro-orm/core';
import type { StoredVerdict } from './rules/party.js';
import type { Department, PartyKind } from './rules/party-kinds.js';

const PartySchema = defineEntity({
  name: 'PartyEntity',
  tableName: 'party',
  properties: {
    id: p.string().primary(),
    kind: p.string().$type<PartyKind>(),
    department: p.string().$type<Department>().nullable(),
    /** Null for a person, whose name is sealed, or erased. */
    name: p.string().nullable(),
    sealedName: p.string().nullable().hidden(),
    sealedPhone: p.string().nullable().hidden(),
    phoneHash: p.string().nullable().hidden(),
    creditCode: p.string().nullable(),
    creditCodeVerdict: p.string().$type<StoredVerdict>().nullable(),
    jurisdictionCode: p.string().nullable(),
    source: p.string().nullable(),
    code: p.string().nullable(),
    validFrom: p.datetime(),
    registeredAt: p.datetime(),
    /** When all that said who it is was destroyed; null where nobody asked for it. */
    erasedAt: p.datetime().nullable(),
  },
});

/** Whoever owns, manages, operates, oversees or uses a facility. Every version is kept in `party_version`. */
export class PartyEntity extends PartySchema.class {}
PartySchema.setClass(PartyEntity);

export const partyEntity = PartySchema;

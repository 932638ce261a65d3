import { defineEntity, p } from '@mikro-orm/core';
import type { Action } from './rules/actions.js';
import type { KeyLimitClass, Reach } from './rules/api-key.js';

const ApiKeySchema = defineEntity({
  name: 'ApiKeyEntity',
  tableName: 'api_key',
  properties: {
    id: p.string().primary(),
    partyId: p.string(),
    name: p.string(),
    shownPrefix: p.string(),
    /** Never read through the ORM: only `authenticate` compares it. */
    secretHash: p.blob().lazy().hidden(),
    scopes: p.array().$type<Action[]>().columnType('text[]'),
    reach: p.string().$type<Reach>(),
    jurisdictionCode: p.string().nullable(),
    limitClass: p.string().$type<KeyLimitClass>(),
    issuedAt: p.datetime(),
    expiresAt: p.datetime().nullable(),
    revokedAt: p.datetime().nullable(),
    lastUsedAt: p.datetime().nullable(),
    rotatedFromId: p.string().nullable(),
  },
});

/** A key of a party's machine. The secret is nowhere: only its SHA-256 is kept (G25). */
export class ApiKeyEntity extends ApiKeySchema.class {}
ApiKeySchema.setClass(ApiKeyEntity);

export const apiKeyEntity = ApiKeySchema;

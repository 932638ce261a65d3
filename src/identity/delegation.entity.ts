import { defineEntity, p } from '@mikro-orm/core';
import type { Power } from './rules/delegation.js';

const DelegationSchema = defineEntity({
  name: 'DelegationEntity',
  tableName: 'delegation',
  properties: {
    id: p.string().primary(),
    principalPartyId: p.string(),
    agentPartyId: p.string(),
    powers: p.array().$type<Power[]>().columnType('text[]'),
    startsAt: p.datetime(),
    endsAt: p.datetime(),
    procurementReference: p.string().nullable(),
    validFrom: p.datetime(),
  },
});

/** What a principal lets an agent do in its name, for a term (3.5-1). */
export class DelegationEntity extends DelegationSchema.class {}
DelegationSchema.setClass(DelegationEntity);

export const delegationEntity = DelegationSchema;

import { defineEntity, p } from '@mikro-orm/core';
import type { Role } from './rules/roles.js';

const MembershipSchema = defineEntity({
  name: 'MembershipEntity',
  tableName: 'membership',
  properties: {
    id: p.string().primary(),
    memberPartyId: p.string(),
    partyId: p.string(),
    role: p.string().$type<Role>(),
    jurisdictionCode: p.string().nullable(),
    startsAt: p.datetime(),
    endsAt: p.datetime().nullable(),
    validFrom: p.datetime(),
  },
});

/** One party acting in another in a role, for a term. */
export class MembershipEntity extends MembershipSchema.class {}
MembershipSchema.setClass(MembershipEntity);

export const membershipEntity = MembershipSchema;

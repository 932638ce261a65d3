import type { Room } from '../platform/index.js';
import { apiKeyEntity } from './api-key.entity.js';
import { ApiKeyResolver, ViewerResolver } from './api-key.resolver.js';
import { ApiKey } from './api-key.type.js';
import { delegationEntity } from './delegation.entity.js';
import { apiKeyLoader, delegationLoader, membershipLoader, partyLoader } from './identity.loaders.js';
import { DelegationResolver, MembershipResolver, PartyResolver } from './identity.resolver.js';
import { deliverNotices, forgetOldNotices } from './deliver-notices.js';
import { DriverHasOpenMatters } from './driver.type.js';
import { erasureReactions } from './erase-driver.js';
import { DriverResolver } from './driver.resolver.js';
import { membershipEntity } from './membership.entity.js';
import { Delegation, Membership } from './membership.type.js';
import { noticeLoader } from './notice.loaders.js';
import { NoticeResolver } from './notice.resolver.js';
import { Notice } from './notice.type.js';
import { stopNotices } from './notice-watch.js';
import { partyEntity } from './party.entity.js';
import { Party } from './party.type.js';
import { IDENTITY_REFUSALS } from './refusals.js';

export { agentIdsOf, delegationsTo, ensureMayActFor } from './act-for.js';
export { Allow, ensureMay } from './allow.js';
export type { Named } from './allow.js';
export { authenticate } from './authenticate.js';
export { onRightsEnded } from './beliefs.js';
export { addMembership } from './add-membership.js';
export { noticeDeliveries } from './deliver-notices.js';
export { findPartyOfSource } from './find-party.js';
export { partyLoader } from './identity.loaders.js';
export { changeKeyLimits, issueApiKey, revokeApiKey, rotateApiKey } from './issue-api-key.js';
export type { IssueApiKey, IssuedKey } from './issue-api-key.js';
export { PartyEntity } from './party.entity.js';
export { Party } from './party.type.js';
export type { DelegationRow } from './delegation.sql.js';
export { recordDelegation } from './record-delegation.js';
export { registerParty, registerPartyWithin } from './register-party.js';
export type { RegisterParty } from './register-party.js';
export { ACTIONS } from './rules/actions.js';
export type { Action } from './rules/actions.js';
export { REACHES } from './rules/api-key.js';
export type { KeyLimitClass, Reach } from './rules/api-key.js';
export { delegationHolds } from './rules/delegation.js';
export type { Power } from './rules/delegation.js';
export { liesWithin } from './rules/jurisdiction-scope.js';
export { may } from './rules/may.js';
export type { Subject } from './rules/may.js';
export { DEPARTMENTS, PARTY_KINDS } from './rules/party-kinds.js';
export type { Department, PartyKind } from './rules/party-kinds.js';
export { reachOf } from './rules/reach.js';
export type { ReachPart } from './rules/reach.js';
export { ROLES } from './rules/roles.js';
export type { ActorFamily, Role } from './rules/roles.js';
export { tellParties } from './tell-parties.js';
export type { NoticeDraft } from './tell-parties.js';
export { anonymousViewer, systemViewer } from './viewers.js';

/** Who is asking, for which party and jurisdiction, with which rights. */
export const identityRoom: Room = {
  name: 'identity',
  entities: [partyEntity, membershipEntity, delegationEntity, apiKeyEntity],
  resolvers: [PartyResolver, MembershipResolver, DelegationResolver, DriverResolver, ViewerResolver, ApiKeyResolver, NoticeResolver],
  orphanedTypes: [Party, Membership, Delegation, ApiKey, Notice, DriverHasOpenMatters],
  refusals: IDENTITY_REFUSALS,
  nodes: [
    { kind: 'party', loader: partyLoader },
    { kind: 'membership', loader: membershipLoader },
    { kind: 'delegation', loader: delegationLoader },
    { kind: 'apiKey', loader: apiKeyLoader },
    { kind: 'notice', loader: noticeLoader },
  ],
  reactions: erasureReactions,
  jobs: [
    { name: 'deliver-notices', everyMs: 2_000, isSingle: true, run: services => deliverNotices(services) },
    { name: 'forget-old-notices', everyMs: 3_600_000, isSingle: true, run: forgetOldNotices },
  ],
  stop: stopNotices,
};

import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { isRefusal } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import { PageArgs, userErrorsOf, type Connection } from '../platform/graphql/index.js';
import { addMembership, endMembership } from './add-membership.js';
import { Allow } from './allow.js';
import { fresh } from './read-fresh.js';
import { delegationLoader, delegationsOfPrincipalLoader, membershipLoader, membershipsOfPartyLoader, partyLoader } from './identity.loaders.js';
import { listParties } from './list-parties.js';
import { AddMembershipInput, Delegation, DelegationPayload, EndDelegationInput, EndMembershipInput, Membership, MembershipPayload, RecordDelegationInput } from './membership.type.js';
import { maySeePersonalFields } from './party.policy.js';
import { Party, PartyConnection, PartyWhere, RegisterPartyInput, RegisterPartyPayload, RevealPersonalFieldInput, RevealPersonalFieldPayload } from './party.type.js';
import { endDelegation, recordDelegation } from './record-delegation.js';
import { registerParty } from './register-party.js';
import { revealPersonalField } from './reveal-personal-field.js';

@Resolver(() => Party)
export class PartyResolver {
  @Allow('party:read')
  @Query(() => Party, { nullable: true, description: '按标识取主体；不存在或无权查看为空。A party by its id; null where there is none that the caller may see.' })
  party(@Arg('id', () => ID, { description: '主体标识。The id of the party.' }) id: string, @Ctx() scope: RequestScope): Promise<Party | null> {
    return scope.load(partyLoader, id);
  }

  @Allow('party:read')
  @Query(() => PartyConnection, { description: '主体列表，限于调用方权限所及。The parties that the caller reaches.' })
  parties(
    @Arg('where', () => PartyWhere, { nullable: true, description: '筛选条件；为空不限。Filters; null for all.' }) where: PartyWhere | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: RequestScope,
  ): Promise<Connection<Party>> {
    return listParties(scope, where ?? {}, page);
  }

  @FieldResolver(() => [Membership], { nullable: true, description: '当前成员关系，至多 100 条；无权查看时为空。The memberships in force, at most 100; null where the caller does not reach this party.' })
  async memberships(@Root() party: Party, @Ctx() scope: RequestScope): Promise<readonly Membership[] | null> {
    return maySeePersonalFields(scope.viewer, party) ? scope.load(membershipsOfPartyLoader, party.id) : null;
  }

  @FieldResolver(() => [Delegation], { nullable: true, description: '当前有效的对外委托，至多 100 条（3.5-1）；无权查看时为空。Delegations it has given that hold now, at most 100; null where the caller does not reach this party.' })
  async delegationsGiven(@Root() party: Party, @Ctx() scope: RequestScope): Promise<readonly Delegation[] | null> {
    return maySeePersonalFields(scope.viewer, party) ? scope.load(delegationsOfPrincipalLoader, party.id) : null;
  }

  @Allow('party:write')
  @Mutation(() => RegisterPartyPayload, { description: '登记主体；姓名与电话加密保存。Registers a party; a person’s name and every phone are sealed.' })
  async registerParty(@Arg('input', () => RegisterPartyInput, { description: '主体资料。The party.' }) input: RegisterPartyInput, @Ctx() scope: RequestScope): Promise<RegisterPartyPayload> {
    const outcome = await registerParty(scope, input);
    if (isRefusal(outcome)) return { party: null, userErrors: userErrorsOf(outcome, scope) };
    return { party: await fresh(scope, partyLoader, outcome.value.partyId), userErrors: [] };
  }

  @Allow('personal:read-clear')
  @Mutation(() => RevealPersonalFieldPayload, { description: '明文查看一项个人信息；须有权限与用途，并留审计。Reads one personal field in clear: needs a right and a purpose, and leaves a line in the audit.' })
  async revealPersonalField(@Arg('input', () => RevealPersonalFieldInput, { description: '查看什么、为何查看。What, and why.' }) input: RevealPersonalFieldInput, @Ctx() scope: RequestScope): Promise<RevealPersonalFieldPayload> {
    const outcome = await revealPersonalField(scope, input);
    if (isRefusal(outcome)) return { value: null, userErrors: userErrorsOf(outcome, scope) };
    return { value: outcome.value.value, userErrors: [] };
  }
}

@Resolver(() => Membership)
export class MembershipResolver {
  @FieldResolver(() => Party, { nullable: true, description: '成员；无权查看时为空。The member; null where the caller may not see it.' })
  member(@Root() membership: Membership, @Ctx() scope: RequestScope): Promise<Party | null> {
    return scope.load(partyLoader, membership.memberPartyId);
  }

  @FieldResolver(() => Party, { nullable: true, description: '所在主体；无权查看时为空。The party it acts in; null where the caller may not see it.' })
  party(@Root() membership: Membership, @Ctx() scope: RequestScope): Promise<Party | null> {
    return scope.load(partyLoader, membership.partyId);
  }

  @Allow('membership:write')
  @Mutation(() => MembershipPayload, { description: '添加成员关系（1-4、3.6-3）。Lets a party act in another in a role.' })
  async addMembership(@Arg('input', () => AddMembershipInput, { description: '成员、主体与角色。Who, where and as what.' }) input: AddMembershipInput, @Ctx() scope: RequestScope): Promise<MembershipPayload> {
    const outcome = await addMembership(scope, input);
    if (isRefusal(outcome)) return { membership: null, userErrors: userErrorsOf(outcome, scope) };
    return { membership: await fresh(scope, membershipLoader, outcome.value.membershipId), userErrors: [] };
  }

  @Allow('membership:write')
  @Mutation(() => MembershipPayload, { description: '终止成员关系，所赋权限随之终止。Ends a membership and what it gave.' })
  async endMembership(@Arg('input', () => EndMembershipInput, { description: '哪一成员关系。Which one.' }) input: EndMembershipInput, @Ctx() scope: RequestScope): Promise<MembershipPayload> {
    const outcome = await endMembership(scope, input);
    if (isRefusal(outcome)) return { membership: null, userErrors: userErrorsOf(outcome, scope) };
    return { membership: await fresh(scope, membershipLoader, outcome.value.membershipId), userErrors: [] };
  }
}

@Resolver(() => Delegation)
export class DelegationResolver {
  @FieldResolver(() => Party, { nullable: true, description: '委托方；无权查看时为空。The principal; null where the caller may not see it.' })
  principal(@Root() delegation: Delegation, @Ctx() scope: RequestScope): Promise<Party | null> {
    return scope.load(partyLoader, delegation.principalPartyId);
  }

  @FieldResolver(() => Party, { nullable: true, description: '受托方；无权查看时为空。The agent; null where the caller may not see it.' })
  agent(@Root() delegation: Delegation, @Ctx() scope: RequestScope): Promise<Party | null> {
    return scope.load(partyLoader, delegation.agentPartyId);
  }

  @Allow('delegation:write')
  @Mutation(() => DelegationPayload, { description: '登记委托（3.5-1）；机关、事业单位须有采购编号（3.5-2）。Records a delegation; an organ or institution names its procurement.' })
  async recordDelegation(@Arg('input', () => RecordDelegationInput, { description: '委托内容。The delegation.' }) input: RecordDelegationInput, @Ctx() scope: RequestScope): Promise<DelegationPayload> {
    const outcome = await recordDelegation(scope, input);
    if (isRefusal(outcome)) return { delegation: null, userErrors: userErrorsOf(outcome, scope) };
    return { delegation: await fresh(scope, delegationLoader, outcome.value.delegationId), userErrors: [] };
  }

  @Allow('delegation:write')
  @Mutation(() => DelegationPayload, { description: '终止委托；受托方此后的操作即被拒绝。Ends a delegation; the agent’s next write is refused.' })
  async endDelegation(@Arg('input', () => EndDelegationInput, { description: '哪一委托、为何。Which one, and why.' }) input: EndDelegationInput, @Ctx() scope: RequestScope): Promise<DelegationPayload> {
    const outcome = await endDelegation(scope, input);
    if (isRefusal(outcome)) return { delegation: null, userErrors: userErrorsOf(outcome, scope) };
    return { delegation: await fresh(scope, delegationLoader, outcome.value.delegationId), userErrors: [] };
  }
}

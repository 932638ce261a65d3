import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { isRefusal } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import { PageArgs, userErrorsOf, type Connection } from '../platform/graphql/index.js';
import { Allow } from './allow.js';
import { fresh } from './read-fresh.js';
import { ApiKey, ApiKeyConnection, IssueApiKeyInput, IssueApiKeyPayload, RevokeApiKeyInput, RevokeApiKeyPayload, RotateApiKeyInput } from './api-key.type.js';
import { apiKeyLoader, partyLoader } from './identity.loaders.js';
import { issueApiKey, revokeApiKey, rotateApiKey } from './issue-api-key.js';
import { listApiKeys } from './list-parties.js';
import { Party } from './party.type.js';
import { ACTIONS, type Action } from './rules/actions.js';
import { may } from './rules/may.js';
import { ViewerType } from './viewer.type.js';

@Resolver(() => ViewerType)
export class ViewerResolver {
  @Allow('viewer:read')
  @Query(() => ViewerType, { description: '当前调用方的身份、权限与限额类别。Who is asking, what it may do and which limits apply.' })
  async viewer(@Ctx() scope: RequestScope): Promise<ViewerType> {
    const { viewer } = scope;
    const parties = await Promise.all(viewer.partyIds.map(id => scope.load(partyLoader, id)));
    return {
      kind: viewer.kind,
      parties: parties.filter(party => party !== null),
      grants: viewer.grants,
      actions: (Object.keys(ACTIONS) as Action[]).filter(action => may(viewer, action)),
      limitClass: viewer.limitClass,
      expiresAt: viewer.expiresAt,
    };
  }
}

@Resolver(() => ApiKey)
export class ApiKeyResolver {
  @Allow('key:read')
  @Query(() => ApiKeyConnection, { description: '接口密钥列表，限于调用方权限所及。The API keys that the caller reaches.' })
  apiKeys(
    @Arg('partyId', () => ID, { nullable: true, description: '仅此主体的；为空不限。Only this party’s; null for all.' }) partyId: string | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: RequestScope,
  ): Promise<Connection<ApiKey>> {
    return listApiKeys(scope, partyId ?? null, page);
  }

  @FieldResolver(() => Party, { nullable: true, description: '所属主体；无权查看时为空。The party of the key; null where the caller may not see it.' })
  party(@Root() key: ApiKey, @Ctx() scope: RequestScope): Promise<Party | null> {
    return scope.load(partyLoader, key.partyId);
  }

  @Allow('key:issue')
  @Mutation(() => IssueApiKeyPayload, { description: '签发密钥；密文只显示这一次。Issues a key; its secret is shown this once.' })
  async issueApiKey(@Arg('input', () => IssueApiKeyInput, { description: '密钥内容。The key.' }) input: IssueApiKeyInput, @Ctx() scope: RequestScope): Promise<IssueApiKeyPayload> {
    const outcome = await issueApiKey(scope, input);
    if (isRefusal(outcome)) return { apiKey: null, secret: null, userErrors: userErrorsOf(outcome, scope) };
    return { apiKey: await fresh(scope, apiKeyLoader, outcome.value.keyId), secret: outcome.value.secret, userErrors: [] };
  }

  @Allow('key:rotate')
  @Mutation(() => IssueApiKeyPayload, { description: '轮换密钥：新旧并存一段时间；密钥可轮换自己。Rotates a key: both live for a while. A key may rotate itself.' })
  async rotateApiKey(@Arg('input', () => RotateApiKeyInput, { description: '哪一密钥、并存多久。Which key, and for how long both live.' }) input: RotateApiKeyInput, @Ctx() scope: RequestScope): Promise<IssueApiKeyPayload> {
    const outcome = await rotateApiKey(scope, input);
    if (isRefusal(outcome)) return { apiKey: null, secret: null, userErrors: userErrorsOf(outcome, scope) };
    return { apiKey: await fresh(scope, apiKeyLoader, outcome.value.keyId), secret: outcome.value.secret, userErrors: [] };
  }

  @Allow('key:issue')
  @Mutation(() => RevokeApiKeyPayload, { description: '吊销密钥及由其轮换出的密钥；立即生效，消息总线中断时各服务器至迟 5 秒内拒绝之（G14）。Revokes a key with those rotated out of it: refused at once, and within 5 seconds by a server that the message bus does not reach.' })
  async revokeApiKey(@Arg('input', () => RevokeApiKeyInput, { description: '哪一密钥、为何。Which key, and why.' }) input: RevokeApiKeyInput, @Ctx() scope: RequestScope): Promise<RevokeApiKeyPayload> {
    const outcome = await revokeApiKey(scope, input);
    if (isRefusal(outcome)) return { apiKey: null, userErrors: userErrorsOf(outcome, scope) };
    return { apiKey: await fresh(scope, apiKeyLoader, outcome.value.keyId), userErrors: [] };
  }
}

import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from 'type-graphql';
import { isRefusal } from '../kernel/index.js';
import { Allow, Party, partyLoader } from '../identity/index.js';
import type { RequestScope } from '../platform/index.js';
import { PageArgs, formatInstant, userErrorsOf, type Connection } from '../platform/graphql/index.js';
import { declareOccupancyFeed } from './declare-feed.js';
import { FEED_BY_ID } from './feed.loaders.js';
import { DeclareOccupancyFeedInput, DeclareOccupancyFeedPayload, FindingKindEnum, OccupancyFeed, OccupancyFeedConnection, OccupancyFinding, OccupancyFindingConnection } from './feed.type.js';
import type { FindingKind } from './finding.sql.js';
import { listOccupancyFeeds, listOccupancyFindings } from './list-feeds.js';
import { findingMessage } from './rules/finding-words.js';

@Resolver(() => OccupancyFeed)
export class OccupancyFeedResolver {
  @Allow('occupancy:read')
  @Query(() => OccupancyFeedConnection, { description: '上报来源（G9）：只见自己主体或辖区内的。Feeds of reports; of the caller’s own parties or jurisdiction alone.' })
  occupancyFeeds(
    @Arg('partyId', () => ID, { nullable: true, description: '只取此主体的；为空不限。Of this party; null for all.' }) partyId: string | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: RequestScope,
  ): Promise<Connection<OccupancyFeed>> {
    return listOccupancyFeeds(scope, partyId ?? null, page);
  }

  @Allow('occupancy:report')
  @Mutation(() => DeclareOccupancyFeedPayload, { description: '声明来源的上报间隔（P3）。Declares how often a feed reports; without it, 60 s.' })
  async declareOccupancyFeed(@Arg('input', () => DeclareOccupancyFeedInput, { description: '来源与间隔。The feed and its interval.' }) input: DeclareOccupancyFeedInput, @Ctx() scope: RequestScope): Promise<DeclareOccupancyFeedPayload> {
    const outcome = await declareOccupancyFeed(scope, input);
    if (isRefusal(outcome)) return { feed: null, userErrors: userErrorsOf(outcome, scope) };
    return { feed: await scope.load(FEED_BY_ID, outcome.value.feedId), userErrors: [] };
  }

  @FieldResolver(() => Party, { nullable: true, description: '所属主体；不可见时为空。Its party; null where the caller may not see it.' })
  party(@Root() feed: OccupancyFeed, @Ctx() scope: RequestScope): Promise<Party | null> {
    return scope.load(partyLoader, feed.partyId);
  }
}

@Resolver(() => OccupancyFinding)
export class OccupancyFindingResolver {
  @Allow('occupancy:read')
  @Query(() => OccupancyFindingConnection, { description: '数据质量发现（P3、G9），新的在前；只见自己主体或辖区内的。Findings about the quality of reports, the newest first; of the caller’s own parties or jurisdiction alone.' })
  occupancyFindings(
    @Arg('feedId', () => ID, { nullable: true, description: '只取此来源的；为空不限。Of this feed; null for all.' }) feedId: string | null,
    @Arg('facilityId', () => ID, { nullable: true, description: '只取此设施的；为空不限。Of this facility; null for all.' }) facilityId: string | null,
    @Arg('kinds', () => [FindingKindEnum], { nullable: true, description: '只取这些种类；为空不限。Of these kinds; null for all.' }) kinds: FindingKind[] | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: RequestScope,
  ): Promise<Connection<OccupancyFinding>> {
    return listOccupancyFindings(scope, { feedId: feedId ?? null, facilityId: facilityId ?? null, kinds: kinds ?? null }, page);
  }

  @FieldResolver(() => OccupancyFeed, { nullable: true, description: '所涉来源；不可见时为空。The feed; null where the caller may not see it.' })
  feed(@Root() finding: OccupancyFinding, @Ctx() scope: RequestScope): Promise<OccupancyFeed | null> {
    return scope.load(FEED_BY_ID, finding.feedId);
  }

  @FieldResolver(() => String, { description: '按 Accept-Language 的说明，含数字。What was found, in the language of the request.' })
  message(@Root() { kind, reason, times, raw, observedAt, recordedAt }: OccupancyFinding, @Ctx() scope: RequestScope): string {
    return scope.say(findingMessage({ kind, reason, times, raw: raw as Readonly<Record<string, unknown>> }, formatInstant(observedAt ?? recordedAt)));
  }
}

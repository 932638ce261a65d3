import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { InstantScalar, JsonScalar, Node, SafeIntScalar, UserError, connectionTypes, enumOf } from '../platform/graphql/index.js';
import type { FindingKind } from './finding.sql.js';
import type { FeedState } from './rules/feed-alert.js';
import type { ReportReason } from './rules/report-verdict.js';
import { ReportReasonEnum } from './report.type.js';

export const FeedStateEnum = enumOf('OccupancyFeedState', {
  NEVER_HEARD: '从未收到。Nothing was ever received.',
  HEALTHY: '正常。As it should be.',
  SILENT: '超过三个间隔未收到任何内容。Nothing came for three of its intervals.',
  DRIFTING: '车辆计数与绝对数相差超过容许（C3）。Its vehicle counter was off by more than is tolerated.',
} satisfies Record<FeedState, string>, '来源状态。State of a feed.');

export const FindingKindEnum = enumOf('OccupancyFindingKind', {
  ABOVE_CAPACITY: '超过总泊位数；同一处每小时一条，计次。More than there are; one an hour and place, with how often.',
  DRIFT: '车辆计数的漂移，已被绝对数纠正。Drift of a vehicle counter, healed by an absolute count.',
  QUARANTINED: '不可信的上报，原样保存。A report that was not believed, kept as it came.',
  SILENT: '来源失联。The feed fell silent.',
} satisfies Record<FindingKind, string>, '数据质量发现的种类（P3、G9）。Kind of a finding about the quality of data.');

@ObjectType({ implements: Node, description: '上报来源（G9）：谁的、多久一次、状态如何。A feed of reports: whose, how often, and in which state.' })
export class OccupancyFeed extends Node {
  partyId!: string;

  @Field(() => String, { description: '名称，在主体内唯一。Its name, unique within its party.' })
  name!: string;

  @Field(() => Int, { description: '上报间隔（秒）；未声明时为 60。Seconds between its reports; 60 unless declared.' })
  intervalSeconds!: number;

  @Field(() => InstantScalar, { nullable: true, description: '最近一次收到的时刻；从未收到时为空。When something last came; null where nothing ever did.' })
  lastReceivedAt!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: '最近的观测时刻；没有可信的时为空。Its newest observation; null where none was believed.' })
  lastObservedAt!: number | null;

  @Field(() => SafeIntScalar, { description: '采信条数。Reports taken so far.' })
  accepted!: number;

  @Field(() => SafeIntScalar, { description: '忽略条数。Reports that changed nothing.' })
  ignored!: number;

  @Field(() => SafeIntScalar, { description: '隔离条数。Reports that were not believed.' })
  quarantined!: number;

  @Field(() => FeedStateEnum, { description: '状态，每 5 秒判定。Its state, judged every 5 s.' })
  state!: FeedState;

  @Field(() => InstantScalar, { description: '自何时起处于此状态。Since when it is in this state.' })
  stateSince!: number;
}

@ObjectType({ implements: Node, description: '数据质量发现（P3、C1、C3、G9）：上报与已知事实的矛盾，附原样内容。A finding about the quality of reports, with what was told as it came.' })
export class OccupancyFinding extends Node {
  feedId!: string;

  @Field(() => FindingKindEnum, { description: '种类。Its kind.' })
  kind!: FindingKind;

  @Field(() => ReportReasonEnum, { nullable: true, description: '隔离原因；非隔离时为空。Why a report was not believed; null where it is of another kind.' })
  reason!: ReportReason | null;

  @Field(() => ID, { nullable: true, description: '停车设施；不涉及已知设施时为空。The facility; null where it concerns none that is known.' })
  facilityId!: string | null;

  @Field(() => InstantScalar, { nullable: true, description: '观测时刻；与单次观测无关时为空。When it was observed; null where it is about no observation.' })
  observedAt!: number | null;

  @Field(() => InstantScalar, { description: '记录时刻。When it was recorded.' })
  recordedAt!: number;

  @Field(() => Int, { description: '次数；同一处每小时合为一条。How often; those of one place and hour are one.' })
  times!: number;

  @Field(() => JsonScalar, { description: '原样内容（首次）。What was told the first time, as it came.' })
  raw!: unknown;
}

export const OccupancyFeedConnection = connectionTypes('OccupancyFeed', () => OccupancyFeed, { zh: '上报来源', en: 'feeds of reports' });
export const OccupancyFindingConnection = connectionTypes('OccupancyFinding', () => OccupancyFinding, { zh: '数据质量发现', en: 'findings about the quality of reports' });

@InputType({ description: '声明上报来源的间隔。Declares how often a feed reports.' })
export class DeclareOccupancyFeedInput {
  @Field(() => ID, { nullable: true, description: '来源所属主体；为空取调用方唯一的主体。The party whose feed it is; null for the caller’s only one.' })
  partyId?: string | null;

  @Field(() => String, { description: '来源名称，1–100 字符。Name of the feed, 1 to 100 characters.' })
  feed!: string;

  @Field(() => Int, { description: '间隔秒数，1–86400；三个间隔无上报即视为失联（P3）。Seconds between its reports, 1 to 86,400; three of them without any and it is silent.' })
  intervalSeconds!: number;

  @Field(() => String, { nullable: true, description: '幂等键，至多 255 字符，保留 72 小时；为空不去重。Idempotency key, at most 255 characters, kept for 72 hours; null for none.' })
  idempotencyKey?: string | null;
}

@ObjectType({ description: '声明的结果。The declared feed.' })
export class DeclareOccupancyFeedPayload {
  @Field(() => OccupancyFeed, { nullable: true, description: '来源；被拒绝时为空。The feed; null where it was refused.' })
  feed!: OccupancyFeed | null;

  @Field(() => [UserError], { description: '业务拒绝；成功时为空列表。Refusals; empty on success.' })
  userErrors!: UserError[];
}

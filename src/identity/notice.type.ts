import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { InstantScalar, Node, UserError, connectionTypes } from '../platform/graphql/index.js';

@ObjectType({ implements: Node, description: '通知：平台告知某一主体的一件事，只有该主体可见。A notice: one thing that a party is told; only that party sees it.' })
export class Notice extends Node {
  words!: { readonly zh: string; readonly en: string };

  @Field(() => ID, { description: '被告知的主体。The party that is told.' })
  partyId!: string;

  @Field(() => String, { description: '事由，如 reservation.moved。What happened, such as reservation.moved.' })
  topic!: string;

  @Field(() => String, { description: '所涉对象的类型名。The type of what it happened to.' })
  subjectKind!: string;

  @Field(() => ID, { description: '所涉对象，可用 node(id) 取回。What it happened to; node(id) fetches it.' })
  subjectId!: string;

  @Field(() => InstantScalar, { description: '告知时刻。When it was told.' })
  toldAt!: number;

  @Field(() => InstantScalar, { nullable: true, description: '首次标为已读的时刻；未读为空。When it was first marked as read; null while it is unread.' })
  readAt!: number | null;
}

export const NoticeConnection = connectionTypes('Notice', () => Notice, { zh: '通知', en: 'notices' });

@ObjectType({ description: '一次推送：先是未读通知的快照，此后是新通知。What a stream tells at once: first the unread notices, then new ones.' })
export class NoticesTold {
  @Field(() => [Notice], { description: '通知，由旧到新；快照至多含最新 100 条。The notices, oldest first; a snapshot holds at most the newest 100.' })
  notices!: readonly Notice[];

  @Field(() => Boolean, { description: '是否为快照：取代此前所得。Whether this is a snapshot, which replaces what was told before.' })
  isSnapshot!: boolean;

  @Field(() => Int, { nullable: true, description: '快照时的未读总数；非快照为空。All that is unread at a snapshot; null for new notices.' })
  unreadCount!: number | null;
}

@InputType({ description: '标为已读的输入。Which notices were read.' })
export class MarkNoticesReadInput {
  @Field(() => [ID], { description: '通知，1–100 条，须属调用方主体。The notices, 1 to 100, of the caller’s own parties.' })
  noticeIds!: string[];

  @Field(() => String, { description: '幂等键，保留 72 小时。Idempotency key, kept for 72 hours.' })
  idempotencyKey!: string;
}

@ObjectType({ description: '标为已读的结果。What marking notices as read gave.' })
export class MarkNoticesReadPayload {
  @Field(() => [Notice], { nullable: true, description: '这些通知；被拒绝时为空。The notices; null where it was refused.' })
  notices!: readonly Notice[] | null;

  @Field(() => [UserError], { description: '业务拒绝；成功时为空列表。Refusals; empty on success.' })
  userErrors!: UserError[];
}

import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root, Subscription } from 'type-graphql';
import { isRefusal } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import { PageArgs, userErrorsOf, type Connection } from '../platform/graphql/index.js';
import { Allow } from './allow.js';
import { listMyNotices } from './list-notices.js';
import { markNoticesRead } from './mark-notices-read.js';
import { noticeLoader } from './notice.loaders.js';
import { MarkNoticesReadInput, MarkNoticesReadPayload, Notice, NoticeConnection, NoticesTold } from './notice.type.js';
import { watchNotices } from './notice-watch.js';

@Resolver(() => Notice)
export class NoticeResolver {
  @Allow('notice:read')
  @Query(() => NoticeConnection, { description: '发给调用方自己主体的通知，由新到旧。What the caller’s own parties were told, the newest first.' })
  notices(
    @Arg('unreadOnly', () => Boolean, { defaultValue: false, description: '仅未读。Only what is unread.' }) unreadOnly: boolean,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: RequestScope,
  ): Promise<Connection<Notice>> {
    return listMyNotices(scope, unreadOnly, { first: page.first, after: page.after ?? null });
  }

  @FieldResolver(() => String, { description: '通知正文，用调用方的语言。The text, in the caller’s language.' })
  text(@Root() notice: Notice, @Ctx() scope: RequestScope): string {
    return scope.say(notice.words);
  }

  @Allow('notice:read')
  @Mutation(() => MarkNoticesReadPayload, { description: '把通知标为已读；其中一条不属调用方则全部不标。Marks notices as read: all, or none where one is not the caller’s.' })
  async markNoticesRead(@Arg('input', () => MarkNoticesReadInput, { description: '哪些通知。Which notices.' }) input: MarkNoticesReadInput, @Ctx() scope: RequestScope): Promise<MarkNoticesReadPayload> {
    const outcome = await markNoticesRead(scope, input);
    if (isRefusal(outcome)) return { notices: null, userErrors: userErrorsOf(outcome, scope) };
    const notices = await noticeLoader.batch(scope, outcome.value.noticeIds);
    return { notices: notices.filter(notice => notice instanceof Notice), userErrors: [] };
  }

  @Allow('notice:read')
  @Subscription(() => NoticesTold, {
    subscribe: ({ context }: { context: RequestScope }) => watchNotices(context),
    description: '先给未读快照，此后每有新通知即推送，不漏；过慢者重得快照。The unread notices, then each new one, none left out; a reader that is too slow gets the snapshot again.',
  })
  noticeReceived(@Root() told: NoticesTold): NoticesTold {
    return told;
  }
}

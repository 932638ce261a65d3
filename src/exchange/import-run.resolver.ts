import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { RequestScope } from '../platform/index.js';
import { PageArgs, decodeCursor, pageOf, pageSize, type Connection } from '../platform/graphql/index.js';
import { Allow } from '../identity/index.js';
import { importRunLoader, problemPageLoader, runOf, visibleActor } from './import-run.loaders.js';
import { countRuns, listRuns } from './import-run.sql.js';
import { ImportProblem, ImportProblemConnection, ImportRun, ImportRunConnection } from './import-run.type.js';

@Resolver(() => ImportRun)
export class ImportRunResolver {
  @Allow('import:read')
  @Query(() => ImportRun, { nullable: true, description: '一次导入；不存在或不可见时为空。One import; null where there is none, or not for this caller.' })
  importRun(@Arg('id', () => ID, { description: '导入标识，imp_…。Its id, imp_….' }) id: string, @Ctx() scope: RequestScope): Promise<ImportRun | null> {
    return scope.load(importRunLoader, id);
  }

  @Allow('import:read')
  @Query(() => ImportRunConnection, { description: '导入列表，新的在前；权限受限者只见自己的。Imports, the newest first; a caller of limited rights sees its own.' })
  async importRuns(@Args(() => PageArgs) page: PageArgs, @Ctx() scope: RequestScope): Promise<Connection<ImportRun>> {
    const first = pageSize(page.first);
    const after = page.after == null ? null : (decodeCursor(page.after, ['string'])[0] as string);
    const actorId = visibleActor(scope);
    const rows = await listRuns(scope.database, { actorId, after, limit: first + 1 });
    return pageOf(rows.map(runOf), { first, after: page.after ?? null, keyOf: run => [run.id], count: () => countRuns(scope.database, actorId) });
  }

  @FieldResolver(() => ImportProblemConnection, { description: '问题与提示，按文件中的次序。Problems and findings in the order of the file.' })
  async problems(@Root() run: ImportRun, @Args(() => PageArgs) page: PageArgs, @Ctx() scope: RequestScope): Promise<Connection<ImportProblem>> {
    const first = pageSize(page.first);
    const after = page.after == null ? null : (decodeCursor(page.after, ['number'])[0] as number);
    const rows = await scope.load(problemPageLoader, JSON.stringify({ runId: run.id, after, limit: first + 1 }));
    const problems = rows.map(row => Object.assign(new ImportProblem(), row, { message: scope.say(row) }));
    return pageOf(problems, { first, after: page.after ?? null, keyOf: problem => [problem.position], count: () => Promise.resolve(Math.min(run.problemCount, 1000)) });
  }
}

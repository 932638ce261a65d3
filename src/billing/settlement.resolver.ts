import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { Allow, Party, ensureMay, partyLoader } from '../identity/index.js';
import type { RequestScope } from '../platform/index.js';
import { PageArgs, type Connection } from '../platform/graphql/index.js';
import { ledgerVerdict } from './ledger-check.js';
import { BATCH_BY_ID, linesOfBatch, listSettlementBatches } from './settlement.loaders.js';
import { LedgerCheck, SettlementBatch, SettlementBatchConnection, SettlementBatchWhere, SettlementLineConnection, type SettlementLineType } from './settlement.type.js';

@Resolver(() => SettlementBatch)
export class SettlementResolver {
  @Allow('settlement:read')
  @Query(() => SettlementBatch, { nullable: true, description: '按标识取结算批次；不存在或不可见为空。A batch by its id; null where there is none that the caller may see.' })
  settlementBatch(@Arg('id', () => ID, { description: '批次标识。Its id.' }) id: string, @Ctx() scope: RequestScope): Promise<SettlementBatch | null> {
    return scope.load(BATCH_BY_ID, id);
  }

  @Allow('settlement:read')
  @Query(() => SettlementBatchConnection, { description: '结算与上缴批次，新的在前：收款人与辖区主管部门可见（3.5-6）。Batches, the newest first: for the payee and the offices of its jurisdiction.' })
  settlementBatches(
    @Arg('where', () => SettlementBatchWhere, { nullable: true, description: '筛选；为空不限。Filters; null for all.' }) where: SettlementBatchWhere | null,
    @Args(() => PageArgs) page: PageArgs,
    @Ctx() scope: RequestScope,
  ): Promise<Connection<SettlementBatch>> {
    return listSettlementBatches(scope, where ?? null, page);
  }

  @Allow('ledger:check')
  @Query(() => LedgerCheck, { description: '核对整个账簿：是否平衡，与费用、批次、支付是否一致（P6）；核对费时的大账簿回答最近一次（每小时）的结果，时刻见 checkedAt。Checks the whole ledger against itself, the charges, the batches and the payments; of one so large that this takes long, what the last hourly check found, as checkedAt says.' })
  ledgerCheck(@Ctx() scope: RequestScope): Promise<LedgerCheck> {
    // The ledger is the whole platform's: a right that is narrowed to a party or a place does not reach it.
    ensureMay(scope.viewer, 'ledger:check', {});
    return ledgerVerdict(scope);
  }

  @FieldResolver(() => Party, { nullable: true, description: '收款或上缴主体；未知或不可见为空。Who is paid, or whose income is remitted; null where unknown or not visible.' })
  async payee(@Root() batch: SettlementBatch, @Ctx() scope: RequestScope): Promise<Party | null> {
    return batch.payeeId === null ? null : scope.load(partyLoader, batch.payeeId);
  }

  @FieldResolver(() => SettlementLineConnection, { description: '明细，按入账先后。Its lines, in the order of their booking.' })
  lines(@Root() batch: SettlementBatch, @Args(() => PageArgs) page: PageArgs, @Ctx() scope: RequestScope): Promise<Connection<SettlementLineType>> {
    return linesOfBatch(scope, batch, page);
  }
}

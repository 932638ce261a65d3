import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { FenScalar, InstantScalar, LocalDateScalar, Node, SafeIntScalar, connectionTypes, enumOf } from '../platform/graphql/index.js';
import { CHECK_WORDS } from './ledger-check.js';
import type { CheckName } from './ledger-check.sql.js';
import type { BatchRow } from './settlement.sql.js';

export const BatchKindEnum = enumOf('SettlementBatchKind', {
  SETTLEMENT: '与收款人结算。Paid out to a payee.',
  REMITTANCE: '上缴财政，全额（3.5-6）。Remitted to the treasury, whole.',
} satisfies Record<BatchRow['kind'], string>, '批次种类。Kind of a batch.');

export const BatchLineKindEnum = enumOf('SettlementLineKind', {
  PAYMENT: '收入。What came in.',
  REFUND: '退款。What was given back.',
  ADVANCE: '归还以自有资金退付的垫付；代收的追回款为负。What the payee gave back of its own money is repaid; below 0 what it holds of money that came back.',
}, '结算明细种类。Kind of a line of a batch.');

@ObjectType('SettlementLine', { simpleResolvers: true, description: '批次的一条明细。One line of a batch.' })
export class SettlementLineType {
  transactionId!: string;

  @Field(() => BatchLineKindEnum, { description: '种类。Kind.' })
  kind!: 'PAYMENT' | 'REFUND' | 'ADVANCE';

  @Field(() => ID, { description: '费用标识。Id of the charge.' })
  chargeId!: string;

  @Field(() => ID, { description: '停车设施标识。Id of the facility.' })
  facilityId!: string;

  @Field(() => FenScalar, { description: '金额（分）；退款与代收的追回款为负。Amount in fen; a refund is below 0, and so is money that came back and the payee holds.' })
  amountFen!: number;

  @Field(() => InstantScalar, { description: '入账时刻。When it was booked.' })
  bookedAt!: number;
}

export const SettlementLineConnection = connectionTypes('SettlementLine', () => SettlementLineType, { zh: '结算明细', en: 'lines of a batch' });

@ObjectType({ implements: Node, description: '结算批次：一个收款人一天的收付，一经生成不再变更。What a payee took in on one local day; never changed.' })
export class SettlementBatch extends Node {
  city!: string;
  payeeId!: string | null;
  facilityId!: string | null;

  @Field(() => BatchKindEnum, { description: '种类。Kind.' })
  kind!: BatchRow['kind'];

  @Field(() => LocalDateScalar, { description: '所属日期；日终之后到账的归下一日。The local day; what came after its end is in the next one.' })
  onDate!: string;

  @Field(() => Int, { description: '明细条数。How many lines it has.' })
  lineCount!: number;

  @Field(() => FenScalar, { description: '收入合计（分），含归还的垫付。What came in, in fen, with advances that are repaid.' })
  receiptsFen!: number;

  @Field(() => FenScalar, { description: '退款合计（分），含代收的追回款；上缴批次恒为 0（3.5-6）。What was given back, in fen, with money that came back and the payee holds; always 0 in a remittance.' })
  refundsFen!: number;

  @Field(() => FenScalar, { description: '结算或上缴金额（分）。What is paid out or remitted, in fen.' })
  amountFen!: number;

  @Field(() => InstantScalar, { description: '生成时刻。When the day was closed.' })
  closedAt!: number;
}

export const SettlementBatchConnection = connectionTypes('SettlementBatch', () => SettlementBatch, { zh: '结算批次', en: 'settlement batches' });

@InputType({ description: '结算批次的筛选；各项同时满足，为空不限。Filter of batches; all of it holds, and null does not filter.' })
export class SettlementBatchWhere {
  @Field(() => ID, { nullable: true, description: '收款主体。The payee.' })
  payeeId?: string | null;

  @Field(() => BatchKindEnum, { nullable: true, description: '种类。Kind.' })
  kind?: BatchRow['kind'] | null;

  @Field(() => LocalDateScalar, { nullable: true, description: '自此日期。From this day on.' })
  fromOn?: string | null;

  @Field(() => LocalDateScalar, { nullable: true, description: '止于此日期，不含。Until this day, excluded.' })
  untilOn?: string | null;
}

export const LedgerDifferenceEnum = enumOf(
  'LedgerDifferenceCode',
  Object.fromEntries(Object.entries(CHECK_WORDS).map(([code, { zh, en }]) => [code, `${zh}。${en.charAt(0).toUpperCase()}${en.slice(1)}.`])) as Record<CheckName, string>,
  '账簿核对不符的种类。Kind of a difference in the ledger.',
);

@ObjectType('LedgerDifference', { simpleResolvers: true, description: '账簿核对不符之处。Something in the ledger that does not agree.' })
export class LedgerDifferenceType {
  @Field(() => LedgerDifferenceEnum, { description: '种类。Kind.' })
  code!: CheckName;

  @Field(() => Int, { description: '数量。How many.' })
  count!: number;

  @Field(() => [ID], { description: '前十个的标识。Ids of the first ten.' })
  ids!: readonly string[];
}

@ObjectType({ simpleResolvers: true, description: '账簿核对结果（P6）。What came of a check of the whole ledger.' })
export class LedgerCheck {
  @Field(() => InstantScalar, { description: '核对时刻。The instant of which all of it is true.' })
  checkedAt!: number;

  @Field(() => Boolean, { description: '是否全部相符。Whether everything agrees.' })
  isSound!: boolean;

  @Field(() => SafeIntScalar, { description: '交易笔数。Transactions.' })
  transactions!: number;

  @Field(() => SafeIntScalar, { description: '分录条数。Postings.' })
  postings!: number;

  @Field(() => FenScalar, { description: '全部分录之和（分）；应为 0。The sum of all postings, in fen; 0 where all is well.' })
  sumFen!: number;

  @Field(() => FenScalar, { description: '应上缴财政的收入（分）。What came in for the treasury, in fen.' })
  treasuryReceivedFen!: number;

  @Field(() => FenScalar, { description: '已列入上缴批次（分）。Of it, what batches remitted.' })
  treasuryRemittedFen!: number;

  @Field(() => FenScalar, { description: '待列入批次（分）；收入减已上缴，应与此相等。Of it, what waits for its batch; received less remitted.' })
  treasuryWaitingFen!: number;

  @Field(() => FenScalar, { description: '账簿待退款余额（分）。What the ledger owes back, in fen.' })
  refundOwedFen!: number;

  @Field(() => FenScalar, { description: '尚未退付的退款合计（分），应与待退款余额相等；之差所在见 REFUND_OWED_NOT_RECONCILED。The refunds that are not given back yet, in fen, which is what the ledger owes back where all is well; REFUND_OWED_NOT_RECONCILED names the refunds that make the difference.' })
  refundsOpenFen!: number;

  @Field(() => FenScalar, { description: '应追回（分）：重复退付而付款人尚未退回的款项，每一分属于一处待处理的 REFUND_PAID_TWICE。What payers were given back twice and have not returned, in fen: each fen is of an open finding REFUND_PAID_TWICE.' })
  overpaidFen!: number;

  @Field(() => FenScalar, { description: '已核销（分）：追不回的重复退付之款，由平台承担。What was given back twice and given up, in fen: the platform bears it.' })
  writtenOffFen!: number;

  @Field(() => SafeIntScalar, { description: '垫付（分）：各主体以自有资金退付而尚未列入其结算的款项合计，如由财政退付的；代收追回款多于垫付时为负。What parties gave back of their own money and no account that is paid out has yet, in fen, as what the treasury has to give back; below 0 where they hold more of what payers returned.' })
  advancedFen!: number;

  @Field(() => [LedgerDifferenceType], { description: '不符之处；没有为空列表。What does not agree; empty where all does.' })
  differences!: readonly LedgerDifferenceType[];
}

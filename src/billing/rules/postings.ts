import { money, type Fen } from '../../kernel/index.js';

/** The accounts of the ledger. */
export const ACCOUNT_KIND_WORDS = {
  RECEIVABLE: '应收：付款人所欠。What payers owe.',
  AWAITED: '待收：应收的对方科目。What will be earned once it is paid.',
  CLEARING: '支付机构待清算。What a payment provider holds.',
  REFUND_OWED: '待退款。What is to be given back.',
  OVERPAID: '应追回：重复退付之款。What payers were given back twice, and owe back; nobody’s income bears it.',
  WRITTEN_OFF: '核销：追不回的重复退付之款，由平台承担。What was given back twice and given up: the platform bears it.',
  ADVANCED: '垫付：主体以自有资金退付而应还给它的，或它代收的追回款；列入其下一次结算，财政收入的由财政退付。What a party gave back of its own money and is owed, less what it holds of what payers returned: its next batch has it, save of the treasury’s income.',
  TREASURY: '应上缴财政（3.5-6）。What is to be remitted to the treasury.',
  TREASURY_CLAIM: '应由财政退付。Refunds that the treasury is asked to bear; never taken off a remittance.',
  PAYABLE: '应付收款人。What is to be paid out to a party.',
  COST_SHARING: '成本分摊款（3.5-5）。Receipts that share management costs.',
  PAID_OUT: '已结算。What was paid out by batches.',
  REMITTED: '已上缴。What was remitted by batches.',
} as const;
export type AccountKind = keyof typeof ACCOUNT_KIND_WORDS;

/** An amount on an account: a debit above zero, a credit below. */
export interface Posting {
  readonly accountId: string;
  readonly amountFen: Fen;
}

/** A part of a charge that is on a payee's account. */
export interface PayeePart {
  readonly accountId: string;
  readonly amountFen: Fen;
}

interface Owed {
  readonly receivable: string;
  readonly awaited: string;
}

/** What is owed from now on. */
export function postCharge({ receivable, awaited }: Owed, amountFen: Fen): readonly Posting[] {
  return [{ accountId: receivable, amountFen }, { accountId: awaited, amountFen: -amountFen }];
}

/** What is owed no more. */
export function postLessening(owed: Owed, amountFen: Fen): readonly Posting[] {
  return postCharge(owed, -amountFen);
}

/** What was owed came in, and is earned by its payees. */
export function postPayment({ receivable, awaited }: Owed, clearing: string, parts: readonly PayeePart[]): readonly Posting[] {
  const amountFen = money.add(...parts.map(part => part.amountFen));
  return withoutZeros([
    { accountId: clearing, amountFen },
    { accountId: receivable, amountFen: -amountFen },
    { accountId: awaited, amountFen },
    ...parts.map(part => ({ accountId: part.accountId, amountFen: -part.amountFen })),
  ]);
}

/** Money came that nobody owed: it is owed back at once, and nobody earns it. */
export function postReturn(clearing: string, refundOwed: string, amountFen: Fen): readonly Posting[] {
  return [{ accountId: clearing, amountFen }, { accountId: refundOwed, amountFen: -amountFen }];
}

/** A refund is owed: by the payees for their parts, or by a claim on the treasury where what came in is remitted whole. */
export function postRefund(refundOwed: string, parts: readonly PayeePart[]): readonly Posting[] {
  const amountFen = money.add(...parts.map(part => part.amountFen));
  return withoutZeros([...parts, { accountId: refundOwed, amountFen: -amountFen }]);
}

/** The provider sent a refund. */
export function postRefundSent(clearing: string, refundOwed: string, amountFen: Fen): readonly Posting[] {
  return [{ accountId: refundOwed, amountFen }, { accountId: clearing, amountFen: -amountFen }];
}

/** A refund was given back elsewhere, out of what an account holds or owes from now on. */
export function postRefundSettled(source: string, refundOwed: string, amountFen: Fen): readonly Posting[] {
  return postRefundSent(source, refundOwed, amountFen);
}

/** What a payer was given back twice has come back, or is given up. */
export function postRecovered(source: string, overpaid: string, amountFen: Fen): readonly Posting[] {
  return [{ accountId: source, amountFen }, { accountId: overpaid, amountFen: -amountFen }];
}

/** What a party advanced is paid out to it with what it earns; what it holds, below zero, is taken off that. */
export function postAdvance(advanced: string, payable: string, owedFen: Fen): readonly Posting[] {
  return [{ accountId: advanced, amountFen: owedFen }, { accountId: payable, amountFen: -owedFen }];
}

/** A batch pays a payee out, or remits to the treasury. */
export function postBatch(account: string, contra: string, amountFen: Fen): readonly Posting[] {
  return [{ accountId: account, amountFen }, { accountId: contra, amountFen: -amountFen }];
}

function withoutZeros(postings: readonly Posting[]): readonly Posting[] {
  return postings.filter(posting => posting.amountFen !== 0);
}

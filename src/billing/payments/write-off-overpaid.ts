import { done, problem, refuse, type Refusal } from '../../kernel/index.js';
import type { Unit } from '../../platform/index.js';
import { overpaidWrittenOff } from '../refund-sent.js';
import { attemptOfNumber } from '../rules/refund-number.js';
import type { Answered, HeldFinding } from './answer-finding.js';
import { mayWriteOff } from './payment.policy.js';
import type { RefundRow } from './refund.sql.js';

/** Gives up what a payer was given back twice and does not return. It was nobody's income, so that the platform alone says so and bears it. */
export async function writeOff(unit: Unit, { finding, refund }: HeldFinding): Promise<Answered> {
  if (!refund || finding.kind !== 'REFUND_PAID_TWICE') return notOverpaid(finding.kind);
  if (!mayWriteOff(unit.scope.viewer)) return foreign();
  const { attempt } = attemptOfNumber(finding.subject)!;
  return (await overpaidWrittenOff(unit, { refundId: refund.id, attempt })) ? done({ refundId: refund.id }) : notOverpaid(finding.kind);
}

/** What was paid twice stands on the ledger: saying that nothing is to be done would leave it there for ever. */
export function stillOverpaid({ id, amountFen }: RefundRow): Refusal {
  return refuse(problem('OVERPAID_STANDS', {
    zh: `退款 ${id} 多付的 ${amountFen} 分仍待追回：追回后以 SETTLED_ELSEWHERE 记录，追不回的由平台核销（WRITTEN_OFF）`,
    en: `the ${amountFen} fen that went twice of the refund ${id} are still owed back: record SETTLED_ELSEWHERE once they came back, or have the platform give them up (WRITTEN_OFF)`,
    field: 'resolution',
    data: { refundId: id, amountFen },
  }));
}

function notOverpaid(kind: string): Refusal {
  return refuse(problem('NOT_OVERPAID', { zh: `此处不符（${kind}）没有待追回的多付之款可以核销`, en: `this finding (${kind}) is of nothing that was paid twice and could be given up`, field: 'resolution', data: { kind } }));
}

function foreign(): Refusal {
  return refuse(problem('WRITE_OFF_FOREIGN', { zh: '核销由平台承担，由平台填写', en: 'what is given up the platform bears: it is the platform’s to say', field: 'resolution' }));
}

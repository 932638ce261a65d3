import { done, problem, refuse, textProblem, type Outcome, type Problem } from '../kernel/index.js';
import { ensureMay } from '../identity/index.js';
import { notFound } from '../platform/graphql/index.js';
import { newId, transaction, type RequestScope } from '../platform/index.js';
import { listRevenueSources } from './charge.sql.js';
import { insertManagementCost, listMoneySubjects } from './revenue.sql.js';
import { reviewCostSharing } from './review-cost-sharing.js';
import { revenueKindOf } from './rules/split-revenue.js';

export interface RecordManagementCost {
  readonly facilityId: string;
  readonly year: number;
  readonly amountFen: number;
  readonly what: string;
  readonly evidence: string;
  readonly idempotencyKey: string;
}

/** A thousand million yuan: more is a slip of the pen, and the costs of a year must stay a sum that can be told. */
const MOST_FEN = 100_000_000_000;

/** Records what a facility without profit spent on its lent spaces; its receipts are measured by it (3.5-5). It stands beside the ledger: nothing is ever taken off for it. */
export function recordManagementCost(scope: RequestScope, input: RecordManagementCost): Promise<Outcome<{ readonly costId: string }>> {
  return transaction(scope, async unit => {
    const [subject] = await listMoneySubjects(unit, [input.facilityId]);
    const [source] = await listRevenueSources(unit, [input.facilityId], unit.now);
    if (!subject || !source) throw notFound('停车设施 facility', input.facilityId.slice(0, 40));
    ensureMay(scope.viewer, 'cost:record', { partyId: subject.partyIds, jurisdictionCode: subject.jurisdictionCodes });
    const problems: Problem[] = [];
    if (revenueKindOf(source) !== 'COST_SHARING') problems.push(problem('NOT_COST_SHARING', { zh: '该设施的收费不用于分摊管理成本', en: 'what this facility takes in does not serve to share its costs', field: 'facilityId', clause: '3.5-5' }));
    if (input.amountFen <= 0 || input.amountFen > MOST_FEN) problems.push(problem('AMOUNT_INVALID', { zh: `成本须为 1–${MOST_FEN} 分，收到 ${input.amountFen} 分`, en: `a cost is 1 to ${MOST_FEN} fen, not ${input.amountFen} fen`, field: 'amountFen' }));
    if (input.year < 2000 || input.year > 2200) problems.push(problem('YEAR_INVALID', { zh: `年度 ${input.year} 不在 2000–2200 之间`, en: `the year ${input.year} is not within 2000 to 2200`, field: 'year' }));
    for (const field of ['what', 'evidence'] as const) {
      const wrong = textProblem(input[field], { zh: field === 'what' ? '事项' : '凭证', en: field === 'what' ? 'what it was for' : 'the evidence', field, minimum: 1, maximum: 200, code: 'TEXT_INVALID' });
      if (wrong) problems.push(wrong);
    }
    if (problems.length > 0) return refuse(problems);

    const id = newId('managementCost', unit.now);
    const cost = { city: subject.city, id, facilityId: subject.facilityId, year: input.year, amountFen: input.amountFen, what: input.what.trim(), evidence: input.evidence.trim() };
    await insertManagementCost(unit, cost, { now: unit.now, recordedBy: scope.viewer.actorId });
    await reviewCostSharing(unit, subject.city, subject.facilityId, input.year);
    unit.record({ action: 'cost:record', objectType: 'managementCost', objectId: id, reason: cost.what, details: { facilityId: subject.facilityId, year: input.year, amountFen: input.amountFen } });
    return done({ costId: id });
  }, { operation: 'recordManagementCost', key: input.idempotencyKey, input });
}

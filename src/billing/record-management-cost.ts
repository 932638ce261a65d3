import { done, problem, refuse, textProblem, type Outcome, type Problem } from '../kernel/index.js';
import { ensureMay } from '../identity/index.js';
import { notFound } from '../platform/graphql/index.js';
import { newId, transaction, type RequestScope, type Unit } from '../platform/index.js';
import { listRevenueSources } from './charge.sql.js';
import { insertManagementCost, listMoneySubjects, lockCostSharing, readCostSharing } from './revenue.sql.js';
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

/**
 * Records what a facility without profit spent on its lent spaces; its receipts are measured by it (3.5-5). It stands beside the ledger:
 * nothing is ever taken off for it. What was written down wrongly is taken back by an entry below zero (红字更正), never edited.
 */
export function recordManagementCost(scope: RequestScope, input: RecordManagementCost): Promise<Outcome<{ readonly costId: string }>> {
  return transaction(scope, async unit => {
    const [subject] = await listMoneySubjects(unit, [input.facilityId]);
    const [source] = await listRevenueSources(unit, [input.facilityId], unit.now);
    if (!subject || !source) throw notFound('facility', input.facilityId);
    ensureMay(scope.viewer, 'cost:record', { partyId: subject.partyIds, jurisdictionCode: subject.jurisdictionCodes });
    const problems: Problem[] = [];
    if (revenueKindOf(source) !== 'COST_SHARING') problems.push(problem('NOT_COST_SHARING', { zh: '该设施的收费不用于分摊管理成本', en: 'what this facility takes in does not serve to share its costs', field: 'facilityId', clause: '3.5-5' }));
    if (input.year < 2000 || input.year > 2200) problems.push(problem('YEAR_INVALID', { zh: `年度 ${input.year} 不在 2000–2200 之间`, en: `the year ${input.year} is not within 2000 to 2200`, field: 'year' }));
    problems.push(...(await amountProblems(unit, input)));
    for (const field of ['what', 'evidence'] as const) {
      const wrong = textProblem(input[field], { zh: field === 'what' ? '事项' : '凭证', en: field === 'what' ? 'what it was for' : 'the evidence', field, minimum: 1, maximum: 200 });
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

/** What speaks against an amount: none at all, one beyond all reason, or a correction of more than the year has. */
async function amountProblems(unit: Unit, { facilityId, year, amountFen }: RecordManagementCost): Promise<readonly Problem[]> {
  if (amountFen === 0 || Math.abs(amountFen) > MOST_FEN) {
    return [problem('AMOUNT_INVALID', { zh: `成本须为 1–${MOST_FEN} 分，红字更正为其负数，收到 ${amountFen} 分`, en: `a cost is 1 to ${MOST_FEN} fen, and a correction as much below 0, not ${amountFen} fen`, field: 'amountFen' })];
  }
  if (amountFen > 0) return [];
  // Two corrections at once would both find what only one of them can take back.
  await lockCostSharing(unit, facilityId);
  const { costsFen } = await readCostSharing(unit, facilityId, year);
  if (costsFen + amountFen >= 0) return [];
  return [problem('CORRECTION_TOO_LARGE', { zh: `${year} 年已登记成本 ${costsFen} 分，不能更正 ${-amountFen} 分`, en: `${costsFen} fen of costs are recorded of ${year}; ${-amountFen} fen cannot be taken back`, field: 'amountFen', clause: '3.5-5', data: { costsFen } })];
}

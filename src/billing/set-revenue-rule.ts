import { done, problem, refuse, type Outcome, type Problem } from '../kernel/index.js';
import { PartyEntity, ensureMay } from '../identity/index.js';
import { notFound } from '../platform/graphql/index.js';
import { newId, transaction, type RequestScope, type Unit } from '../platform/index.js';
import { listRevenueSources } from './charge.sql.js';
import { endRevenueRules, hasRevenueRuleWithin, insertRevenueRule, listMoneySubjects, lockRevenueRules, type RevenueRuleRow } from './revenue.sql.js';
import { PAYEE_ROLE_WORDS, checkRevenueRule, holderOf, type RevenueShare } from './rules/split-revenue.js';

export interface SetRevenueRule {
  readonly facilityId: string;
  readonly kind: RevenueRuleRow['kind'];
  readonly shares: ReadonlyArray<Omit<RevenueShare, 'partyId'> & { readonly partyId?: string | null }>;
  readonly legalBasis: string;
  /** Epoch ms, not in the past: what was charged is split already. */
  readonly validFrom: number;
  readonly validUntil?: number | null;
  readonly idempotencyKey: string;
}

/**
 * Says who shares what a facility takes in, from when on and on which basis (3.5-4). The rule before it ends there. What
 * earns for the treasury has no shares, and the database would refuse them too (3.5-6).
 */
export function setRevenueRule(scope: RequestScope, input: SetRevenueRule): Promise<Outcome<{ readonly ruleId: string }>> {
  return transaction(scope, async unit => {
    const [subject] = await listMoneySubjects(unit, [input.facilityId]);
    if (!subject) throw notFound('facility', input.facilityId);
    ensureMay(scope.viewer, 'revenue:write', { partyId: subject.partyIds, jurisdictionCode: subject.jurisdictionCodes });
    const shares = input.shares.map(({ role, basisPoints, partyId }) => ({ role, basisPoints, partyId: partyId ?? null }));
    const rule: RevenueRuleRow = {
      city: subject.city, id: newId('revenueRule', unit.now), facilityId: subject.facilityId, partyId: null, kind: input.kind, shares,
      legalBasis: input.legalBasis.trim(), validFrom: input.validFrom, validUntil: input.validUntil ?? null, recordedAt: unit.now,
    };
    const problems = [...checkRevenueRule(rule)];
    if (subject.earnsForTreasury) problems.push(problem('EARNS_FOR_TREASURY', { zh: '机关、事业单位设施的收益全额上缴财政，不得分成', en: 'what a facility of an agency or public institution earns is remitted to the treasury whole; it has no shares', field: 'facilityId', clause: '3.5-6' }));
    if (subject.category === 'RESIDENTIAL' && subject.ownership === 'JOINT' && rule.kind === 'AGREED') problems.push(problem('NOT_COMMERCIAL', { zh: '全体业主共有的泊位收费仅用于分摊管理成本', en: 'what jointly owned spaces of an estate earn serves to share their costs', field: 'kind', clause: '3.5-5' }));
    if (rule.validFrom < unit.now) problems.push(problem('STARTS_IN_THE_PAST', { zh: '分成规则不能始于过去', en: 'a revenue rule does not start in the past', field: 'validFrom' }));
    problems.push(...(await unknownParties(unit, shares)), ...(subject.earnsForTreasury ? [] : await vacantRoles(unit, rule)));
    if (problems.length > 0) return refuse(problems);

    await lockRevenueRules(unit, subject.facilityId);
    await endRevenueRules(unit, rule);
    if (await hasRevenueRuleWithin(unit, rule)) return refuse(problem('RULE_FOLLOWS', { zh: '此期间内已有后续分成规则', en: 'a later rule begins within this time', field: 'validUntil' }));
    await insertRevenueRule(unit, rule, scope.viewer.actorId);
    unit.record({ action: 'revenue:write', objectType: 'revenueRule', objectId: rule.id, reason: rule.legalBasis, details: { facilityId: subject.facilityId, kind: rule.kind, validFrom: rule.validFrom } });
    unit.announce('billing.revenueRuleSet', { ruleId: rule.id, facilityId: subject.facilityId });
    return done({ ruleId: rule.id });
  }, { operation: 'setRevenueRule', key: input.idempotencyKey, input });
}

async function unknownParties(unit: Unit, shares: readonly RevenueShare[]) {
  const named = shares.flatMap(share => share.partyId ?? []);
  const known = new Set((await unit.em.find(PartyEntity, { id: { $in: named } })).map(party => party.id));
  return shares.flatMap(({ partyId }, index) => (partyId === null || known.has(partyId) ? [] : [problem('PARTY_UNKNOWN', { zh: `没有主体 ${partyId.slice(0, 40)}`, en: `there is no party ${partyId.slice(0, 40)}`, field: `shares[${index}].partyId` })]));
}

/** Shares of a role that nobody has: their money would be earned by nobody. */
async function vacantRoles(unit: Unit, { facilityId, shares }: RevenueRuleRow): Promise<readonly Problem[]> {
  const [source] = await listRevenueSources(unit, [facilityId!], unit.now);
  return shares.flatMap(({ role, partyId }, index) => {
    if (role === 'PLATFORM' || partyId !== null || !source || holderOf(source, role) !== null) return [];
    return [problem('ROLE_VACANT', { zh: `该设施没有${PAYEE_ROLE_WORDS[role].split('。')[0]}，须写明收款主体`, en: `nobody is ${role} of this facility: name the party`, field: `shares[${index}].partyId`, clause: '3.5-4' })];
  });
}

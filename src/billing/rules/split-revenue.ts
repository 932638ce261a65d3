import { assertNever, money, problem, type Fen, type Problem } from '../../kernel/index.js';

/** Where the money of a facility goes (3.5-4 … 3.5-6). */
export const REVENUE_KIND_WORDS = {
  TREASURY: '机关、事业单位：国有资产有偿使用收入，全额上缴财政（3.5-6）。To the treasury, whole.',
  COST_SHARING: '非经营性设施：用于分摊共享车位的管理成本（3.5-5）。To share the cost of managing the lent spaces.',
  AGREED: '按约定分成；无约定归所有人（3.5-4）。As agreed; without an agreement, to the owner.',
} as const;
export type RevenueKind = keyof typeof REVENUE_KIND_WORDS;

export const PAYEE_ROLE_WORDS = {
  OWNER: '设施所有人。The owner of the facility.',
  MANAGER: '设施管理人。Its manager.',
  OPERATOR: '运营企业。Its operator.',
  PLATFORM: '平台。The platform.',
} as const;
export type PayeeRole = keyof typeof PAYEE_ROLE_WORDS;

/** Ten thousand of these are the whole. */
export const WHOLE = 10_000;

/** One part of an agreed split. Without a party it goes to whoever has the role at the facility. */
export interface RevenueShare {
  readonly role: PayeeRole;
  readonly partyId: string | null;
  readonly basisPoints: number;
}

/** Whose a facility is, as far as its money is concerned. */
export interface RevenueSource {
  readonly facilityId: string;
  readonly category: string;
  readonly ownership: string | null;
  /** Whether the database says that it earns for the treasury: by its sector or by its owner's kind. */
  readonly earnsForTreasury: boolean;
  readonly ownerId: string | null;
  readonly managerId: string | null;
  readonly operatorId: string | null;
  /** The rule in force: the facility's own, else its owner's; null for none. */
  readonly rule: { readonly kind: 'AGREED' | 'COST_SHARING'; readonly shares: readonly RevenueShare[] } | null;
}

/** Who gets a part: of the party where it is known, else kept for the facility until it is. */
export interface Payee {
  readonly account: 'TREASURY' | 'COST_SHARING' | 'PAYABLE';
  readonly partyId: string | null;
  readonly facilityId: string | null;
  readonly basisPoints: number;
}

/** What rules a facility's money: the treasury's claim comes before everything, jointly owned residential space serves to share costs. */
export function revenueKindOf(source: Pick<RevenueSource, 'earnsForTreasury' | 'category' | 'ownership' | 'rule'>): RevenueKind {
  if (source.earnsForTreasury) return 'TREASURY';
  if (source.category === 'RESIDENTIAL' && source.ownership === 'JOINT') return 'COST_SHARING';
  return source.rule?.kind ?? 'AGREED';
}

/** Who gets how many ten-thousandths of what a facility takes in; always the whole, and the treasury's is undivided (3.5-6). */
export function payeesOf(source: RevenueSource): readonly Payee[] {
  const kind = revenueKindOf(source);
  const shares: readonly RevenueShare[] = kind === 'TREASURY' ? [] : (source.rule?.shares ?? []);
  if (kind === 'TREASURY' || shares.length === 0) return [payeeOf(kind, source, { partyId: source.ownerId, basisPoints: WHOLE })];
  return merged(shares.map(share => payeeOf(kind, source, { partyId: share.partyId ?? holderOf(source, share.role), basisPoints: share.basisPoints })));
}

function payeeOf(kind: RevenueKind, { facilityId }: RevenueSource, { partyId, basisPoints }: { readonly partyId: string | null; readonly basisPoints: number }): Payee {
  if (kind === 'COST_SHARING') return { account: 'COST_SHARING', partyId, facilityId, basisPoints };
  return { account: kind === 'TREASURY' ? 'TREASURY' : 'PAYABLE', partyId, facilityId: partyId === null ? facilityId : null, basisPoints };
}

/** Who has a role at a facility; null where nobody has, and for the platform, whose party a share names. */
export function holderOf(source: RevenueSource, role: PayeeRole): string | null {
  switch (role) {
    case 'OWNER': return source.ownerId;
    case 'MANAGER': return source.managerId;
    case 'OPERATOR': return source.operatorId;
    case 'PLATFORM': return null;
    default: return assertNever(role);
  }
}

/** A party that has two roles gets one part. */
function merged(payees: readonly Payee[]): readonly Payee[] {
  return [...Map.groupBy(payees, payee => `${payee.partyId} ${payee.facilityId}`).values()].map(same => ({ ...same[0]!, basisPoints: same.reduce((sum, payee) => sum + payee.basisPoints, 0) }));
}

/** The parts of an amount, in the order of the payees; they sum to the amount. 1001 fen by 7000 : 3000 are 701 and 300. */
export function splitRevenue(amountFen: Fen, shares: ReadonlyArray<{ readonly basisPoints: number }>): readonly Fen[] {
  return money.allocate(amountFen, shares.map(share => share.basisPoints));
}

/** What each payee gives back of a refund: in proportion to what is left of its part, so that nobody gives back more than it got and a whole refund leaves nothing. */
export function splitRefund(amountFen: Fen, left: readonly Fen[]): readonly Fen[] {
  return money.allocate(amountFen, left);
}

/** What speaks against a rule; empty where nothing does. */
export function checkRevenueRule(rule: { readonly shares: readonly RevenueShare[]; readonly legalBasis: string; readonly validFrom: number; readonly validUntil: number | null }): readonly Problem[] {
  const problems: Problem[] = [];
  const sum = rule.shares.reduce((total, share) => total + share.basisPoints, 0);
  if (sum !== WHOLE) problems.push(problem('SHARES_NOT_WHOLE', { zh: `分成比例之和须为 ${WHOLE}（万分比），现为 ${sum}`, en: `the shares sum to ${sum} ten-thousandths; they must sum to ${WHOLE}`, field: 'shares', clause: '3.5-4' }));
  rule.shares.forEach((share, index) => {
    if (share.basisPoints < 1) problems.push(problem('SHARE_EMPTY', { zh: `分成比例须为正，现为 ${share.basisPoints}`, en: `a share is above 0, not ${share.basisPoints}`, field: `shares[${index}].basisPoints` }));
    if (share.role === 'PLATFORM' && share.partyId === null) problems.push(problem('PLATFORM_PARTY_MISSING', { zh: '平台分成须写明收款主体', en: 'the platform’s share names its party', field: `shares[${index}].partyId` }));
  });
  if (rule.shares.length === 0 || rule.shares.length > 10) problems.push(problem('SHARES_MISSING', { zh: `分成须有 1–10 项，现为 ${rule.shares.length} 项`, en: `a rule has 1 to 10 shares, not ${rule.shares.length}`, field: 'shares' }));
  if (rule.legalBasis.trim() === '' || rule.legalBasis.length > 500) problems.push(problem('LEGAL_BASIS_MISSING', { zh: '须写明依据，1–500 字', en: 'name the legal basis, in 1 to 500 characters', field: 'legalBasis' }));
  if (rule.validUntil !== null && rule.validUntil <= rule.validFrom) problems.push(problem('INTERVAL_EMPTY', { zh: '失效须晚于生效', en: 'a rule must end after it begins', field: 'validUntil' }));
  return problems;
}

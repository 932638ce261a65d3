import { newId, type Unit } from '../platform/index.js';
import { accountNamed, accountsNamed } from './accounts.js';
import { insertCharges, listRevenueSources, type ChargeRow } from './charge.sql.js';
import { insertTransactions, type AccountName } from './ledger.sql.js';
import { chargeLifecycle, ensureAddsUp, type ChargeLine, type ChargePurpose } from './rules/charge.js';
import { postCharge } from './rules/postings.js';
import { payeesOf, revenueKindOf, type Payee } from './rules/split-revenue.js';

/** What a charge is for: a reservation, a session, an agreement. Opaque here. */
export interface ChargeCause {
  readonly kind: string;
  readonly id: string;
}

/** A sum that somebody owes from now on. */
export interface ChargeDraft {
  readonly cause: ChargeCause;
  readonly facilityId: string;
  /** Who owes it; null for a vehicle that nobody registered. */
  readonly payerId: string | null;
  /** They sum to the amount. */
  readonly lines: readonly ChargeLine[];
  /** Above 0: what is free has no charge. */
  readonly amountFen: number;
  /** Epoch ms; unpaid after it. */
  readonly dueAt: number;
  readonly purpose: ChargePurpose;
}

/**
 * Opens charges and posts what is owed; answers their ids in order. Who gets the money is fixed here, by the rule in force
 * now (3.5-4 … 3.5-6). As many statements for hundreds as for one.
 */
export async function openCharges(unit: Unit, drafts: readonly ChargeDraft[]): Promise<readonly string[]> {
  if (drafts.length === 0) return [];
  for (const { amountFen, lines } of drafts) ensureAddsUp(amountFen, lines);
  const sources = new Map((await listRevenueSources(unit, [...new Set(drafts.map(draft => draft.facilityId))], unit.now)).map(source => [source.facilityId, source]));
  const planned = drafts.map(draft => {
    const source = sources.get(draft.facilityId);
    if (!source) throw new Error(`a charge names the facility ${draft.facilityId}, which does not exist`);
    return { draft, city: source.city, revenueKind: revenueKindOf(source), payees: payeesOf(source) };
  });
  const accountOf = await accountsNamed(unit, planned.flatMap(({ draft, city, payees }) => [...owedAccounts(city, draft.facilityId), ...payees.map(payee => payeeAccount(city, payee))]));

  const charges = planned.map(({ draft, city, revenueKind, payees }): ChargeRow => ({
    city, id: newId('charge', unit.now), causeKind: draft.cause.kind, causeId: draft.cause.id, purpose: draft.purpose, facilityId: draft.facilityId, payerId: draft.payerId, revenueKind,
    shares: payees.map(payee => ({ accountId: accountOf(payeeAccount(city, payee)), partyId: payee.partyId, basisPoints: payee.basisPoints })),
    lines: draft.lines, amountFen: draft.amountFen, paidFen: 0, refundedFen: 0, state: chargeLifecycle.initial, openedAt: unit.now, dueAt: draft.dueAt, paidAt: null, stateSince: unit.now,
  }));
  await insertCharges(unit, charges);
  await insertTransactions(unit, charges.map(charge => {
    const [receivable, awaited] = owedAccounts(charge.city, charge.facilityId).map(accountOf) as [string, string];
    return { city: charge.city, id: newId('ledgerTransaction', unit.now), kind: 'CHARGE', amountFen: charge.amountFen, chargeId: charge.id, refundId: null, batchId: null, postings: postCharge({ receivable, awaited }, charge.amountFen) };
  }), unit.now);
  return charges.map(charge => charge.id);
}

/** Where what is owed at a facility stands, and its contra account. */
export function owedAccounts(city: string, facilityId: string): readonly [AccountName, AccountName] {
  return [accountNamed(city, 'RECEIVABLE', { facilityId }), accountNamed(city, 'AWAITED', { facilityId })];
}

function payeeAccount(city: string, { account, partyId, facilityId }: Payee): AccountName {
  return accountNamed(city, account, { partyId, facilityId });
}

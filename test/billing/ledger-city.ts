import { isRefusal, type Outcome } from '../../src/kernel/index.js';
import { openCharges, refundCharge, settlePayment, type ChargeDraft } from '../../src/billing/index.js';
import type { Database, RequestScope, Services, Unit } from '../../src/platform/index.js';
import { registerPartyWithin, type RegisterParty } from '../../src/identity/index.js';
import { CITY, addFacilities, facilityDraft, foundCity, inUnit } from '../support/city.js';
import { scopeOf, testServices } from '../support/scope.js';

/** Facilities of every kind of owner, and who pays. */
export interface LedgerCity {
  readonly services: ReturnType<typeof testServices>;
  readonly scope: RequestScope;
  /** An agency's yard, a public institution's, an estate's joint spaces, and a shop's garage. */
  readonly facilities: { readonly agency: string; readonly institution: string; readonly estate: string; readonly shop: string };
  readonly parties: { readonly agency: string; readonly institution: string; readonly estate: string; readonly shop: string; readonly operator: string; readonly platform: string; readonly driver: string };
}

const PLACE = { longitude: 118.6, latitude: 24.9 };

export async function foundLedgerCity(database: Database, overrides: Partial<Services> = {}): Promise<LedgerCity> {
  const services = testServices(database, overrides);
  const scope = scopeOf(services);
  await foundCity(scope);
  const parties = await inUnit(scope, async unit => {
    const add = (code: string, told: Omit<RegisterParty, 'source' | 'code'>) => registered(unit, { ...told, source: 'test', code, jurisdictionCode: CITY });
    return {
      agency: await add('agency', { kind: 'AGENCY', name: '鲤城区机关事务中心' }),
      institution: await add('institution', { kind: 'PUBLIC_INSTITUTION', name: '市第一医院' }),
      estate: await add('estate', { kind: 'OWNERS_ASSEMBLY', name: '清源小区业主大会' }),
      shop: await add('shop', { kind: 'ENTERPRISE', name: '中骏商城' }),
      operator: await add('operator', { kind: 'OPERATOR', name: '泉停运营' }),
      platform: await add('platform', { kind: 'ENTERPRISE', name: '潮位平台公司' }),
      driver: await add('driver', { kind: 'ENTERPRISE', name: '某车主' }),
    };
  });
  const of = (code: string) => ({ source: 'test', code });
  const [agency, institution, estate, shop] = await addFacilities(scope, [
    facilityDraft('agency-yard', PLACE, { category: 'INSTITUTION', sector: 'AGENCY', owner: of('agency'), operator: of('operator') }),
    facilityDraft('hospital', PLACE, { category: 'INSTITUTION', sector: 'HOSPITAL', owner: of('institution') }),
    facilityDraft('estate', PLACE, { category: 'RESIDENTIAL', sector: 'RESIDENTIAL', ownership: 'JOINT', owner: of('estate') }),
    facilityDraft('shop', PLACE, { category: 'COMMERCIAL', sector: 'COMMERCIAL', ownership: 'ENTERPRISE', owner: of('shop'), operator: of('operator') }),
  ]);
  return { services, scope, parties, facilities: { agency: agency!, institution: institution!, estate: estate!, shop: shop! } };
}

async function registered(unit: Unit, input: RegisterParty): Promise<string> {
  return valueOf(await registerPartyWithin(unit, input)).partyId;
}

/** The value of an outcome that must be one. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (isRefusal(outcome)) throw new Error(JSON.stringify(outcome.problems));
  return outcome.value;
}

/** A day's stay for ten yuan, unless the test says otherwise. */
export function stayDraft(city: LedgerCity, facilityId: string, told: Partial<ChargeDraft> = {}): ChargeDraft {
  const amountFen = told.amountFen ?? 1_000;
  return {
    cause: { kind: 'RESERVATION', id: 'rsv_test' }, facilityId, payerId: city.parties.driver, amountFen, purpose: 'STAY',
    lines: [{ zh: '停车费', en: 'stay', amountFen }], dueAt: city.services.clock.now() + 3_600_000, ...told,
  };
}

export async function openCharge(city: LedgerCity, facilityId: string, told: Partial<ChargeDraft> = {}): Promise<string> {
  return inUnit(city.scope, async unit => (await openCharges(unit, [stayDraft(city, facilityId, told)]))[0]!);
}

export function pay(city: LedgerCity, chargeId: string, paidFen: number, providerReference: string): Promise<Outcome<void>> {
  return inUnit(city.scope, unit => settlePayment(unit, { chargeId, paidFen, provider: 'local', providerReference, paidAt: unit.now }));
}

export function refund(city: LedgerCity, chargeId: string, amountFen: number): Promise<Outcome<{ readonly refundId: string | null }>> {
  return inUnit(city.scope, unit => refundCharge(unit, { chargeId, amountFen, reason: '取消预约' }));
}

/** What every account of a kind holds together: debits above zero. */
export async function balances(database: Database): Promise<Record<string, number>> {
  const rows = await database.query<{ kind: string; fen: number }>(
    `select a.kind, sum(p.amount_fen)::float8 as fen from ledger_posting p join ledger_account a on a.city = p.city and a.id = p.account_id group by a.kind having sum(p.amount_fen) <> 0 order by a.kind`,
  );
  return Object.fromEntries(rows.map(row => [row.kind, row.fen]));
}

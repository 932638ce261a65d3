import { newId, type Unit } from '../platform/index.js';
import { accountKey, findAccounts, openAccounts, type AccountName } from './ledger.sql.js';

/** The id of an account that is surely there. */
export type AccountOf = (name: AccountName) => string;

/** An account of a kind; what does not apply is left out. */
export function accountNamed(city: string, kind: AccountName['kind'], told: Partial<Pick<AccountName, 'partyId' | 'facilityId' | 'provider'>> = {}): AccountName {
  return { city, kind, partyId: told.partyId ?? null, facilityId: told.facilityId ?? null, provider: told.provider ?? null };
}

/** Finds accounts and opens those that are missing, in one statement where all are there, three where not. */
export async function accountsNamed(unit: Unit, names: readonly AccountName[]): Promise<AccountOf> {
  const byKey = new Map(names.map(name => [accountKey(name), name]));
  let ids = await findAccounts(unit, [...byKey.values()]);
  const missing = [...byKey].filter(([key]) => !ids.has(key)).map(([, name]) => ({ ...name, id: newId('ledgerAccount', unit.now) }));
  if (missing.length > 0) {
    await openAccounts(unit, missing, unit.now);
    ids = await findAccounts(unit, [...byKey.values()]);
  }
  return name => {
    const id = ids.get(accountKey(name));
    if (id === undefined) throw new Error(`the account ${accountKey(name)} was not asked for`);
    return id;
  };
}

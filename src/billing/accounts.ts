import { newId, type Unit } from '../platform/index.js';
import { accountKey, findAccounts, openAccounts, type AccountName } from './ledger.sql.js';

/** The id of an account that is surely there. */
export type AccountOf = (name: AccountName) => string;

/** An account of a kind; what does not apply is left out. */
export function accountNamed(city: string, kind: AccountName['kind'], told: Partial<Pick<AccountName, 'partyId' | 'facilityId' | 'provider'>> = {}): AccountName {
  return { city, kind, partyId: told.partyId ?? null, facilityId: told.facilityId ?? null, provider: told.provider ?? null };
}

/** The row that an account refers to is not there, or not yet for others. */
const FOREIGN_KEY = '23503';

/**
 * Finds accounts and opens those that are missing, in one statement where all are there. They are opened beside the unit: some
 * lock claims before they charge, and some after, and none may wait at an account for another's commit.
 */
export async function accountsNamed(unit: Unit, names: readonly AccountName[]): Promise<AccountOf> {
  const wanted = [...new Map(names.map(name => [accountKey(name), name])).values()];
  let ids = await findAccounts(unit, wanted);
  const missing = () => wanted.filter(name => !ids.has(accountKey(name))).map(name => ({ ...name, id: newId('ledgerAccount', unit.now) }));
  if (missing().length > 0) {
    await openAccounts(unit.beside, missing(), unit.now).catch((error: { code?: string }) => {
      if (error.code !== FOREIGN_KEY) throw error;
    });
    ids = await findAccounts(unit, wanted);
  }
  // Of what this very unit has made nobody else opens an account.
  if (missing().length > 0) {
    await openAccounts(unit, missing(), unit.now);
    ids = await findAccounts(unit, wanted);
  }
  return name => {
    const id = ids.get(accountKey(name));
    if (id === undefined) throw new Error(`the account ${accountKey(name)} was not asked for`);
    return id;
  };
}

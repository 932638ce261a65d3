import { ensureMayActFor, type Named } from '../identity/index.js';
import type { Unit } from '../platform/index.js';
import { notFound } from '../platform/graphql/index.js';
import { findFacilitySubject, findPartySubject, type TariffSubject } from './tariff.sql.js';

/** Whose a tariff is: a facility's, or a party's. */
export interface TariffOwner {
  readonly facilityId: string | null;
  readonly partyId: string | null;
}

/**
 * Throws unless the viewer may set this owner's prices: the party that lends, whoever acts for it with the power to share
 * (3.5-1, I12), and the offices in whose jurisdiction it lies. Call it within the transaction that writes.
 */
export async function ensureMaySetPrices(unit: Unit, { facilityId, partyId }: TariffOwner): Promise<void> {
  const subject = facilityId !== null ? await findFacilitySubject(unit, facilityId) : await findPartySubject(unit, partyId ?? '');
  if (!subject) throw facilityId !== null ? notFound('facility', facilityId) : notFound('party', partyId ?? '');
  // A facility is on the public map; a party is not.
  await ensureMaySetPricesOf(unit, subject, facilityId === null ? { what: 'party', id: partyId ?? '' } : undefined);
}

/** The same, of an owner that was read already. */
export async function ensureMaySetPricesOf(unit: Unit, { partyIds, jurisdictionCodes }: TariffSubject, named?: Named): Promise<void> {
  await ensureMayActFor(unit, unit.scope, 'tariff:publish', { partyId: partyIds, jurisdictionCode: jurisdictionCodes }, 'SHARE', named);
}

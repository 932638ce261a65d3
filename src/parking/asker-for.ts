import { ANY_DRIVER, type Asker } from '../availability/index.js';
import type { AdmittedAudience } from './rules/admitted-as.js';

// One object each: what is left for an asker is reckoned once, however many stays are asked about.
const RESIDENT: Asker = { ...ANY_DRIVER, isResident: true };
const HOLDER: Asker = { ...ANY_DRIVER, hasAgreement: true };
const BOTH: Asker = { ...RESIDENT, hasAgreement: true };

/** For whom a stay of vehicles that are admitted as these is asked of the one decision: by quote, claim and gate alike (P2). */
export function askerFor(audiences: readonly AdmittedAudience[]): Asker {
  const hasAgreement = audiences.includes('AGREEMENT_HOLDERS');
  if (audiences.includes('RESIDENTS')) return hasAgreement ? BOTH : RESIDENT;
  return hasAgreement ? HOLDER : ANY_DRIVER;
}

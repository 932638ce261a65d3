import { CATEGORY_WORDS, SECTOR_WORDS, type FacilityCategory, type ObligationLevel, type Sector } from './words.js';

/** How strongly the policy asks a facility to share, in its own verb: the same fact is a violation for one and a missed chance for another (P12). */
export interface Obligation {
  readonly level: ObligationLevel;
  readonly verb: string;
  readonly clause: string;
}

const PLANNED_PUBLIC: Obligation = { level: 'SHALL', verb: '应', clause: '2.3-6' };
const PARK: Obligation = { level: 'ENCOURAGED', verb: '鼓励', clause: '3.6-9' };

const BY_CATEGORY: Readonly<Record<FacilityCategory, Obligation>> = {
  KEY_AREA_PUBLIC: { level: 'ENCOURAGED', verb: '鼓励', clause: '2.1-2' },
  INSTITUTION: { level: 'SHALL', verb: '应', clause: '2.2-1' },
  SOCIAL_PUBLIC: { level: 'ENCOURAGED', verb: '引导激励', clause: '2.3-2' },
  COMMERCIAL: { level: 'ENCOURAGED', verb: '鼓励', clause: '2.4-2' },
  RESIDENTIAL: { level: 'MAY', verb: '可', clause: '2.5-5' },
  PRIVATE_SPACE: { level: 'ENCOURAGED', verb: '鼓励', clause: '2.6-1' },
};

/**
 * What a facility owes. Public spaces that planning requires are opened whole, whatever the category (2.3-6). The
 * category decides before the sector, because 2.2 and 2.4 both name company offices and the district assigns which.
 */
export function obligationOf(facility: { readonly category: FacilityCategory; readonly sector: Sector; readonly planningRequiredSpaces?: number | null }): Obligation {
  if (facility.planningRequiredSpaces != null && facility.planningRequiredSpaces > 0) return PLANNED_PUBLIC;
  if (facility.sector === 'PARK' && facility.category !== 'INSTITUTION') return PARK;
  return BY_CATEGORY[facility.category];
}

/** The rule as rows, for the statement that prepares many facilities at once. */
export function obligationRows(): ReadonlyArray<Obligation & { readonly category: string; readonly sector: string; readonly planned: boolean }> {
  const categories = Object.keys(CATEGORY_WORDS) as FacilityCategory[];
  const sectors = Object.keys(SECTOR_WORDS) as Sector[];
  return categories.flatMap(category =>
    sectors.flatMap(sector =>
      [false, true].map(planned => ({ category, sector, planned, ...obligationOf({ category, sector, planningRequiredSpaces: planned ? 1 : 0 }) }))));
}

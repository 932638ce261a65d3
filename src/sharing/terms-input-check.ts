import { problem, type Problem } from '../kernel/index.js';
import type { AudienceInput, WindowTermsInput } from './terms.type.js';

/** What the rules cannot see, because reading the terms would drop it or fill it in: every problem of it at once, by its path in the input. */
export function checkTermsInput({ audience }: WindowTermsInput): readonly Problem[] {
  return checkMetres(audience);
}

/** A distance that would be ignored is refused: the lender believes it holds (2.5-5). */
function checkMetres({ kind, withinMetres }: AudienceInput): readonly Problem[] {
  const field = 'terms.audience.withinMetres';
  if (kind === 'NEIGHBOURS') {
    if (withinMetres != null) return [];
    return [problem('MISSING', { zh: '面向周边居民（NEIGHBOURS）须填周边范围 withinMetres（米）', en: 'an audience of NEIGHBOURS needs withinMetres, which is missing', field, clause: '2.5-5' })];
  }
  if (withinMetres == null) return [];
  return [problem('AUDIENCE_METRES', { zh: `周边范围 ${withinMetres} 米仅用于 NEIGHBOURS，不用于 ${kind}`, en: `${withinMetres} m is for NEIGHBOURS only, not for ${kind}`, field, clause: '2.5-5' })];
}

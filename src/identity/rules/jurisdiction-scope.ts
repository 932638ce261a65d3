/** Ends of the levels of a national division code: province, city, county, sub-district, village (GB/T 2260, GB/T 10114). */
const LEVEL_ENDS = [2, 4, 6, 9, 12] as const;

/**
 * The digits that every code within a jurisdiction begins with: '350500' and '350500000000' give '3505'. Null for a
 * text that is no code: a half-written code must cover nothing rather than more than was meant.
 */
export function jurisdictionPrefix(code: string): string | null {
  if (!/^\d+$/.test(code) || !LEVEL_ENDS.some(end => end === code.length)) return null;
  let prefix = '';
  let start = 0;
  for (const end of LEVEL_ENDS) {
    const level = code.slice(start, end);
    if (level === '' || /^0+$/.test(level)) break;
    prefix = code.slice(0, end);
    start = end;
  }
  return prefix === '' ? null : prefix;
}

/** The code that a city gives to a development zone: QZ-TIA. It has no levels, so it reaches over itself alone (0-1, G8). */
const OWN_CODE = /^[A-Z0-9]{2,8}-[A-Z0-9-]{2,11}$/;

/** Whether a text can be the code of a jurisdiction: a division's of 6, 9 or 12 digits, or a development zone's own. */
export function isJurisdictionCode(code: string): boolean {
  return OWN_CODE.test(code) || (code.length >= 6 && jurisdictionPrefix(code) !== null);
}

/** The LIKE pattern of the codes within a jurisdiction, for the filter of a list: the same decision as `liesWithin`. Null for a text that is no code. */
export function codesWithin(scope: string): string | null {
  if (OWN_CODE.test(scope)) return scope;
  const prefix = jurisdictionPrefix(scope);
  return prefix === null ? null : `${prefix}%`;
}

/**
 * Whether a jurisdiction lies within another, or is it: district officers see only their district (3.6-3). What a
 * development zone counts lies in a division as well: whoever asks names both codes.
 */
export function liesWithin(code: string, scope: string): boolean {
  if (OWN_CODE.test(scope)) return code === scope;
  const inner = jurisdictionPrefix(code);
  const outer = jurisdictionPrefix(scope);
  return inner !== null && outer !== null && inner.startsWith(outer);
}

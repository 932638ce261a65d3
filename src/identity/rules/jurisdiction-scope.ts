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

/** Whether a jurisdiction lies within another, or is it: district officers see only their district (3.6-3). */
export function liesWithin(code: string, scope: string): boolean {
  const inner = jurisdictionPrefix(code);
  const outer = jurisdictionPrefix(scope);
  return inner !== null && outer !== null && inner.startsWith(outer);
}

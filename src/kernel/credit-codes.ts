const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const ORGANISATION_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];

/** What a unified social credit code is worth (GB 32100-2015, I3). LEGACY is lawful but fails the check digit. */
export type CreditCodeVerdict =
  | { readonly verdict: 'VALID'; readonly code: string }
  | { readonly verdict: 'LEGACY'; readonly code: string; readonly expected: string }
  | { readonly verdict: 'INVALID'; readonly code: string; readonly reason: 'LENGTH' | 'ALPHABET' | 'CHECK_DIGIT'; readonly expected: string | null; readonly zh: string; readonly en: string };

/** Upper case, half width, without spaces. */
export function normaliseCreditCode(text: string): string {
  return text.normalize('NFKC').toUpperCase().replace(/[\s-]/gu, '');
}

/** The 18th character: (31 − Σ cᵢ·3^(i−1) mod 31) mod 31. The outer mod matters: without it a sum of 0 indexes past the alphabet. */
function checkCharacter(first17: string): string {
  let sum = 0;
  let weight = 1;
  for (const character of first17) {
    sum += ALPHABET.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return ALPHABET[(31 - (sum % 31)) % 31]!;
}

/** Whether positions 9–17 hold an organisation code whose own check character fits (GB 11714). */
function organisationCodeFits(code: string): boolean {
  const sum = ORGANISATION_WEIGHTS.reduce((total, weight, index) => total + weight * ORGANISATION_ALPHABET.indexOf(code[8 + index]!), 0);
  const check = 11 - (sum % 11);
  return code[16] === (check === 10 ? 'X' : check === 11 ? '0' : String(check));
}

/**
 * Judges a unified social credit code. Codes of an early trial (third part M000…) stand lawfully in the register, though
 * their check digit fails: they are LEGACY when the organisation code inside fits. Others may be let through by an audited override.
 */
export function judgeCreditCode(text: string): CreditCodeVerdict {
  const code = normaliseCreditCode(text);
  if (code.length !== 18) {
    return { verdict: 'INVALID', code, reason: 'LENGTH', expected: null, zh: `统一社会信用代码应为 18 位，“${code}”为 ${code.length} 位`, en: `a unified social credit code has 18 characters, '${code}' has ${code.length}` };
  }
  const foreign = [...code].find(character => !ALPHABET.includes(character));
  if (foreign !== undefined) {
    return { verdict: 'INVALID', code, reason: 'ALPHABET', expected: null, zh: `统一社会信用代码“${code}”含有不允许的字符“${foreign}”（不使用 I、O、S、V、Z）`, en: `'${code}' holds the character '${foreign}', which such a code never has (no I, O, S, V, Z)` };
  }
  const expected = checkCharacter(code.slice(0, 17));
  if (code[17] === expected) return { verdict: 'VALID', code };
  if (code.startsWith('M000', 8) && organisationCodeFits(code)) return { verdict: 'LEGACY', code, expected };
  return { verdict: 'INVALID', code, reason: 'CHECK_DIGIT', expected, zh: `统一社会信用代码“${code}”校验位应为“${expected}”`, en: `the check character of '${code}' should be '${expected}'` };
}

/** Whole fen, a safe integer (P6, I7). Yuan are written, never computed with. */
export type Fen = number;

/** How a component of a charge is rounded; it is stored with the tariff, and applied once a component (I7). */
export const ROUNDINGS = ['UP', 'DOWN', 'HALF_UP', 'HALF_EVEN'] as const;
export type Rounding = (typeof ROUNDINGS)[number];

/** Lets through only what is whole fen within 2^53-1; anything else is a defect of the caller. */
export function fen(amount: number): Fen {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`${amount} is not a whole number of fen within 2^53-1.`);
  return amount === 0 ? 0 : amount;
}

export function add(...amounts: readonly Fen[]): Fen {
  return amounts.reduce((sum, amount) => fen(sum + fen(amount)), 0);
}

/** amount × numerator ÷ denominator, computed exactly and rounded once. HALF_UP rounds halves away from zero: 2.5 → 3, -2.5 → -3. */
export function multiply(amount: Fen, ratio: { readonly numerator: number; readonly denominator: number }, rounding: Rounding): Fen {
  const denominator = fen(ratio.denominator);
  if (denominator <= 0) throw new RangeError(`A ratio's denominator is positive, not ${denominator}.`);
  const product = BigInt(fen(amount)) * BigInt(fen(ratio.numerator));
  const divisor = BigInt(denominator);
  const magnitude = product < 0n ? -product : product;
  const quotient = magnitude / divisor;
  const rest = magnitude % divisor;
  const rounded = roundsAway({ rest, divisor, quotient, negative: product < 0n, rounding }) ? quotient + 1n : quotient;
  return fen(Number(product < 0n ? -rounded : rounded));
}

function roundsAway({ rest, divisor, quotient, negative, rounding }: { rest: bigint; divisor: bigint; quotient: bigint; negative: boolean; rounding: Rounding }): boolean {
  if (rest === 0n) return false;
  if (rounding === 'UP') return !negative;
  if (rounding === 'DOWN') return negative;
  if (rest * 2n !== divisor) return rest * 2n > divisor;
  return rounding === 'HALF_UP' || quotient % 2n === 1n;
}

/** Splits an amount by weights so that the parts sum to the whole, the odd fen going to the largest remainders, first come first. */
export function allocate(amount: Fen, weights: readonly number[]): readonly Fen[] {
  const total = weights.reduce((sum, weight) => sum + BigInt(fen(weight)), 0n);
  if (total <= 0n || weights.some(weight => weight < 0)) throw new RangeError('Weights are not negative, and at least one is positive.');
  const magnitude = BigInt(Math.abs(fen(amount)));
  const parts = weights.map(weight => (magnitude * BigInt(weight)) / total);
  const rests = weights.map((weight, index) => ({ index, rest: (magnitude * BigInt(weight)) % total })).sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1));
  let left = magnitude - parts.reduce((sum, part) => sum + part, 0n);
  for (const { index } of rests) {
    if (left === 0n) break;
    parts[index]! += 1n;
    left -= 1n;
  }
  return parts.map(part => fen(amount < 0 ? -Number(part) : Number(part)));
}

/** For people: 1230 → '12.30 元'. */
export function format(amount: Fen): string {
  return `${yuanDigits(amount)} 元`;
}

/** Yuan in digits, for a text that names the unit itself: 1230 → '12.30'. */
export function yuanDigits(amount: Fen): string {
  const digits = String(Math.abs(fen(amount))).padStart(3, '0');
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

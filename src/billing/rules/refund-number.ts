/** A provider closes a number for good, so that every attempt has one of its own; more than these are nobody's mistake any more. */
export const MOST_ATTEMPTS = 99;

/**
 * The number by which the provider knows an attempt of a refund: the refund's own id, and from the second attempt on `id-2`, `id-3` …
 * WeChat Pay takes up to 64 letters, digits and `_-|*@`. It follows from the row alone: who dies while sending sends the same again (P6).
 */
export function refundNumberOf({ id, attempt }: { readonly id: string; readonly attempt: number }): string {
  return attempt === 1 ? id : `${id}-${attempt}`;
}

/** Which attempt of which refund a number names; null where it is written as none of ours. */
export function attemptOfNumber(number: string): { readonly refundId: string; readonly attempt: number } | null {
  const [, refundId, nth] = /^([a-z]+_[0-9a-z]{26})(?:-([1-9]\d?))?$/.exec(number) ?? [];
  if (refundId === undefined || nth === '1') return null;
  return { refundId, attempt: nth === undefined ? 1 : Number(nth) };
}

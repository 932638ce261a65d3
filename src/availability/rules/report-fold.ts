import type { CountInForce } from './live-state.js';

/**
 * Whether a count is in force before another of its zone and scope: the newest observation, then the source's own
 * sequence, then the feed. A total order, so that what is in force depends on the set of reports alone (G7, C4).
 */
export function isAfter(a: Pick<CountInForce, 'observedAt' | 'sequence' | 'feedId'>, b: Pick<CountInForce, 'observedAt' | 'sequence' | 'feedId'>): boolean {
  if (a.observedAt !== b.observedAt) return a.observedAt > b.observedAt;
  if (a.sequence !== b.sequence) return a.sequence > b.sequence;
  return a.feedId > b.feedId;
}

/** The count in force of one zone (null: the whole facility) and scope. */
export function countOf(counts: readonly CountInForce[], zoneId: string | null, scope: CountInForce['scope']): CountInForce | null {
  return counts.find(count => count.zoneId === zoneId && count.scope === scope) ?? null;
}

/** The counts with one more of its zone and scope; the very same list where an equal or newer one is in force. */
export function foldCount(counts: readonly CountInForce[], told: CountInForce): readonly CountInForce[] {
  const at = counts.findIndex(count => count.zoneId === told.zoneId && count.scope === told.scope);
  if (at === -1) return inOrder([...counts, told]);
  return isAfter(told, counts[at]!) ? counts.with(at, told) : counts;
}

/** The counts with one put in the place of whatever stood for its zone and scope. */
export function replaceCount(counts: readonly CountInForce[], told: CountInForce): readonly CountInForce[] {
  return inOrder([...dropCount(counts, told.zoneId, told.scope), told]);
}

export function dropCount(counts: readonly CountInForce[], zoneId: string | null, scope: CountInForce['scope']): readonly CountInForce[] {
  const kept = counts.filter(count => count.zoneId !== zoneId || count.scope !== scope);
  return kept.length === counts.length ? counts : kept;
}

/** By zone and scope, so that equal sets of counts are equal lists. */
function inOrder(counts: readonly CountInForce[]): readonly CountInForce[] {
  const keyOf = (count: CountInForce): string => `${count.zoneId ?? ''} ${count.scope}`;
  return counts.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** A vehicle moves the count in force where it was seen after it; an earlier one is in the count already (C3). */
export function moveCount(count: CountInForce, event: { readonly observedAt: number; readonly moved: number }): CountInForce {
  return event.observedAt > count.observedAt ? { ...count, moved: count.moved + event.moved } : count;
}

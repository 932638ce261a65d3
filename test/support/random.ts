/** A small seeded generator (mulberry32): the same seed draws the same city on every machine. */
export function seeded(seed: number): { next(): number; int(from: number, to: number): number; pick<T>(from: readonly T[]): T; chance(p: number): boolean } {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return { next, int, pick: from => from[int(0, from.length - 1)]!, chance: p => next() < p };
}

/** The vehicles of a booking that came by it, by their keys, each with when it left; null while it is in. */
export type CameBy = ReadonlyMap<string, number | null>;

/**
 * Whether a booking was used up at an instant: as many of its vehicles as it has spaces had come, and all of them had left.
 * The state COMPLETED says so of now, this of then: who comes again afterwards is in without it, however late that is told (C4).
 */
export function wasUsedUp(spaces: number, cameBy: CameBy, at: number): boolean {
  return cameBy.size >= spaces && [...cameBy.values()].every(leftAt => leftAt !== null && leftAt <= at);
}

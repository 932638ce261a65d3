/** What one zone has, lends and has promised of a class at an instant. */
export interface LedgerZone {
  readonly total: number;
  readonly shareable: number;
  readonly outOfService: number;
  /** What its windows lend together, to whomever. */
  readonly lent: number;
  readonly held: number;
  readonly booked: number;
}

/** Where every space of a class stands: `total = protected + shared + walkIn + outOfService + held + booked − missing`. */
export interface SpaceLedgerFigures {
  readonly total: number;
  readonly protected: number;
  readonly shared: number;
  readonly walkIn: number;
  readonly outOfService: number;
  readonly held: number;
  readonly booked: number;
  readonly missing: number;
}

/**
 * Adds up where the spaces of a class stand (2.2-6): out of service comes first out of what may be shared, as the decision
 * has it; what is promised comes out of what is lent, and out of the rest only where less is lent than was promised.
 * Example: 20 spaces, 15 to share, 2 out of service, 10 lent, 4 booked: 5 protected, 6 shared, 3 walk-in, 2, 0 and 4.
 */
export function spaceLedger(zones: readonly LedgerZone[]): SpaceLedgerFigures {
  const sum = { total: 0, protected: 0, shared: 0, walkIn: 0, outOfService: 0, held: 0, booked: 0, missing: 0 };
  for (const { total, shareable, outOfService, lent, held, booked } of zones) {
    const usable = Math.max(0, shareable - outOfService);
    const offered = Math.min(usable, lent);
    const promised = held + booked;
    sum.total += total;
    sum.outOfService += outOfService;
    sum.protected += total - outOfService - usable;
    sum.held += held;
    sum.booked += booked;
    sum.shared += Math.max(0, offered - promised);
    sum.walkIn += Math.max(0, usable - Math.max(offered, promised));
    sum.missing += Math.max(0, promised - usable);
  }
  return sum;
}

import type { LiveEntry } from './watch-event.js';

/** What the facilities of one jurisdiction add up to. */
export interface Totals {
  facilities: number;
  open: number;
  full: number;
  closed: number;
  suspended: number;
  unknown: number;
  free: number;
  quota: number;
  capacity: number;
  /** Facilities whose numbers are banded, and therefore are not in `free`. */
  withheld: number;
}

const STATES = { OPEN: 'open', FULL: 'full', CLOSED: 'closed', SUSPENDED: 'suspended', UNKNOWN: 'unknown' } as const;
/** A facility counts under its best class: open where any class is. */
const PRECEDENCE = ['OPEN', 'FULL', 'UNKNOWN', 'SUSPENDED', 'CLOSED'] as const;

/** Totals by jurisdiction, kept up as entries come and go; a reader of a total never adds up a city. */
export class TotalsBook {
  /** `showsNumbers`: whether the numbers of compounds that the public sees in bands are added up, too. */
  constructor(private readonly showsNumbers: boolean) {}

  readonly #byCode = new Map<string, { readonly totals: Totals; revision: number }>();

  add(entry: LiveEntry): void {
    this.#post(entry, 1);
  }

  remove(entry: LiveEntry): void {
    this.#post(entry, -1);
  }

  of(code: string): { readonly totals: Totals; readonly revision: number } {
    return this.#byCode.get(code) ?? { totals: none(), revision: 0 };
  }

  #post(entry: LiveEntry, by: 1 | -1): void {
    const state = PRECEDENCE.find(each => entry.classes.some(figure => figure.state === each)) ?? 'CLOSED';
    let [free, quota, capacity] = [0, 0, 0];
    for (const figure of entry.classes) {
      free += figure.free ?? 0;
      quota += figure.quota ?? 0;
      capacity += figure.capacity;
    }
    for (const code of entry.routing.jurisdictionCodes) {
      let page = this.#byCode.get(code);
      if (!page) this.#byCode.set(code, (page = { totals: none(), revision: 0 }));
      const { totals } = page;
      page.revision += 1;
      totals.facilities += by;
      totals[STATES[state]] += by;
      totals.quota += by * quota;
      totals.capacity += by * capacity;
      if (this.showsNumbers || entry.disclosure === 'OPEN') totals.free += by * free;
      else totals.withheld += by;
    }
  }
}

function none(): Totals {
  return { facilities: 0, open: 0, full: 0, closed: 0, suspended: 0, unknown: 0, free: 0, quota: 0, capacity: 0, withheld: 0 };
}

/** One event of a gate about one vehicle. */
export interface GateFact {
  readonly id: string;
  /** The gate and its own number of the event: what orders events of one instant, whoever received them first. */
  readonly name: string;
  readonly kind: 'ENTRY' | 'EXIT';
  readonly at: number;
}

/** One stay of a vehicle; the entry or the exit is null where nobody told of it. */
export interface FoldedStay {
  readonly entry: GateFact | null;
  readonly exit: GateFact | null;
  /** The vehicle came in again though nobody had told that it left: it left by then. */
  readonly endedAt: number | null;
}

export type EventVerdict = 'OPENED' | 'CLOSED' | 'REPEATED' | 'ENTERED_TWICE' | 'EXIT_WITHOUT_ENTRY';

export interface FoldedStays {
  readonly stays: readonly FoldedStay[];
  readonly verdicts: ReadonlyMap<string, EventVerdict>;
}

/** A camera that reads a waiting car again tells of the same passage. */
export const REPEAT_MS = 60_000;

/**
 * The stays of one vehicle at one facility out of all that its gates told, in whichever order that came (C4). A second
 * entry ends the stay before it, whose exit was missed; an exit without an entry is a stay whose beginning nobody knows.
 * Example: entry 8:00, exit 9:00, exit 12:00 are two stays, the second without an entry.
 */
export function foldStays(facts: readonly GateFact[]): FoldedStays {
  const stays: FoldedStay[] = [];
  const verdicts = new Map<string, EventVerdict>();
  let open: FoldedStay | null = null;
  let exitedAt = Number.NEGATIVE_INFINITY;
  for (const fact of inOrder(facts)) {
    if (fact.kind === 'ENTRY' && open?.entry && fact.at - open.entry.at < REPEAT_MS) verdicts.set(fact.id, 'REPEATED');
    else if (fact.kind === 'ENTRY') {
      verdicts.set(fact.id, open ? 'ENTERED_TWICE' : 'OPENED');
      if (open) stays.push({ ...open, endedAt: fact.at });
      open = { entry: fact, exit: null, endedAt: null };
    } else if (open) {
      verdicts.set(fact.id, 'CLOSED');
      stays.push({ ...open, exit: fact, endedAt: fact.at });
      open = null;
      exitedAt = fact.at;
    } else if (fact.at - exitedAt < REPEAT_MS) verdicts.set(fact.id, 'REPEATED');
    else {
      verdicts.set(fact.id, 'EXIT_WITHOUT_ENTRY');
      stays.push({ entry: null, exit: fact, endedAt: fact.at });
      exitedAt = fact.at;
    }
  }
  if (open) stays.push(open);
  return { stays, verdicts };
}

/** By time; of one instant what the state asks for comes first, so that a stay of no length is one. */
function inOrder(facts: readonly GateFact[]): readonly GateFact[] {
  const sorted = [...facts].sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const ordered: GateFact[] = [];
  let isIn = false;
  while (sorted.length > 0) {
    const { at } = sorted[0]!;
    const wanted = isIn ? 'EXIT' : 'ENTRY';
    const nth = sorted.findIndex(fact => fact.at === at && fact.kind === wanted);
    const [next] = sorted.splice(Math.max(nth, 0), 1);
    isIn = next!.kind === 'ENTRY';
    ordered.push(next!);
  }
  return ordered;
}

import type { FoldedStay } from './fold-stays.js';

/** A session as far as its identity goes: by the events that it was made of. */
export interface KnownSession {
  readonly id: string;
  readonly entryEventId: string | null;
  readonly exitEventId: string | null;
}

export interface Matched<S extends KnownSession> {
  /** Each stay with the session that it was known as; null: it is new. */
  readonly stays: ReadonlyArray<{ readonly stay: FoldedStay; readonly session: S | null }>;
  /** Sessions that turned out to be none. */
  readonly voided: readonly S[];
}

/** Which session each stay is: the one of its entry, else the one of its exit. A session keeps its id while one of its events is still its own. */
export function matchSessions<S extends KnownSession>(stays: readonly FoldedStay[], known: readonly S[]): Matched<S> {
  const byEntry = new Map(known.flatMap(session => (session.entryEventId === null ? [] : [[session.entryEventId, session]])));
  const byExit = new Map(known.flatMap(session => (session.exitEventId === null ? [] : [[session.exitEventId, session]])));
  const left = new Set(known);
  const take = (session: S | undefined): S | null => (session !== undefined && left.delete(session) ? session : null);
  const byTheirEntry = stays.map(stay => (stay.entry ? take(byEntry.get(stay.entry.id)) : null));
  const matched = stays.map((stay, nth) => ({ stay, session: byTheirEntry[nth] ?? (stay.exit ? take(byExit.get(stay.exit.id)) : null) }));
  return { stays: matched, voided: [...left] };
}

/** How far a reader is: in the log, and in what the public sees late. */
export interface WatchPosition {
  readonly live: number;
  readonly late: number;
  /**
   * Where versions after this position, and before `live`, were merged into later ones that were not told yet: who
   * resumes from here is told of them with those. Absent where there are none.
   */
  readonly untold?: number;
}

const SHAPE = /^([0-9a-z]{1,11})-([0-9a-z]{1,11})(?:-([0-9a-z]{1,11}))?$/;

/** Before the first change: who resumes from here begins anew, as is right for whoever holds half a snapshot. */
export const BEGINNING: WatchPosition = { live: 0, late: 0 };

/** A position as the opaque text that readers keep. */
export function cursorOf({ live, late, untold }: WatchPosition): string {
  return [live, late, ...(untold === undefined ? [] : [untold])].map(position => position.toString(36)).join('-');
}

/** The position of a cursor; null where the text is none of ours. */
export function positionOf(cursor: string): WatchPosition | null {
  const parts = SHAPE.exec(cursor);
  if (!parts) return null;
  const [live, late, untold] = parts.slice(1).map(part => (part === undefined ? undefined : Number.parseInt(part, 36))) as [number, number, number | undefined];
  if (![live, late, untold ?? 0].every(Number.isSafeInteger) || late > live || (untold ?? 0) > live) return null;
  return untold === undefined ? { live, late } : { live, late, untold };
}

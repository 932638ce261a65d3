/** How far a reader is: in the log, and in what the public sees late. */
export interface WatchPosition {
  readonly live: number;
  readonly late: number;
}

const SHAPE = /^([0-9a-z]{1,11})-([0-9a-z]{1,11})$/;

/** A position as the opaque text that readers keep. */
export function cursorOf({ live, late }: WatchPosition): string {
  return `${live.toString(36)}-${late.toString(36)}`;
}

/** The position of a cursor; null where the text is none of ours. */
export function positionOf(cursor: string): WatchPosition | null {
  const parts = SHAPE.exec(cursor);
  if (!parts) return null;
  const position = { live: Number.parseInt(parts[1]!, 36), late: Number.parseInt(parts[2]!, 36) };
  return Number.isSafeInteger(position.live) && Number.isSafeInteger(position.late) && position.late <= position.live ? position : null;
}

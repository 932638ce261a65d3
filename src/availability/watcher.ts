import type { ResolvedWhere } from '../facilities/index.js';
import type { Viewer } from '../platform/index.js';
import { seesExactly } from './disclosure.policy.js';
import { BEGINNING, cursorOf, type WatchPosition } from './rules/watch-cursor.js';
import { WatchEvent, viewOf, type AvailabilityView, type LiveEntry, type EventBundle } from './watch-event.js';

/** Where the events of one subscription go: a socket, a response, a queue. */
export interface Outlet {
  /** Whether it takes no more for now; it calls `resume` of its watcher when it does again. */
  readonly isClogged: boolean;
  send(event: WatchEvent): void;
  /** Several at once, where the outlet can do better than one after the other. */
  sendAll?(bundle: EventBundle): void;
}

/** What a watcher asks of the watch that it belongs to. */
export interface WatchSource {
  /** How far this process is. */
  position(): WatchPosition;
  /** The entry that a viewer may see of a facility, and whether as a band; null where it sees nothing. */
  shownTo(watcher: Watcher, facilityId: string): { readonly entry: LiveEntry; readonly isBanded: boolean } | null;
}

interface Waiting {
  event: WatchEvent;
  /** Versions of the facility that were merged into it. */
  merged: number;
  /** Where the first of them stands in the log; the event's own place where there is none. */
  readonly first: number;
  /** What came last goes last: in the order of the log, so that the cursor of each covers all before it. */
  order: number;
}

/** An event that was missed, with what was merged into it. */
export interface MissedOnce extends Readonly<Omit<Waiting, 'order'>> {
  readonly facilityId: string;
}

/** What stood at one position, however long its reader takes to read it: changes since then follow it. */
interface Snapshot {
  readonly position: WatchPosition;
  readonly facilities: readonly AvailabilityView[];
  next: number;
  part: number;
}

/** Facilities of one part of a snapshot. */
const PART = 250;

/** What waits of a reader that keeps up, which most do: one for all of them, and nothing is ever put in. */
const NOTHING = new Map<string, Waiting>();

/**
 * One subscription: first its snapshot or what it missed, then changes, in order. While its outlet is clogged, or its own
 * interval has not passed, only the newest state of each facility waits, and says how many versions it stands for.
 */
export class Watcher {
  #waiting: Map<string, Waiting> = NOTHING;
  #kept = 0;
  #snapshot: Snapshot | null = null;
  #isHeld = true;
  #timer: NodeJS.Timeout | null = null;
  #hasEnded = false;

  constructor(
    private readonly source: WatchSource,
    readonly filter: ResolvedWhere,
    private readonly outlet: Outlet,
    private readonly minIntervalMs: number,
    private viewer: Viewer,
  ) {}

  /** Whether the viewer sees exact live figures of a facility that the public does not (P10). */
  seesExactly(entry: LiveEntry): boolean {
    return seesExactly(this.viewer, entry);
  }

  /** The viewer's rights changed: exact figures that it sees no longer are not told from here on, though they wait already. */
  refresh(viewer: Viewer): void {
    this.viewer = viewer;
    for (const [facilityId, { event: { value } }] of this.#waiting) {
      const isExact = value.__typename === 'AvailabilityChange' && value.availability.precision === 'EXACT';
      if (isExact && !this.#isShownExactly(facilityId)) this.#waiting.delete(facilityId);
    }
    if (this.#snapshot) this.#snapshot = this.#asShownNow(this.#snapshot);
  }

  /** Takes several changes at once, as they are where nothing holds them back. */
  offerAll(bundle: EventBundle): void {
    if (this.outlet.sendAll && bundle.events.length > 1 && this.minIntervalMs === 0 && !this.#isHeld && this.#waiting.size === 0 && !this.outlet.isClogged) return this.outlet.sendAll(bundle);
    for (const { facilityId, event } of bundle.events) this.offer(facilityId, event);
  }

  /** Takes a change; what waits of the same facility is merged into it. */
  offer(facilityId: string, event: WatchEvent): void {
    if (this.#isHeld || this.#waiting.size > 0 || this.outlet.isClogged || this.#timer) return this.#keep(facilityId, event);
    this.outlet.send(event);
    this.#waitForInterval();
  }

  /** Begins with a snapshot of these facilities; changes that come meanwhile follow it. */
  beginWith(ids: readonly string[]): void {
    const facilities = ids.flatMap(id => this.#viewsOf(id));
    this.#snapshot = { position: this.source.position(), facilities, next: 0, part: 0 };
    this.#isHeld = false;
    this.resume();
  }

  /** Begins with what was missed, oldest first; what came meanwhile follows. */
  beginAfter(missed: readonly MissedOnce[]): void {
    const since = this.#inOrder();
    this.#waiting.clear();
    for (const { facilityId, event, merged, first } of missed) this.#keep(facilityId, event, { merged, first });
    for (const [facilityId, { event, merged, first }] of since) this.#keep(facilityId, event, { merged, first });
    this.#isHeld = false;
    this.resume();
  }

  /** Says that what follows does not join on to what was told before, then begins anew. */
  resync(reason: string, ids: readonly string[]): void {
    this.#waiting.clear();
    // Whoever is cut off between this and the end of the snapshot begins anew.
    this.outlet.send(new WatchEvent({ __typename: 'ResyncRequired', cursor: cursorOf(BEGINNING), reason }, BEGINNING));
    this.beginWith(ids);
  }

  /** Goes on sending, as long as the outlet takes it. */
  resume(): void {
    while (!this.#hasEnded && !this.#isHeld && !this.outlet.isClogged) {
      if (this.#snapshot) this.#sendPart(this.#snapshot);
      else if (this.#timer || !this.#sendWaiting()) return;
    }
  }

  end(): void {
    this.#hasEnded = true;
    this.#waiting.clear();
    this.#snapshot = null;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #keep(facilityId: string, event: WatchEvent, { merged, first } = { merged: 0, first: event.position.live }): void {
    const order = (this.#kept += 1);
    const waiting = this.#waiting.get(facilityId);
    if (this.#waiting === NOTHING) this.#waiting = new Map();
    if (!waiting) return void this.#waiting.set(facilityId, { event, merged, first, order });
    // Changed where it stands: hundreds of stalled streams keep every change, and must not make garbage of each.
    waiting.event = event;
    waiting.merged += 1 + merged;
    waiting.order = order;
  }

  #inOrder(): ReadonlyArray<readonly [facilityId: string, Waiting]> {
    return [...this.#waiting].sort(([, a], [, b]) => a.order - b.order);
  }

  /** One round of what waits: all of it where an interval was asked for, else one after the other. */
  #sendWaiting(): boolean {
    if (this.#waiting.size === 0) return false;
    const waiting = this.#inOrder();
    const untold = untoldBehind(waiting.map(([, each]) => each));
    let sent = 0;
    for (const [facilityId, { event, merged }] of waiting) {
      if (this.outlet.isClogged || this.#hasEnded) return true;
      this.#waiting.delete(facilityId);
      this.outlet.send(event.toldAs({ merged, untold: untold[sent]! }));
      sent += 1;
    }
    this.#waitForInterval();
    return true;
  }

  #waitForInterval(): void {
    if (this.minIntervalMs === 0 || this.#hasEnded) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.resume();
    }, this.minIntervalMs).unref();
  }

  /** What this viewer may see of a facility: one view, or none. */
  #viewsOf(facilityId: string): readonly AvailabilityView[] {
    const shown = this.source.shownTo(this, facilityId);
    return shown ? [viewOf(shown.entry, shown.isBanded)] : [];
  }

  /** What of a snapshot is still to be told, without exact figures that are no longer shown. */
  #asShownNow({ facilities, next, ...rest }: Snapshot): Snapshot {
    const left = facilities.slice(next).flatMap(view => (view.precision === 'EXACT' && !this.#isShownExactly(view.facilityId) ? this.#viewsOf(view.facilityId) : [view]));
    return { ...rest, facilities: left, next: 0 };
  }

  #isShownExactly(facilityId: string): boolean {
    return this.source.shownTo(this, facilityId)?.isBanded === false;
  }

  #sendPart(snapshot: Snapshot): void {
    const facilities = snapshot.facilities.slice(snapshot.next, snapshot.next + PART);
    snapshot.next += PART;
    snapshot.part += 1;
    const isLast = snapshot.next >= snapshot.facilities.length;
    // Half a snapshot is no place to resume from.
    const position = isLast ? snapshot.position : BEGINNING;
    if (isLast) this.#snapshot = null;
    this.outlet.send(new WatchEvent({ __typename: 'AvailabilitySnapshot', cursor: cursorOf(position), part: snapshot.part, isLast, facilities }, position));
  }
}

/** Behind each of what waits: the position after which versions stand that were merged into what comes later. */
function untoldBehind(waiting: readonly Waiting[]): readonly number[] {
  const behind: number[] = [];
  let least = Infinity;
  for (const { first } of waiting.toReversed()) {
    behind.push(least - 1);
    least = Math.min(least, first);
  }
  return behind.reverse();
}

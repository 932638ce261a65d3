import type { ResolvedWhere } from '../facilities/index.js';
import type { Viewer } from '../platform/index.js';
import { seesExactly } from './disclosure.policy.js';
import { WatchEvent, viewOf, type LiveEntry, type WatchValue } from './watch-event.js';

/** Where the events of one subscription go: a socket, a response, a queue. */
export interface Outlet {
  /** Whether it takes no more for now; it calls `resume` of its watcher when it does again. */
  readonly isClogged: boolean;
  send(event: WatchEvent): void;
}

/** What a watcher asks of the watch that it belongs to. */
export interface WatchSource {
  /** How far this process is, as a cursor. */
  cursor(): string;
  /** The entry that a viewer may see of a facility, and whether as a band; null where it sees nothing. */
  shownTo(watcher: Watcher, facilityId: string): { readonly entry: LiveEntry; readonly isBanded: boolean } | null;
}

interface Waiting {
  readonly event: WatchEvent;
  /** Versions of the facility that were merged into it. */
  readonly merged: number;
}

interface Snapshot {
  readonly cursor: string;
  readonly ids: readonly string[];
  next: number;
  part: number;
}

/** Facilities of one part of a snapshot. */
const PART = 250;

/**
 * One subscription: first its snapshot or what it missed, then changes, in order. While its outlet is clogged, or its own
 * interval has not passed, only the newest state of each facility waits, and says how many versions it stands for.
 */
export class Watcher {
  readonly #waiting = new Map<string, Waiting>();
  #snapshot: Snapshot | null = null;
  #isHeld = true;
  #timer: NodeJS.Timeout | null = null;
  #hasEnded = false;

  constructor(
    private readonly source: WatchSource,
    readonly filter: ResolvedWhere,
    private readonly outlet: Outlet,
    private readonly minIntervalMs: number,
    public viewer: Viewer,
  ) {}

  /** Whether the viewer sees exact live figures of a facility that the public does not (P10). */
  seesExactly(entry: LiveEntry): boolean {
    return seesExactly(this.viewer, entry);
  }

  /** Takes a change; what waits of the same facility is merged into it. */
  offer(facilityId: string, event: WatchEvent): void {
    if (this.#isHeld || this.#waiting.size > 0 || this.outlet.isClogged || this.#timer) return this.#keep(facilityId, event);
    this.outlet.send(event);
    this.#waitForInterval();
  }

  /** Begins with a snapshot of these facilities; changes that come meanwhile follow it. */
  beginWith(ids: readonly string[]): void {
    this.#snapshot = { cursor: this.source.cursor(), ids, next: 0, part: 0 };
    this.#isHeld = false;
    this.resume();
  }

  /** Begins with what was missed, oldest first; what came meanwhile follows. */
  beginAfter(missed: ReadonlyArray<{ readonly facilityId: string; readonly event: WatchEvent; readonly merged: number }>): void {
    const since = [...this.#waiting];
    this.#waiting.clear();
    for (const { facilityId, event, merged } of missed) this.#waiting.set(facilityId, { event, merged });
    for (const [facilityId, { event }] of since) this.#keep(facilityId, event);
    this.#isHeld = false;
    this.resume();
  }

  /** Says that what follows does not join on to what was told before, then begins anew. */
  resync(reason: string, ids: readonly string[]): void {
    this.#waiting.clear();
    this.outlet.send(new WatchEvent({ __typename: 'ResyncRequired', cursor: this.source.cursor(), reason }));
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

  #keep(facilityId: string, event: WatchEvent): void {
    const waiting = this.#waiting.get(facilityId);
    // Put in again at the end: what waits stays in the order of the log, so that the cursor of each covers all before it.
    if (waiting) this.#waiting.delete(facilityId);
    this.#waiting.set(facilityId, { event, merged: waiting ? waiting.merged + 1 : 0 });
  }

  /** One round of what waits: all of it where an interval was asked for, else one after the other. */
  #sendWaiting(): boolean {
    if (this.#waiting.size === 0) return false;
    for (const [facilityId, { event, merged }] of this.#waiting) {
      if (this.outlet.isClogged) return true;
      this.#waiting.delete(facilityId);
      this.outlet.send(event.merged(merged));
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

  #sendPart(snapshot: Snapshot): void {
    const facilities = [];
    for (; snapshot.next < snapshot.ids.length && facilities.length < PART; snapshot.next += 1) {
      const id = snapshot.ids[snapshot.next]!;
      const shown = this.source.shownTo(this, id);
      // The part shows the newest state: what waits of it is told with that.
      this.#waiting.delete(id);
      if (shown) facilities.push(viewOf(shown.entry, shown.isBanded));
    }
    snapshot.part += 1;
    const isLast = snapshot.next >= snapshot.ids.length;
    const value: WatchValue = { __typename: 'AvailabilitySnapshot', cursor: snapshot.cursor, part: snapshot.part, isLast, facilities };
    if (isLast) this.#snapshot = null;
    this.outlet.send(new WatchEvent(value));
  }
}

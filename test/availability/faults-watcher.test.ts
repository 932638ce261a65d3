import { expect, test } from '@jest/globals';
import type { ResolvedWhere } from '../../src/facilities/index.js';
import { anonymousViewer } from '../../src/identity/index.js';
import { BEGINNING, cursorOf, positionOf, type WatchPosition } from '../../src/availability/rules/watch-cursor.js';
import { entryOf, viewOf, WatchEvent, type LiveEntry } from '../../src/availability/watch-event.js';
import { Watcher, type Outlet, type WatchSource } from '../../src/availability/watcher.js';
import { system } from '../support/scope.js';
import { Told, type ToldEvent } from './told.js';

const EVERYTHING = {} as ResolvedWhere;

/** A city that is only a log: each change is a version of a facility, and the source stands where it was told last. */
class City implements WatchSource {
  readonly entries = new Map<string, LiveEntry>();
  live = 0;

  constructor(facilities: number) {
    for (let i = 0; i < facilities; i++) this.put(`f${String(i).padStart(4, '0')}`);
  }

  get ids(): readonly string[] {
    return [...this.entries.keys()];
  }

  position(): WatchPosition {
    return { live: this.live, late: this.live };
  }

  shownTo(watcher: Watcher, facilityId: string): { readonly entry: LiveEntry; readonly isBanded: boolean } {
    const entry = this.entries.get(facilityId)!;
    return { entry, isBanded: !watcher.seesExactly(entry) };
  }

  put(facilityId: string, sector = 'OTHER'): WatchEvent {
    this.live += 1;
    const version = (this.entries.get(facilityId)?.version ?? 0) + 1;
    const entry = entryOf({ facilityId, version, changedAt: this.live, classes: [], routing: { sector, liveDataIsPublic: true, partyIds: [], jurisdictionCodes: [] } as never });
    this.entries.set(facilityId, entry);
    return new WatchEvent({ __typename: 'AvailabilityChange', cursor: cursorOf(this.position()), availability: viewOf(entry, false), coalescedVersions: 0 }, this.position());
  }
}

/** A connection that takes so many events and then clogs. */
class Line implements Outlet {
  readonly events: ToldEvent[] = [];
  readonly told = new Told();

  constructor(public takes = Infinity) {}

  get isClogged(): boolean {
    return this.events.length >= this.takes;
  }

  send({ value }: WatchEvent): void {
    this.events.push(value as never);
    this.told.take(value as never);
  }
}

test('G11: a snapshot that clogs between its parts tells what stood when it began, and then what changed since, once', () => {
  const city = new City(600);
  const line = new Line(1);
  const watcher = new Watcher(city, EVERYTHING, line, 0, system);
  watcher.beginWith(city.ids);
  for (const id of ['f0000', 'f0599', 'f0599']) watcher.offer(id, city.put(id));

  line.takes = Infinity;
  watcher.resume();

  expect(line.events.map(event => event.__typename)).toEqual(['AvailabilitySnapshot', 'AvailabilitySnapshot', 'AvailabilitySnapshot', 'AvailabilityChange', 'AvailabilityChange']);
  expect(line.events.slice(3)).toMatchObject([{ availability: { facilityId: 'f0000', version: '2' }, coalescedVersions: 0 }, { availability: { facilityId: 'f0599', version: '3' }, coalescedVersions: 1 }]);
  expect(positionOf((line.events[2] as { cursor: string }).cursor)).toEqual({ live: 600, late: 600 });
  expect(line.told.broken).toEqual([]);
});

test('G11: whoever is cut off within a snapshot, or before it, holds a cursor that begins anew', () => {
  const city = new City(600);
  const line = new Line(2);
  new Watcher(city, EVERYTHING, line, 0, system).resync('TOO_OLD', city.ids);

  expect(line.events.map(event => [event.__typename, positionOf(event.cursor)])).toEqual([['ResyncRequired', BEGINNING], ['AvailabilitySnapshot', BEGINNING]]);
});

test('what came while a reader was being told what it missed keeps the count of what was merged into it', () => {
  const city = new City(1);
  const line = new Line();
  const watcher = new Watcher(city, EVERYTHING, line, 0, system);
  const missed = city.put('f0000');
  for (let i = 0; i < 3; i++) watcher.offer('f0000', city.put('f0000'));

  watcher.beginAfter([{ facilityId: 'f0000', event: missed, merged: 2, first: 1 }]);

  expect(line.events).toMatchObject([{ availability: { version: '5' }, coalescedVersions: 5 }]);
});

test('a cursor says after which position versions wait that were merged into later ones', () => {
  const city = new City(3);
  const line = new Line(0);
  const watcher = new Watcher(city, EVERYTHING, line, 0, system);
  watcher.beginAfter([]);
  for (const id of ['f0000', 'f0001', 'f0000', 'f0002']) watcher.offer(id, city.put(id));

  line.takes = Infinity;
  watcher.resume();

  expect(line.events.map(event => [(event as { availability: { facilityId: string } }).availability.facilityId, positionOf(event.cursor)])).toEqual([
    ['f0001', { live: 5, late: 5, untold: 3 }],
    ['f0000', { live: 6, late: 6 }],
    ['f0002', { live: 7, late: 7 }],
  ]);
});

test('G14: exact figures that wait for a slow reader are not told once it has lost the right to them', () => {
  const city = new City(0);
  city.put('open');
  city.put('compound', 'AGENCY');
  const line = new Line(0);
  const watcher = new Watcher(city, EVERYTHING, line, 0, system);
  watcher.beginAfter([]);
  watcher.offer('compound', city.put('compound', 'AGENCY'));
  watcher.offer('open', city.put('open'));

  watcher.refresh(anonymousViewer);
  line.takes = Infinity;
  watcher.resume();

  expect(line.events).toMatchObject([{ availability: { facilityId: 'open', version: '2' } }]);
});

test('G14: a snapshot under way goes on with bands where its reader has lost the right to exact figures', () => {
  const city = new City(300);
  city.put('zz-compound', 'AGENCY');
  const line = new Line(1);
  const watcher = new Watcher(city, EVERYTHING, line, 0, system);
  watcher.beginWith(city.ids);

  watcher.refresh(anonymousViewer);
  line.takes = Infinity;
  watcher.resume();

  expect(line.told.facilities.size).toBe(301);
  expect(line.told.facilities.get('zz-compound')).toMatchObject({ precision: 'BANDED' });
  expect(line.told.broken).toEqual([]);
});

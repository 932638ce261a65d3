import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Mirror } from '../../src/console/wall/mirror.js';

type Event = Parameters<Mirror['apply']>[0];
type Told = Extract<Event, { __typename: 'AvailabilityChange' }>['availability'];

const told = (facilityId: string, version: number, precision: Told['precision'] = 'EXACT'): Told => ({ facilityId, version: String(version), changedAt: '2026-02-13T09:00:00+08:00', precision, classes: [] });
const change = (facilityId: string, version: number, coalescedVersions = 0, cursor = `${facilityId}${version}`): Event => ({ __typename: 'AvailabilityChange', cursor, coalescedVersions, availability: told(facilityId, version) });
const snapshot = (part: number, isLast: boolean, facilities: readonly Told[], cursor = 's'): Event => ({ __typename: 'AvailabilitySnapshot', cursor, part, isLast, facilities });
const versions = (mirror: Mirror): Record<string, string> => Object.fromEntries([...mirror.facilities].map(([id, { version }]) => [id, version]));

test('a snapshot in parts is whole with its last part, and only then is there a place to resume from', () => {
  const mirror = new Mirror();

  mirror.apply(snapshot(0, false, [told('a', 1)], 'half'));
  expect([mirror.cursor, mirror.isWhole]).toEqual([null, false]);
  mirror.apply(snapshot(1, true, [told('b', 4)], 'whole'));

  expect([mirror.cursor, mirror.isWhole, versions(mirror)]).toEqual(['whole', true, { a: '1', b: '4' }]);
});

test('P8: what a fresh snapshot does not tell is gone; half a snapshot that broke off takes nothing away', () => {
  const mirror = new Mirror();
  mirror.apply(snapshot(0, true, [told('a', 1), told('b', 1), told('c', 1)], 'first'));

  mirror.apply({ __typename: 'ResyncRequired', cursor: 'x', reason: 'the log is gone' });
  expect(mirror.cursor).toBeNull();
  mirror.apply(snapshot(0, false, [told('a', 9)]));
  mirror.interrupt();
  expect(versions(mirror)).toEqual({ a: '9', b: '1', c: '1' });
  const touched = [mirror.apply(snapshot(0, false, [told('b', 7)])), mirror.apply(snapshot(1, true, [told('c', 8)], 'second'))];

  expect(touched).toEqual([['b'], ['c', 'a']]);
  expect([versions(mirror), mirror.cursor, mirror.resyncs, mirror.missedVersions]).toEqual([{ b: '7', c: '8' }, 'second', 1, 0]);
});

test('a facility that left the area is gone, and may come back with any version', () => {
  const mirror = new Mirror();
  mirror.apply(snapshot(0, true, [told('a', 1)]));

  expect(mirror.apply({ __typename: 'FacilityLeft', cursor: 'l', facilityId: 'a' })).toEqual(['a']);
  expect(mirror.apply({ __typename: 'FacilityLeft', cursor: 'm', facilityId: 'a' })).toEqual([]);
  mirror.apply(change('a', 30));

  expect([versions(mirror), mirror.missedVersions]).toEqual([{ a: '30' }, 0]);
});

test('versions that were merged with notice are counted apart from those that were lost without a word', () => {
  const mirror = new Mirror();
  mirror.apply(snapshot(0, true, [told('a', 1), { ...told('b', 1), precision: 'BANDED' }]));

  mirror.apply(change('a', 2));
  mirror.apply(change('a', 6, 3));
  mirror.apply({ __typename: 'AvailabilityChange', cursor: 'b', coalescedVersions: 0, availability: told('b', 9, 'BANDED') });
  expect([mirror.mergedVersions, mirror.missedVersions]).toEqual([3, 0]);
  mirror.apply(change('a', 9));

  expect([mirror.mergedVersions, mirror.missedVersions, mirror.cursor]).toEqual([3, 2, 'a9']);
});

test('an event of a kind that the schema gained later changes nothing', () => {
  const mirror = new Mirror();
  mirror.apply(snapshot(0, true, [told('a', 1)], 's'));

  expect(mirror.apply({ __typename: 'SomethingNew' } as unknown as Event)).toEqual([]);
  expect([versions(mirror), mirror.cursor]).toEqual([{ a: '1' }, 's']);
});

test('wherever the stream is cut and however much of it is merged, resuming leads to the same state and misses nothing', () => {
  const log = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 60 });
  fc.assert(fc.property(log, fc.array(fc.nat(60)), fc.integer({ min: 1, max: 7 }), (ids, cuts, merging) => {
    const counted = new Map<string, number>();
    const written = ids.map(id => {
      counted.set(id, (counted.get(id) ?? 0) + 1);
      return { id, version: counted.get(id)! };
    });
    const mirror = new Mirror();
    mirror.apply(snapshot(0, true, ['a', 'b', 'c'].map(id => told(id, 0)), '0'));
    for (const end of [...cuts.filter(cut => cut <= written.length).sort((m, n) => m - n), written.length]) {
      for (let at = Number(mirror.cursor); at < end; at = Math.min(end, at + merging)) {
        const until = Math.min(end, at + merging);
        for (const [id, merged] of Object.entries(Object.groupBy(written.slice(at, until), each => each.id))) {
          mirror.apply(change(id, merged!.at(-1)!.version, merged!.length - 1, String(at)));
        }
        mirror.cursor = String(until);
      }
      mirror.interrupt();
    }

    expect(mirror.missedVersions).toBe(0);
    expect(versions(mirror)).toEqual({ a: String(counted.get('a') ?? 0), b: String(counted.get('b') ?? 0), c: String(counted.get('c') ?? 0) });
  }));
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { APART_MINUTES, freeMinutesProblem, vehicleProblems } from '../../../src/parking/rules/free-minutes-once.js';
import type { VehicleStay, WantedPlace } from '../../../src/parking/rules/one-place.js';

const MINUTE = 60_000;
const NOW = Date.parse('2026-02-11T09:00:00+08:00');
const FREE = { lines: [{ rule: 'PER_HOUR' }, { rule: 'FREE_MINUTES' }] };

const stay = (differs: Partial<VehicleStay> = {}): VehicleStay => ({
  reservationId: 'rsv_1', seriesId: null, partyId: 'p', facilityId: 'f', zoneName: 'Asia/Shanghai', state: 'CONFIRMED', stateSince: NOW - 60 * MINUTE, startsAt: NOW + 60 * MINUTE, endsAt: NOW + 120 * MINUTE, hash: 'v', vehicle: 'v', ...differs,
});
const wanted = (from: number, until: number, differs: Partial<WantedPlace> = {}): WantedPlace => ({
  partyId: 'p', seriesId: null, facilityId: 'f', during: { startsAt: NOW + from * MINUTE, endsAt: NOW + until * MINUTE }, vehicles: ['u', 'v'].map(hash => ({ hash, vehicle: hash, masked: hash.toUpperCase() })), field: 'plates', ...differs,
});

test('free minutes are had again exactly where an hour lies between two stays, whichever comes first', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 120 }), (from, minutes) => {
    const standing = stay({ startsAt: NOW + 150 * MINUTE, endsAt: NOW + 200 * MINUTE });

    const found = freeMinutesProblem(wanted(from, from + minutes), FREE, [standing], NOW);

    const isApart = from + minutes <= 150 - APART_MINUTES || from >= 200 + APART_MINUTES;
    expect(found?.code).toBe(isApart ? undefined : 'STAY_TO_BE_EXTENDED');
  }));
});

test('no other place, no other vehicle, and nothing that did not take place counts', () => {
  const others: ReadonlyArray<Partial<VehicleStay>> = [{ facilityId: 'g' }, { hash: 'w', vehicle: 'w' }, { state: 'CANCELLED' }, { state: 'EXPIRED' }, { state: 'NO_SHOW' }];

  expect(others.map(differs => freeMinutesProblem(wanted(130, 160), FREE, [stay(differs)], NOW))).toEqual(others.map(() => null));
  expect((['HELD', 'CONFIRMED', 'CHECKED_IN', 'OVERSTAYED'] as const).map(state => freeMinutesProblem(wanted(130, 160), FREE, [stay({ state })], NOW)?.code)).toEqual(Array.from({ length: 4 }, () => 'STAY_TO_BE_EXTENDED'));
});

test('P10: another party’s stay is neither in the way nor told of; the party’s own counts in whichever colour', () => {
  const foreign = stay({ partyId: 'q', vehicle: 'v/YELLOW' });

  expect(freeMinutesProblem(wanted(130, 160), FREE, [foreign], NOW)).toBeNull();
  expect(freeMinutesProblem(wanted(130, 160), FREE, [foreign, stay({ vehicle: 'v/YELLOW' })], NOW)?.code).toBe('STAY_TO_BE_EXTENDED');
});

test('a night of the same series, which may come to nothing, is named by its interval; a reservation that stands is named before it', () => {
  const night = stay({ seriesId: 's' });
  const found = (seriesId: string | null, stays: readonly VehicleStay[]) => freeMinutesProblem(wanted(130, 160, { seriesId }), FREE, stays, NOW);

  expect(found('s', [night])).toMatchObject({ code: 'NIGHTS_TOO_CLOSE', en: expect.stringContaining('2026-02-11 10:00–11:00'), data: { during: { startsAt: NOW + 60 * MINUTE, endsAt: NOW + 120 * MINUTE }, apartMinutes: 60 } });
  expect(JSON.stringify(found('s', [night]))).not.toContain('rsv_');
  expect([found('s', [night, stay()]), found('t', [night]), found(null, [night]), found(null, [stay()])].map(each => each?.code)).toEqual(Array.from({ length: 4 }, () => 'STAY_TO_BE_EXTENDED'));
});

test('a price without free minutes is nobody’s trick; one that has them is told which reservation to change', () => {
  expect(freeMinutesProblem(wanted(130, 160), { lines: [{ rule: 'PER_HOUR' }, { rule: 'FREE' }] }, [stay()], NOW)).toBeNull();
  expect(freeMinutesProblem(wanted(130, 160), FREE, [stay()], NOW)).toMatchObject({ code: 'STAY_TO_BE_EXTENDED', field: 'plates', data: { reservationId: 'rsv_1', during: { startsAt: NOW + 60 * MINUTE, endsAt: NOW + 120 * MINUTE }, apartMinutes: 60 } });
});

test('who left early left then, and who overstayed left when it left', () => {
  const left = stay({ state: 'COMPLETED', startsAt: NOW - 300 * MINUTE, endsAt: NOW + 60 * MINUTE, stateSince: NOW - 30 * MINUTE });

  expect([29, 30].map(from => freeMinutesProblem(wanted(from, from + 20), FREE, [left], NOW)?.code)).toEqual(['STAY_TO_BE_EXTENDED', undefined]);
});

test('where a vehicle stands already, that is what is said', () => {
  expect(vehicleProblems(wanted(90, 150), FREE, [stay()], NOW).map(({ code }) => code)).toEqual(['VEHICLE_BOOKED']);
  expect(vehicleProblems(wanted(120, 150), FREE, [stay()], NOW).map(({ code }) => code)).toEqual(['STAY_TO_BE_EXTENDED']);
  expect(vehicleProblems(wanted(180, 200), FREE, [stay()], NOW)).toEqual([]);
});

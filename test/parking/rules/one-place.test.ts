import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { placeProblems, takenBy, type VehicleStay, type WantedPlace } from '../../../src/parking/rules/one-place.js';

const MINUTE = 60_000;
const NOW = Date.parse('2026-02-11T09:00:00+08:00');

const stay = (differs: Partial<VehicleStay> = {}): VehicleStay => ({
  reservationId: 'rsv_1', seriesId: null, partyId: 'p', facilityId: 'f', zoneName: 'Asia/Shanghai', state: 'CONFIRMED', stateSince: NOW - 60 * MINUTE, startsAt: NOW + 60 * MINUTE, endsAt: NOW + 120 * MINUTE, hash: 'v', vehicle: 'v', ...differs,
});
const wanted = (differs: Partial<WantedPlace> = {}): WantedPlace => ({
  partyId: 'p', seriesId: null, facilityId: 'f', during: { startsAt: NOW + 90 * MINUTE, endsAt: NOW + 150 * MINUTE }, vehicles: [{ hash: 'v', vehicle: 'v', masked: '闽C1***5' }], field: 'plates', ...differs,
});
const codes = (place: WantedPlace, stays: readonly VehicleStay[]): string[] => placeProblems(place, stays, NOW).map(({ code }) => code);

const stays = fc.array(fc.record({
  reservationId: fc.nat(20).map(nth => `rsv_${nth}`), seriesId: fc.constant(null), partyId: fc.constantFrom('p', 'q'), facilityId: fc.constantFrom('f', 'g'), zoneName: fc.constant('Asia/Shanghai'),
  state: fc.constantFrom('HELD' as const, 'CONFIRMED' as const, 'CHECKED_IN' as const, 'OVERSTAYED' as const, 'COMPLETED' as const), stateSince: fc.constant(NOW - MINUTE),
  startsAt: fc.integer({ min: -30, max: 30 }).map(nth => NOW + nth * MINUTE), endsAt: fc.constant(0), hash: fc.constantFrom('v', 'w'), colour: fc.constantFrom('', '/YELLOW'),
}).chain(({ colour, ...each }) => fc.integer({ min: 1, max: 40 }).map((minutes): VehicleStay => ({ ...each, vehicle: `${each.hash}${colour}`, endsAt: each.startsAt + minutes * MINUTE }))), { maxLength: 6 });

test('a vehicle is refused where, at some minute, its party would have it stand twice; and only there, whatever others booked', () => {
  fc.assert(fc.property(stays, fc.integer({ min: -5, max: 30 }), fc.integer({ min: 1, max: 30 }), (standing, from, minutes) => {
    const during = { startsAt: NOW + from * MINUTE, endsAt: NOW + (from + minutes) * MINUTE };

    const found = codes(wanted({ during }), standing);

    // Minute by minute: who is in stands there until now, whatever was booked.
    const standsAt = (each: VehicleStay, at: number): boolean => each.state !== 'COMPLETED' && each.startsAt <= at && (at < each.endsAt || ((each.state === 'CHECKED_IN' || each.state === 'OVERSTAYED') && at <= NOW));
    // Here the number is enough; elsewhere another colour is another vehicle.
    const clashing = standing.filter(each => each.partyId === 'p' && (each.facilityId === 'f' ? each.hash : each.vehicle) === 'v' && Array.from({ length: minutes }, (_, nth) => during.startsAt + nth * MINUTE).some(at => standsAt(each, at)));
    expect(found).toEqual(clashing.length > 0 ? ['VEHICLE_BOOKED'] : []);
  }));
});

test('its own party is told which reservation stands in the way and when, in the time of its place', () => {
  const [found] = placeProblems(wanted({ facilityId: 'g' }), [stay()], NOW);

  expect(found).toMatchObject({ code: 'VEHICLE_BOOKED', field: 'plates', data: { reservationId: 'rsv_1', during: { startsAt: NOW + 60 * MINUTE, endsAt: NOW + 120 * MINUTE } } });
  expect(found!.en).toContain('rsv_1 already (2026-02-11 10:00–11:00)');
});

test('P10: another party’s booking is in nobody’s way, here or elsewhere: no refusal tells that there is one', () => {
  expect(['f', 'g'].map(facilityId => codes(wanted({ facilityId }), [stay({ partyId: 'q' })]))).toEqual([[], []]);
});

test('stays that follow one another do not meet; each vehicle is refused by itself', () => {
  const after = wanted({ during: { startsAt: NOW + 120 * MINUTE, endsAt: NOW + 150 * MINUTE } });
  const both = wanted({ vehicles: ['v', 'w', 'x'].map(hash => ({ hash, vehicle: hash, masked: hash.toUpperCase() })) });

  expect(codes(after, [stay()])).toEqual([]);
  expect(codes(both, [stay(), stay({ hash: 'w', vehicle: 'w' }), stay({ hash: 'x', vehicle: 'x', partyId: 'q' })])).toEqual(['VEHICLE_BOOKED', 'VEHICLE_BOOKED']);
});

test('whoever has left early takes nothing any more; whoever is in beyond the end still does', () => {
  const [startsAt, endsAt] = [NOW - 120 * MINUTE, NOW - 10 * MINUTE];

  expect(takenBy({ state: 'OVERSTAYED', stateSince: endsAt, startsAt, endsAt }, NOW)).toEqual({ startsAt, endsAt: NOW + 1 });
  expect(takenBy({ state: 'COMPLETED', stateSince: NOW - 60 * MINUTE, startsAt, endsAt }, NOW)).toEqual({ startsAt, endsAt: NOW - 60 * MINUTE });
  expect(codes(wanted({ during: { startsAt: NOW, endsAt: NOW + MINUTE } }), [stay({ state: 'OVERSTAYED', startsAt, endsAt })])).toEqual(['VEHICLE_BOOKED']);
});

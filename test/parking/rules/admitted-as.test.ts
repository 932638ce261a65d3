import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AUDIENCES, admittedAs, notAdmittedProblems, otherPlatesProblems, type Admission } from '../../../src/parking/rules/admitted-as.js';

const admission = (differs: Partial<Admission> = {}): Admission => ({ facilityId: 'f', partyId: 'p', audience: 'RESIDENTS', plateHash: 'h', colour: null, startsAt: 0, endsAt: null, ...differs });
const vehicle = { hash: 'h', colour: 'BLUE' };
const place = { facilityId: 'f', partyId: 'p', during: { startsAt: 10, endsAt: 20 } };

const admissions = fc.array(fc.record({
  facilityId: fc.constantFrom('f', 'g'), partyId: fc.constantFrom('p', 'q'), audience: fc.constantFrom(...AUDIENCES), plateHash: fc.constantFrom('h', 'i'), colour: fc.constantFrom(null, 'BLUE', 'YELLOW'),
  startsAt: fc.nat(30), length: fc.option(fc.integer({ min: 1, max: 30 }), { nil: null }),
}).map(({ length, ...each }): Admission => ({ ...each, endsAt: length === null ? null : each.startsAt + length })), { maxLength: 10 });

test('vehicles are judged for an audience where each of them is admitted as such at every instant of the stay, as the party’s own, and only there', () => {
  fc.assert(fc.property(admissions, fc.nat(30), fc.integer({ min: 1, max: 20 }), fc.subarray([vehicle, { hash: 'i', colour: 'YELLOW' }]), (given, startsAt, length, vehicles) => {
    const stay = { facilityId: 'f', partyId: 'p', during: { startsAt, endsAt: startsAt + length } };

    const found = admittedAs(vehicles, given, stay);

    const holds = (at: number, audience: string, { hash, colour }: typeof vehicle) => given.some(each => each.facilityId === 'f' && each.partyId === 'p' && each.audience === audience && each.plateHash === hash && (each.colour === null || each.colour === colour) && each.startsAt <= at && (each.endsAt === null || at < each.endsAt));
    const expected = AUDIENCES.filter(audience => vehicles.length > 0 && vehicles.every(each => Array.from({ length }, (_, nth) => startsAt + nth).every(at => holds(at, audience, each))));
    expect(found).toEqual(expected);
    // What is quoted is booked by the same rule.
    expect(notAdmittedProblems(vehicles.map(each => ({ ...each, masked: each.hash })), found, given, { ...stay, field: 'plates' })).toEqual([]);
  }));
});

test('admissions that follow one another are as good as one; a gap is none', () => {
  expect(admittedAs([vehicle], [admission({ endsAt: 15 }), admission({ startsAt: 15 })], place)).toEqual(['RESIDENTS']);
  expect(admittedAs([vehicle], [admission({ endsAt: 15 }), admission({ startsAt: 16 })], place)).toEqual([]);
  expect(admittedAs([vehicle], [admission(), admission({ audience: 'AGREEMENT_HOLDERS' })], place)).toEqual(['RESIDENTS', 'AGREEMENT_HOLDERS']);
  expect(admittedAs([], [admission()], place)).toEqual([]);
});

test('a vehicle whose admission ended, and one that was not quoted for, are named by their masks', () => {
  const [ended] = notAdmittedProblems([{ ...vehicle, masked: '闽C1***5' }], ['RESIDENTS'], [admission({ endsAt: 19 })], { ...place, field: 'plates' });
  const others = otherPlatesProblems([{ vehicle: 'h/BLUE', masked: '闽C1***5' }, { vehicle: 'h/YELLOW', masked: '闽C2***6' }], ['h/BLUE']);

  expect(ended).toMatchObject({ code: 'VEHICLE_NOT_ADMITTED', field: 'plates', clause: '2.5-5', zh: expect.stringContaining('闽C1***5'), data: { audience: 'RESIDENTS' } });
  expect(others).toMatchObject([{ code: 'QUOTE_OF_OTHER_PLATES', field: 'plates', zh: expect.stringContaining('闽C2***6') }]);
  expect(otherPlatesProblems([{ vehicle: 'h/YELLOW', masked: '闽C2***6' }], [])).toEqual([]);
});

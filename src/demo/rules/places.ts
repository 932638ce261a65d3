import { CITY, NEIGHBOURHOODS, OBSERVED_ON, SOURCE, pointFrom, synthetic } from './neighbourhoods.js';

interface Place {
  readonly code: string;
  readonly near: string;
  readonly name: string;
  readonly kind: 'HOSPITAL' | 'SCHOOL' | 'OLD_TOWN' | 'OLD_COMMUNITY' | 'SCENIC' | 'TRANSPORT' | 'RESIDENTIAL' | 'OFFICE';
}

/** The key places of the demo (2.1-1): where parking is short. */
const PLACES: readonly Place[] = [
  { code: 'KPL-1', near: '钟楼', name: '钟楼老城区', kind: 'OLD_TOWN' },
  { code: 'KPL-2', near: '西街', name: '西街景区', kind: 'SCENIC' },
  { code: 'KPL-3', near: '东湖', name: '东湖医院', kind: 'HOSPITAL' },
  { code: 'KPL-4', near: '泉秀', name: '泉秀老旧小区', kind: 'OLD_COMMUNITY' },
  { code: 'KPL-5', near: '临江', name: '临江小学', kind: 'SCHOOL' },
  { code: 'KPL-6', near: '东海', name: '东海办公区', kind: 'OFFICE' },
  { code: 'KPL-7', near: '崇武', name: '崇武古城景区', kind: 'SCENIC' },
  { code: 'KPL-8', near: '青阳', name: '青阳医院', kind: 'HOSPITAL' },
  { code: 'KPL-9', near: '湖滨', name: '湖滨客运枢纽', kind: 'TRANSPORT' },
  { code: 'KPL-10', near: '溪美', name: '溪美中学', kind: 'SCHOOL' },
];

/** Every key place as it is registered. */
export function keyPlaceDrafts() {
  return PLACES.map(({ code, near, name, kind }) => {
    const place = NEIGHBOURHOODS.find(each => each.name === near)!;
    return { city: CITY, source: SOURCE, sourceCode: code, observedOn: OBSERVED_ON, synthetic: true, kind, name: synthetic(name), coordinate: pointFrom(place, 60, 40) };
  });
}

interface Ride {
  readonly mode: 'MICRO_BUS' | 'SIGHTSEEING_CAR' | 'BUS';
  readonly name: string;
  readonly toKeyPlace: string;
  readonly headwayMinutes: number;
  readonly rideMinutes: number;
  readonly walkMinutesAtEnd: number;
}

/** Rides into the old towns; each starts from the hub at its place in the list (2.1-8, 2.1-9). */
const RIDES: readonly Ride[] = [
  { mode: 'MICRO_BUS', name: '古城接驳一线', toKeyPlace: 'KPL-1', headwayMinutes: 10, rideMinutes: 14, walkMinutesAtEnd: 3 },
  { mode: 'SIGHTSEEING_CAR', name: '西街观光车', toKeyPlace: 'KPL-2', headwayMinutes: 15, rideMinutes: 18, walkMinutesAtEnd: 2 },
  { mode: 'BUS', name: '东湖医院接驳巴士', toKeyPlace: 'KPL-3', headwayMinutes: 12, rideMinutes: 16, walkMinutesAtEnd: 4 },
  { mode: 'MICRO_BUS', name: '崇武古城接驳', toKeyPlace: 'KPL-7', headwayMinutes: 20, rideMinutes: 12, walkMinutesAtEnd: 5 },
];

/** A hub for each ride, on the largest public car parks of the city. */
export function hubDrafts(largest: ReadonlyArray<{ readonly facilityId: string; readonly name: string }>, keyPlaceIds: ReadonlyMap<string, string>) {
  return RIDES.slice(0, largest.length).map(({ toKeyPlace, name, ...ride }, index) => ({
    facilityId: largest[index]!.facilityId,
    source: SOURCE, sourceCode: `HUB-${index + 1}`, observedOn: OBSERVED_ON, synthetic: true,
    name: synthetic(`${name}接驳点`),
    shuttles: [{ ...ride, name: synthetic(name), toKeyPlaceId: keyPlaceIds.get(toKeyPlace)!, firstAt: 6 * 60 + 30, lastAt: 22 * 60, validFromOn: OBSERVED_ON }],
  }));
}

import { localTime } from '../../kernel/index.js';
import type { DraftCoordinate } from '../../facilities/index.js';

export const CITY = '350500';
/** Where every figure of the demo says it comes from. */
export const SOURCE = '演示数据';
/** The day as of which the demo city is told; any real survey since then rules over it. */
export const OBSERVED_DAY = localTime.dayOf(2024, 1, 1);
export const OBSERVED_ON = localTime.formatDay(OBSERVED_DAY);

/** Whatever shows of the demo city says that it is one. */
export function synthetic(name: string): string {
  return `${name}（演示）`;
}

/** A built-up place of the demo: its sub-district's national code, and its middle in WGS-84, read off public maps to about 500 m. */
export interface Neighbourhood {
  readonly name: string;
  readonly code: string;
  readonly longitude: number;
  readonly latitude: number;
  /** How many facilities it draws, relatively to others. */
  readonly weight: number;
}

/** The bell tower of Licheng: where the printed query of the start looks. */
export const BELL_TOWER: Neighbourhood = { name: '钟楼', code: '350502003', longitude: 118.5853, latitude: 24.9108, weight: 9 };

export const NEIGHBOURHOODS: readonly Neighbourhood[] = [
  BELL_TOWER,
  { name: '西街', code: '350502004', longitude: 118.5805, latitude: 24.9155, weight: 7 },
  { name: '临江', code: '350502002', longitude: 118.582, latitude: 24.901, weight: 4 },
  { name: '海滨', code: '350502001', longitude: 118.591, latitude: 24.9045, weight: 4 },
  { name: '浮桥', code: '350502005', longitude: 118.563, latitude: 24.896, weight: 3 },
  { name: '江南', code: '350502006', longitude: 118.551, latitude: 24.884, weight: 3 },
  { name: '清濛', code: '350502400', longitude: 118.545, latitude: 24.862, weight: 3 },
  { name: '东湖', code: '350503001', longitude: 118.609, latitude: 24.911, weight: 6 },
  { name: '泉秀', code: '350503003', longitude: 118.607, latitude: 24.892, weight: 6 },
  { name: '东海', code: '350503007', longitude: 118.661, latitude: 24.879, weight: 5 },
  { name: '城东', code: '350503006', longitude: 118.651, latitude: 24.915, weight: 4 },
  { name: '万安', code: '350504001', longitude: 118.668, latitude: 24.941, weight: 3 },
  { name: '山腰', code: '350505001', longitude: 118.913, latitude: 25.121, weight: 3 },
  { name: '螺城', code: '350521100', longitude: 118.797, latitude: 25.031, weight: 4 },
  { name: '洛阳', code: '350521104', longitude: 118.69, latitude: 24.962, weight: 3 },
  { name: '张坂', code: '350521106', longitude: 118.79, latitude: 24.889, weight: 2 },
  { name: '崇武', code: '350521107', longitude: 118.918, latitude: 24.884, weight: 3 },
  { name: '凤城', code: '350524100', longitude: 118.187, latitude: 25.058, weight: 4 },
  { name: '桃城', code: '350525100', longitude: 118.295, latitude: 25.32, weight: 3 },
  { name: '龙浔', code: '350526101', longitude: 118.241, latitude: 25.492, weight: 3 },
  { name: '湖滨', code: '350581001', longitude: 118.648, latitude: 24.737, weight: 5 },
  { name: '青阳', code: '350582001', longitude: 118.566, latitude: 24.812, weight: 5 },
  { name: '梅岭', code: '350582002', longitude: 118.575, latitude: 24.795, weight: 4 },
  { name: '池店', code: '350582107', longitude: 118.583, latitude: 24.868, weight: 3 },
  { name: '溪美', code: '350583001', longitude: 118.386, latitude: 24.961, weight: 4 },
  { name: '水头', code: '350583119', longitude: 118.427, latitude: 24.714, weight: 3 },
];

const METRES_A_DEGREE = 111_000;

/** The point so many metres east and north of a place; good to a few metres over a town. */
export function pointFrom(place: { readonly longitude: number; readonly latitude: number }, eastMetres: number, northMetres: number): DraftCoordinate {
  const latitude = place.latitude + northMetres / METRES_A_DEGREE;
  const longitude = place.longitude + eastMetres / (METRES_A_DEGREE * Math.cos((place.latitude * Math.PI) / 180));
  return { longitude: Number(longitude.toFixed(6)), latitude: Number(latitude.toFixed(6)), crs: 'WGS84' };
}

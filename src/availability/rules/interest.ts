import type { Area, ResolvedWhere } from '../../facilities/index.js';
import type { CoordinateBox } from '../../kernel/index.js';

/** Side of a map cell in degrees: some two kilometres. */
const CELL_DEGREES = 0.02;
/** An area of more cells is asked about every change instead. */
const MOST_CELLS = 400;
/** Who reads everything. */
const EVERYTHING = '*';
const METRES_A_DEGREE = 110_000;

/** Where a facility stands, as far as readers are found by it. */
export interface Placed {
  readonly jurisdictionCodes: readonly string[];
  readonly reportingUnitCode: string;
  readonly longitude: number;
  readonly latitude: number;
}

/** The keys under which a reader is kept: any of them may lead a change to it, none of them promises that its filter holds. */
export function keysOfFilter({ where, ids, area, jurisdictionCode, reportingUnitCode }: ResolvedWhere): readonly string[] {
  if (ids) return ids.map(id => `f${id}`);
  const cells = area ? cellsOf(boxAround(area)) : null;
  if (cells) return cells;
  if (where.reportingUnitId != null) return [`u${reportingUnitCode}`];
  if (where.jurisdictionId != null) return [`j${jurisdictionCode}`];
  return [EVERYTHING];
}

/** The keys that a change of a facility asks: every reader whose filter may hold stands under exactly one of them. */
export function keysOfFacility(id: string, { jurisdictionCodes, reportingUnitCode, longitude, latitude }: Placed): readonly string[] {
  return [EVERYTHING, `f${id}`, cellOf(longitude, latitude), `u${reportingUnitCode}`, ...jurisdictionCodes.map(code => `j${code}`)];
}

function cellOf(longitude: number, latitude: number): string {
  return `c${Math.floor(longitude / CELL_DEGREES)}:${Math.floor(latitude / CELL_DEGREES)}`;
}

function cellsOf({ minLongitude, maxLongitude, minLatitude, maxLatitude }: CoordinateBox): readonly string[] | null {
  const [west, east, south, north] = [minLongitude, maxLongitude, minLatitude, maxLatitude].map(degrees => Math.floor(degrees / CELL_DEGREES)) as [number, number, number, number];
  if ((east - west + 1) * (north - south + 1) > MOST_CELLS) return null;
  const cells: string[] = [];
  for (let x = west; x <= east; x += 1) for (let y = south; y <= north; y += 1) cells.push(`c${x}:${y}`);
  return cells;
}

function boxAround(area: Area): CoordinateBox {
  if (area.kind === 'BOX') return area.box;
  const { centre, radiusMetres } = area;
  const up = radiusMetres / METRES_A_DEGREE;
  const across = up / Math.max(0.01, Math.cos((Math.min(89, Math.abs(centre.latitude) + up) * Math.PI) / 180));
  return { minLongitude: centre.longitude - across, maxLongitude: centre.longitude + across, minLatitude: centre.latitude - up, maxLatitude: centre.latitude + up };
}

import { coordinates, problem, type Crs, type Problem } from '../kernel/index.js';

/** A GeoJSON geometry with positions [longitude, latitude], and the system that they are in. */
export interface DraftBoundary {
  readonly geometry: { readonly type: string; readonly coordinates: unknown };
  readonly crs: Crs;
}

const POSITIONS_MAXIMUM = 200_000;

/** The geometry in WGS-84 as GeoJSON text, or what is wrong with it. The database mends its shape; here only places are checked. */
export function boundaryInWgs84(boundary: DraftBoundary, field: string): { readonly geojson: string } | Problem {
  const { geometry, crs } = boundary;
  if (!coordinates.CRS_NAMES.includes(crs)) {
    return problem('CRS_UNDECLARED', { zh: `${field} 未注明坐标系`, en: `${field} does not name its coordinate system`, field: `${field}.crs` });
  }
  if (geometry.type !== 'Polygon' && geometry.type !== 'MultiPolygon') {
    return problem('BOUNDARY_NO_POLYGON', { zh: `${field} 须为 Polygon 或 MultiPolygon，收到 ${geometry.type}`, en: `${field} must be a Polygon or MultiPolygon, got ${geometry.type}`, field });
  }
  const state = { count: 0, wrong: null as string | null };
  const converted = convert(geometry.coordinates, geometry.type === 'Polygon' ? 2 : 3, crs, state);
  if (state.wrong !== null || state.count > POSITIONS_MAXIMUM) {
    const found = state.wrong ?? `${state.count} > ${POSITIONS_MAXIMUM}`;
    return problem('BOUNDARY_POSITION', { zh: `${field} 含有无效位置：${found}`, en: `${field} holds an invalid position: ${found}`, field });
  }
  return { geojson: JSON.stringify({ type: geometry.type, coordinates: converted }) };
}

function convert(value: unknown, depth: number, crs: Crs, state: { count: number; wrong: string | null }): unknown {
  if (state.wrong !== null) return null;
  if (!Array.isArray(value)) {
    state.wrong = String(value).slice(0, 40);
    return null;
  }
  if (depth > 0) return value.map(part => convert(part, depth - 1, crs, state));
  state.count += 1;
  const [longitude, latitude] = value as [number, number];
  const place = { longitude, latitude };
  if (typeof longitude !== 'number' || typeof latitude !== 'number' || !coordinates.checkCoordinate(place).ok) {
    state.wrong = JSON.stringify(value).slice(0, 40);
    return null;
  }
  const wgs84 = coordinates.toWgs84(place, crs);
  return [wgs84.longitude, wgs84.latitude];
}

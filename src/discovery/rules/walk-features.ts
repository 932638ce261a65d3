import { coordinates, done, problem, refuse, type Crs, type Outcome } from '../../kernel/index.js';
import type { WalkSegment } from './walk-segments.js';

/** How a file of ways is to be read. */
export interface WalkFeatureReading {
  readonly crs: Crs;
  /** The property that gives a way's metres; null: every length is measured. */
  readonly lengthProperty: string | null;
}

/** Reads one GeoJSON feature as a way; longitude stands first in a position (G2). */
export function readWalkFeature(feature: unknown, { crs, lengthProperty }: WalkFeatureReading, field: string): Outcome<WalkSegment> {
  const { geometry, properties } = asObject(feature);
  const { type, coordinates: positions } = asObject(geometry);
  if (type !== 'LineString' || !Array.isArray(positions)) {
    const found = typeof type === 'string' ? type : String(asObject(feature).type ?? null);
    return refuse(problem('NOT_A_LINE_STRING', { zh: `须为 LineString 路段，实为 ${found}`, en: `a way must be a LineString and is ${found}`, field: `${field}.geometry` }));
  }
  const broken = positions.findIndex(position => !isPosition(position));
  if (broken >= 0) {
    return refuse(problem('NOT_A_POSITION', { zh: `第 ${broken + 1} 个点不是 [经度, 纬度]`, en: `point ${broken + 1} is no [longitude, latitude]`, field: `${field}.geometry.coordinates[${broken}]` }));
  }
  const path = (positions as ReadonlyArray<readonly [number, number]>).map(([longitude, latitude]) => coordinates.toWgs84({ longitude, latitude }, crs));
  const length = lengthProperty === null ? null : asObject(properties)[lengthProperty] ?? null;
  if (length !== null && (typeof length !== 'number' || !Number.isFinite(length))) {
    return refuse(problem('LENGTH_NOT_A_NUMBER', { zh: `属性 ${lengthProperty} 须为以米计的数`, en: `the property ${lengthProperty} must be a number of metres`, field: `${field}.properties.${lengthProperty}` }));
  }
  return done({ path, lengthMetres: length });
}

function isPosition(position: unknown): boolean {
  return Array.isArray(position) && position.length >= 2 && Number.isFinite(position[0]) && Number.isFinite(position[1]);
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};
}

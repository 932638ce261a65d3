import { Readable } from 'node:stream';
import { pick } from 'stream-json/filters/pick.js';
import { streamArray } from 'stream-json/streamers/stream-array.js';
import { problem, type Problem } from '../kernel/index.js';
import { RefusedFile, type Cell, type SourceGeometry, type SourceRow } from './source-row.js';
import { textOf, type Encoding } from './text-encoding.js';

/** Reads the features of a GeoJSON FeatureCollection one by one; longitude stands first in a position (G2). */
export async function* readGeoJson(path: string, encoding: Encoding): AsyncGenerator<SourceRow> {
  const features = pick.withParserAsStream({ filter: 'features', once: true });
  const items = streamArray.asStream();
  const source = Readable.from(textOf(path, encoding));
  // Any end of the chain takes the others with it, so that nothing is left reading.
  source.on('error', error => features.destroy(error));
  features.on('error', error => items.destroy(error));
  source.pipe(features).pipe(items);
  let row = 0;
  try {
    for await (const item of items as AsyncIterable<{ readonly value: unknown }>) {
      row += 1;
      yield rowOf(item.value, row);
    }
  } catch (error) {
    if (isOfFileSystem(error)) throw error;
    throw new RefusedFile(problem('GEOJSON_MALFORMED', { zh: `第 ${row + 1} 个要素处不是有效的 GeoJSON，文件可能被截断`, en: `the file is no valid GeoJSON at feature ${row + 1}: it may be cut off` }), row + 1);
  }
  if (row === 0) throw new RefusedFile(problem('NO_FEATURES', { zh: '文件中没有要素：应为带 features 的 GeoJSON FeatureCollection', en: 'the file has no features: a GeoJSON FeatureCollection is expected' }));
}

function isOfFileSystem(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'syscall' in error;
}

function rowOf(feature: unknown, row: number): SourceRow {
  if (!isObject(feature) || feature.type !== 'Feature') return { row, cells: {}, geometry: null, problems: [notAFeature()] };
  const properties = isObject(feature.properties) ? feature.properties : {};
  const geometry = geometryOf(feature.geometry);
  const identity: Record<string, Cell> = isCell(feature.id) ? { $id: feature.id } : {};
  const cells = { ...identity, ...cellsOf(properties), ...pointOf(geometry) };
  return { row, cells, geometry, problems: [] };
}

function notAFeature(): Problem {
  return problem('NOT_A_FEATURE', { zh: '数组元素不是 GeoJSON Feature', en: 'the item is no GeoJSON Feature' });
}

function cellsOf(properties: Readonly<Record<string, unknown>>): Record<string, Cell> {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, cellOf(value)]));
}

function cellOf(value: unknown): Cell {
  if (!isCell(value)) return JSON.stringify(value);
  if (typeof value !== 'string') return value;
  const trimmed = value.trim();
  return trimmed === '' ? null : trimmed;
}

function geometryOf(value: unknown): SourceGeometry | null {
  if (!isObject(value) || typeof value.type !== 'string') return null;
  return { type: value.type, coordinates: value.coordinates };
}

/** A point's position also stands as the columns $longitude and $latitude, so that a mapping may name them. */
function pointOf(geometry: SourceGeometry | null): Record<string, Cell> {
  if (geometry?.type !== 'Point' || !Array.isArray(geometry.coordinates)) return {};
  const [longitude, latitude] = geometry.coordinates as readonly unknown[];
  return { $longitude: isCell(longitude) ? longitude : null, $latitude: isCell(latitude) ? latitude : null };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCell(value: unknown): value is Cell {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

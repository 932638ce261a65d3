import { coordinates, mercator, type Coordinate } from '../kernel/index.js';
import { badInput } from '../platform/graphql/index.js';
import type { CoordinateInput } from './coordinate.type.js';
import type { AreaInput, BoxInput, CircleInput, FacilityWhere } from './facility-where.type.js';

const IDS_MAXIMUM = 100;
const TEXT_MAXIMUM = 50;
const RADIUS_MAXIMUM_METRES = 50_000;

/** A condition and the values that its placeholders stand for. */
export interface WhereSql {
  readonly sql: string;
  readonly params: readonly unknown[];
}

/**
 * The condition of a filter on the search table under an alias, its placeholders numbered from `first`. Always a
 * condition: `true` where nothing is asked.
 */
export function whereSql(where: FacilityWhere | null | undefined, alias: string, first: number): WhereSql {
  const params: unknown[] = [];
  if (!where) return { sql: 'true', params };
  const value = (given: unknown): string => `$${params.push(given) + first - 1}`;
  const { ids, categories, sectors, resourceKinds, statuses, jurisdictionId, reportingUnitId, insured, within } = where;
  if (ids && ids.length > IDS_MAXIMUM) {
    throw badInput({ zh: `ids 至多 ${IDS_MAXIMUM} 个，收到 ${ids.length} 个`, en: `at most ${IDS_MAXIMUM} ids, got ${ids.length}` }, 'where.ids');
  }
  const conditions = [
    ids && `${alias}.facility_id = any(${value(ids)})`,
    categories && `${alias}.category = any(${value(categories)})`,
    sectors && `${alias}.sector = any(${value(sectors)})`,
    resourceKinds && `${alias}.resource_kind = any(${value(resourceKinds)})`,
    statuses && `${alias}.status = any(${value(statuses)})`,
    jurisdictionId != null && `${alias}.jurisdiction_codes @> array[(select j.code from jurisdiction j where j.id = ${value(jurisdictionId)})]`,
    reportingUnitId != null && `${alias}.reporting_unit_code = (select j.code from jurisdiction j where j.id = ${value(reportingUnitId)})`,
    insured != null && `${alias}.is_insured = ${value(insured)}`,
    where.text != null && textSql(where.text, alias, value),
    within && areaSql(within, alias, value),
  ].filter(condition => typeof condition === 'string');
  return { sql: conditions.length === 0 ? 'true' : conditions.join('\n  and '), params };
}

type Value = (given: unknown) => string;

function areaSql(area: AreaInput, alias: string, value: Value): string {
  if (area.box && !area.circle) return boxSql(area.box, alias, value);
  if (area.circle && !area.box) return circleSql(area.circle, alias, value);
  throw badInput({ zh: 'within 须给出 box 或 circle 之一', en: 'within is either a box or a circle' }, 'where.within');
}

/** Half-open (G6); `&&` finds the candidates by `facility_search_location`, the comparison leaves the far edges out. */
function boxSql({ southWest, northEast }: BoxInput, alias: string, value: Value): string {
  const [min, max] = [wgs84(southWest, 'where.within.box.southWest'), wgs84(northEast, 'where.within.box.northEast')];
  if (min.longitude >= max.longitude || min.latitude >= max.latitude) {
    throw badInput({ zh: '矩形的西南角须在东北角的西南', en: "a box's south-west corner lies south-west of its north-east corner" }, 'where.within.box');
  }
  const [west, south, east, north] = [value(min.longitude), value(min.latitude), value(max.longitude), value(max.latitude)];
  return `${alias}.location && st_makeenvelope(${west}::float8, ${south}::float8, ${east}::float8, ${north}::float8, 4326)
  and st_x(${alias}.location) < ${east}::float8 and st_y(${alias}.location) < ${north}::float8`;
}

/** Candidates by `facility_search_plane`, within the stretch of the projection; then the distance on the ellipsoid (G5). */
function circleSql({ centre, radiusMetres }: CircleInput, alias: string, value: Value): string {
  if (!(radiusMetres > 0 && radiusMetres <= RADIUS_MAXIMUM_METRES)) {
    throw badInput({ zh: `radiusMetres 须大于 0、至多 ${RADIUS_MAXIMUM_METRES}，收到 ${radiusMetres}`, en: `radiusMetres is above 0 and at most ${RADIUS_MAXIMUM_METRES}, got ${radiusMetres}` }, 'where.within.circle.radiusMetres');
  }
  const point = wgs84(centre, 'where.within.circle.centre');
  const { x, y } = mercator.toMercator(point);
  const farthest = Math.min(89, Math.abs(point.latitude) + radiusMetres / 110_000);
  const reach = value(radiusMetres * mercator.scaleAt(farthest) * 1.01);
  return `st_dwithin(${alias}.plane, st_setsrid(st_makepoint(${value(x)}::float8, ${value(y)}::float8), ${mercator.MERCATOR_SRID}), ${reach}::float8)
  and st_distance(${alias}.location::geography, st_setsrid(st_makepoint(${value(point.longitude)}::float8, ${value(point.latitude)}::float8), 4326)::geography) <= ${value(radiusMetres)}::float8`;
}

function textSql(text: string, alias: string, value: Value): string {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > TEXT_MAXIMUM) {
    throw badInput({ zh: `text 须为 1 到 ${TEXT_MAXIMUM} 字，收到 ${trimmed.length} 字`, en: `text has 1 to ${TEXT_MAXIMUM} characters, got ${trimmed.length}` }, 'where.text');
  }
  const pattern = value(`%${trimmed.replace(/[\\%_]/g, '\\$&')}%`);
  return `(${alias}.document ->> 'name' ilike ${pattern} or ${alias}.document ->> 'address' ilike ${pattern})`;
}

/** A point of the caller in WGS-84, or a refusal that says what is wrong with it. */
function wgs84(input: CoordinateInput, field: string): Coordinate {
  const checked = coordinates.checkCoordinate({ longitude: input.longitude, latitude: input.latitude }, field);
  if (!checked.ok) throw badInput(checked.problems[0], field);
  return coordinates.toWgs84(checked.value, input.crs);
}

import { mercator, type Coordinate, type CoordinateBox } from '../kernel/index.js';
import { areaOf, idsOf, textOf } from './facility-where.js';
import type { AreaInput, FacilityWhere } from './facility-where.type.js';

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
  const { categories, sectors, resourceKinds, statuses, jurisdictionId, reportingUnitId, insured, within } = where;
  const ids = idsOf(where);
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
  const known = areaOf(area);
  return known.kind === 'BOX' ? boxSql(known.box, alias, value) : circleSql(known, alias, value);
}

/** Half-open (G6); `&&` finds the candidates by `facility_search_location`, the comparison leaves the far edges out. */
function boxSql(box: CoordinateBox, alias: string, value: Value): string {
  const [west, south, east, north] = [value(box.minLongitude), value(box.minLatitude), value(box.maxLongitude), value(box.maxLatitude)];
  return `${alias}.location && st_makeenvelope(${west}::float8, ${south}::float8, ${east}::float8, ${north}::float8, 4326)
  and st_x(${alias}.location) < ${east}::float8 and st_y(${alias}.location) < ${north}::float8`;
}

/** Candidates by `facility_search_plane`, within the stretch of the projection; then the distance on the ellipsoid (G5). */
function circleSql({ centre, radiusMetres }: { readonly centre: Coordinate; readonly radiusMetres: number }, alias: string, value: Value): string {
  const { x, y } = mercator.toMercator(centre);
  const farthest = Math.min(89, Math.abs(centre.latitude) + radiusMetres / 110_000);
  const reach = value(radiusMetres * mercator.scaleAt(farthest) * 1.01);
  return `st_dwithin(${alias}.plane, st_setsrid(st_makepoint(${value(x)}::float8, ${value(y)}::float8), ${mercator.MERCATOR_SRID}), ${reach}::float8)
  and st_distance(${alias}.location::geography, st_setsrid(st_makepoint(${value(centre.longitude)}::float8, ${value(centre.latitude)}::float8), 4326)::geography) <= ${value(radiusMetres)}::float8`;
}

function textSql(text: string, alias: string, value: Value): string {
  const pattern = value(`%${textOf(text).replace(/[\\%_]/g, '\\$&')}%`);
  return `(${alias}.document ->> 'name' ilike ${pattern} or ${alias}.document ->> 'address' ilike ${pattern})`;
}

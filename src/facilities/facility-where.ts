import { coordinates, type Coordinate, type CoordinateBox } from '../kernel/index.js';
import { badInput } from '../platform/graphql/index.js';
import type { CoordinateInput } from './coordinate.type.js';
import type { AreaInput, FacilityWhere } from './facility-where.type.js';

const IDS_MAXIMUM = 100;
const TEXT_MAXIMUM = 50;
const RADIUS_MAXIMUM_METRES = 50_000;

/** An area as it is asked for, checked and in WGS-84. */
export type Area = { readonly kind: 'BOX'; readonly box: CoordinateBox } | { readonly kind: 'CIRCLE'; readonly centre: Coordinate; readonly radiusMetres: number };

/** What a filter looks at in a facility. */
export interface FilteredFacility {
  readonly category: string;
  readonly sector: string;
  readonly resourceKind: string;
  readonly jurisdictionCodes: readonly string[];
  readonly reportingUnitCode: string;
  readonly status: string;
  readonly isInsured: boolean | null;
  readonly longitude: number;
  readonly latitude: number;
  readonly name: string;
  readonly address: string | null;
}

/** A filter, checked, whose jurisdictions are known by their codes; null where an id names nothing. */
export interface ResolvedWhere {
  readonly where: FacilityWhere;
  readonly ids: readonly string[] | null;
  readonly area: Area | null;
  readonly jurisdictionCode: string | null;
  readonly reportingUnitCode: string | null;
  /**
   * Whether a facility passes, decided in the process: the twin of `whereSql`, for streams that judge one facility at a
   * time. A test holds the two against each other on random filters.
   */
  passes(id: string, facility: FilteredFacility): boolean;
}

/** Checks a filter; `codeOf` finds the code of a jurisdiction, or null. */
export async function resolveWhere(where: FacilityWhere, codeOf: (id: string) => Promise<string | null>): Promise<ResolvedWhere> {
  const ids = idsOf(where);
  const area = where.within ? areaOf(where.within) : null;
  const text = where.text == null ? null : textOf(where.text).toLowerCase();
  const jurisdictionCode = where.jurisdictionId == null ? null : await codeOf(where.jurisdictionId);
  const reportingUnitCode = where.reportingUnitId == null ? null : await codeOf(where.reportingUnitId);
  return {
    where, ids, area, jurisdictionCode, reportingUnitCode,
    passes: (id, facility) =>
      (ids === null || ids.includes(id))
      && (where.categories == null || where.categories.includes(facility.category as never))
      && (where.sectors == null || where.sectors.includes(facility.sector as never))
      && (where.resourceKinds == null || where.resourceKinds.includes(facility.resourceKind as never))
      && (where.statuses == null || where.statuses.includes(facility.status as never))
      && (where.jurisdictionId == null || (jurisdictionCode !== null && facility.jurisdictionCodes.includes(jurisdictionCode)))
      && (where.reportingUnitId == null || facility.reportingUnitCode === reportingUnitCode)
      && (where.insured == null || facility.isInsured === where.insured)
      && (text === null || facility.name.toLowerCase().includes(text) || (facility.address ?? '').toLowerCase().includes(text))
      && (area === null || isWithin(facility, area)),
  };
}

function isWithin(facility: Coordinate, area: Area): boolean {
  if (area.kind === 'BOX') return coordinates.isInBox(facility, area.box);
  return coordinates.geodesicMetres(area.centre, facility) <= area.radiusMetres;
}

/** The ids of a filter, or null where it names none. */
export function idsOf({ ids }: FacilityWhere): readonly string[] | null {
  if (ids && ids.length > IDS_MAXIMUM) {
    throw badInput({ zh: `ids 至多 ${IDS_MAXIMUM} 个，收到 ${ids.length} 个`, en: `at most ${IDS_MAXIMUM} ids, got ${ids.length}` }, 'where.ids');
  }
  return ids ?? null;
}

/** The area of a filter, or a refusal that says what is wrong with it. */
export function areaOf(area: AreaInput): Area {
  if (area.box && !area.circle) return { kind: 'BOX', box: boxOf(area.box) };
  if (area.circle && !area.box) return circleOf(area.circle);
  throw badInput({ zh: 'within 须给出 box 或 circle 之一', en: 'within is either a box or a circle' }, 'where.within');
}

function boxOf({ southWest, northEast }: NonNullable<AreaInput['box']>): CoordinateBox {
  const [min, max] = [wgs84(southWest, 'where.within.box.southWest'), wgs84(northEast, 'where.within.box.northEast')];
  if (min.longitude >= max.longitude || min.latitude >= max.latitude) {
    throw badInput({ zh: '矩形的西南角须在东北角的西南', en: "a box's south-west corner lies south-west of its north-east corner" }, 'where.within.box');
  }
  return { minLongitude: min.longitude, maxLongitude: max.longitude, minLatitude: min.latitude, maxLatitude: max.latitude };
}

function circleOf({ centre, radiusMetres }: NonNullable<AreaInput['circle']>): Area {
  if (!(radiusMetres > 0 && radiusMetres <= RADIUS_MAXIMUM_METRES)) {
    throw badInput({ zh: `radiusMetres 须大于 0、至多 ${RADIUS_MAXIMUM_METRES}，收到 ${radiusMetres}`, en: `radiusMetres is above 0 and at most ${RADIUS_MAXIMUM_METRES}, got ${radiusMetres}` }, 'where.within.circle.radiusMetres');
  }
  return { kind: 'CIRCLE', centre: wgs84(centre, 'where.within.circle.centre'), radiusMetres };
}

/** The text of a filter, trimmed. */
export function textOf(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed.length > TEXT_MAXIMUM) {
    throw badInput({ zh: `text 须为 1 到 ${TEXT_MAXIMUM} 字，收到 ${trimmed.length} 字`, en: `text has 1 to ${TEXT_MAXIMUM} characters, got ${trimmed.length}` }, 'where.text');
  }
  return trimmed;
}

/** A point of the caller in WGS-84, or a refusal that says what is wrong with it. */
function wgs84(input: CoordinateInput, field: string): Coordinate {
  const checked = coordinates.checkCoordinate({ longitude: input.longitude, latitude: input.latitude }, field);
  if (!checked.ok) throw badInput(checked.problems[0], field);
  return coordinates.toWgs84(checked.value, input.crs);
}

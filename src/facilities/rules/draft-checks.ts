import { Zone, coordinates, isRefusal, localTime, problem, textProblem, type CoordinateBox, type Problem } from '../../kernel/index.js';
import type { DraftCoordinate, Point } from './facility-draft.js';
import { isOf } from './words.js';

const TEXT_MAXIMUM = 200;

/** Gathers every problem of one input, so that a row is corrected once and not field by field. */
export class DraftChecks {
  readonly problems: Problem[] = [];

  add(found: Problem | null): void {
    if (found) this.problems.push(found);
  }

  /** Whether a field is refused already: what follows from the value put in its place would be false. */
  refuses(field: string): boolean {
    return this.problems.some(found => found.field === field);
  }

  /** A text of 1 to 200 characters without surrounding blanks, all of which can be read. */
  text(value: unknown, field: string, maximum = TEXT_MAXIMUM): string {
    const text = typeof value === 'string' ? value.trim() : '';
    this.add(text === '' ? problem('MISSING', { zh: `缺少 ${field}`, en: `${field} is missing`, field }) : textProblem(text, { zh: `${field} `, en: field, field, minimum: 0, maximum, code: 'TOO_LONG' }));
    return text.slice(0, maximum);
  }

  /** The same, where nothing may be said: blank is null. */
  optionalText(value: unknown, field: string, maximum = TEXT_MAXIMUM): string | null {
    if (value === undefined || value === null || (typeof value === 'string' && value.trim() === '')) return null;
    return this.text(value, field, maximum);
  }

  /** One of a closed list. */
  word<W extends Readonly<Record<string, string>>>(words: W, value: unknown, field: string): keyof W & string {
    if (isOf(words, value)) return value;
    const known = Object.keys(words);
    this.add(problem('UNKNOWN_VALUE', { zh: `${field} 的值“${shown(value)}”不在列表中：${known.join('、')}`, en: `'${shown(value)}' is no ${field}; one of ${known.join(', ')}`, field }));
    return known[0]!;
  }

  /** The same, where nothing may be said. */
  optionalWord<W extends Readonly<Record<string, string>>>(words: W, value: unknown, field: string): (keyof W & string) | null {
    return value === undefined || value === null || value === '' ? null : this.word(words, value, field);
  }

  /** A whole number within bounds. */
  count(value: unknown, field: string, bounds: { readonly least?: number; readonly most?: number } = {}): number {
    const { least = 0, most = 100_000 } = bounds;
    if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
    this.add(problem('OUT_OF_RANGE', { zh: `${field} 须为 ${least} 到 ${most} 的整数，收到 ${shown(value)}`, en: `${field} must be a whole number from ${least} to ${most}, got ${shown(value)}`, field }));
    return least;
  }

  optionalCount(value: unknown, field: string, bounds?: { readonly least?: number; readonly most?: number }): number | null {
    return value === undefined || value === null ? null : this.count(value, field, bounds);
  }

  /** True, false, or null where nothing is said. */
  flag(value: unknown, field: string): boolean | null {
    if (value === undefined || value === null || typeof value === 'boolean') return value ?? null;
    this.add(problem('NOT_YES_NO', { zh: `${field} 须为是或否，收到“${shown(value)}”`, en: `${field} must be yes or no, got '${shown(value)}'`, field }));
    return null;
  }

  /** A real date, strictly ISO. */
  date(value: unknown, field: string): string {
    const parsed = localTime.parseDay(typeof value === 'string' ? value : '', field);
    if (isRefusal(parsed)) this.problems.push(...parsed.problems);
    return typeof value === 'string' ? value : '';
  }

  optionalDate(value: unknown, field: string): string | null {
    return value === undefined || value === null || value === '' ? null : this.date(value, field);
  }

  zoneName(value: string, field: string): string {
    const zone = Zone.of(value, field);
    if (isRefusal(zone)) this.problems.push(...zone.problems);
    return value;
  }

  /** A place in WGS-84, inside the city's plausibility box (G1, G2). Null where it is none. */
  point(value: DraftCoordinate | null | undefined, box: CoordinateBox, field: string): Point | null {
    if (!value || typeof value.longitude !== 'number' || typeof value.latitude !== 'number') {
      this.add(problem('MISSING', { zh: `缺少坐标 ${field}`, en: `${field} is missing`, field }));
      return null;
    }
    if (!coordinates.CRS_NAMES.includes(value.crs)) {
      this.add(problem('CRS_UNDECLARED', { zh: `${field} 未注明坐标系：${coordinates.CRS_NAMES.join('、')} 之一`, en: `${field} does not name its coordinate system: one of ${coordinates.CRS_NAMES.join(', ')}`, field: `${field}.crs` }));
      return null;
    }
    const implausible = coordinates.checkPlausible(value, box, field);
    this.problems.push(...implausible);
    return implausible.length > 0 ? null : rounded(coordinates.toWgs84({ longitude: value.longitude, latitude: value.latitude }, value.crs));
  }
}

// Nine decimals are a tenth of a millimetre: the same source told twice then compares equal after its conversion.
function rounded({ longitude, latitude }: Point): Point {
  return { longitude: Number(longitude.toFixed(9)), latitude: Number(latitude.toFixed(9)) };
}

function shown(value: unknown): string {
  return String(typeof value === 'object' ? JSON.stringify(value) : value).slice(0, 40);
}

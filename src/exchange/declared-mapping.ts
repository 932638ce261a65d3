import { coordinates, done, localTime, problem, refuse, type Crs, type Outcome, type Problem } from '../kernel/index.js';
import type { ImportKindName } from './import-kind.js';
import { fieldsOf } from './import-kinds.js';
import { CITY_CODE, canonicalMapping, readMapping, sourceProblem, type Mapping } from './mapping.js';
import { ENCODINGS, type Encoding } from './text-encoding.js';

/** What a caller says beside the mapping, by flag or by parameter; null where nothing is said. It wins over the mapping. */
export interface Declarations {
  readonly source: string | null;
  readonly city: string | null;
  readonly crs: string | null;
  readonly observedOn: string | null;
  readonly encoding: string | null;
  readonly sheet: string | null;
}

/** The mapping of a run: a file's text, or the template's where there is none, with what the caller declares. */
export function declaredMapping(kind: ImportKindName, text: string | null, declared: Declarations): Outcome<Mapping> {
  const base = text === null ? templateMapping(kind, declared.source) : readMapping(text, fieldsOf);
  if (!base.ok) return base;
  const problems: Problem[] = [];
  const unnamed = declared.source === null ? null : sourceProblem(declared.source);
  if (unnamed) problems.push(unnamed);
  if (base.value.kind !== kind) problems.push(problem('MAPPING_KIND', { zh: `映射属于 ${base.value.kind}，不能用于 ${kind}`, en: `the mapping is for ${base.value.kind}, not for ${kind}`, field: 'mapping' }));
  const crs = choiceOf<Crs>('crs', declared.crs, coordinates.CRS_NAMES, problems) ?? base.value.crs;
  const encoding = choiceOf<Encoding>('encoding', declared.encoding, ENCODINGS, problems) ?? base.value.encoding;
  const observedOn = dateOf(declared.observedOn, problems) ?? base.value.observedOn;
  const city = cityOf(declared.city, problems) ?? base.value.city;
  if (problems.length > 0) return refuse(problems);
  return done({ ...base.value, crs, encoding, observedOn, source: declared.source ?? base.value.source, city, sheet: declared.sheet ?? base.value.sheet });
}

function templateMapping(kind: ImportKindName, source: string | null): Outcome<Mapping> {
  if (source === null) return refuse(problem('SOURCE_UNDECLARED', { zh: '未声明数据来源：请用 --source / ?source= 或映射中的 source，编号在来源内唯一', en: "the source is not declared: use --source, ?source= or the mapping's source; codes are unique within it", field: 'source', clause: '3.1-2' }));
  return done(canonicalMapping(kind, source, fieldsOf(kind)));
}

function choiceOf<T extends string>(field: string, value: string | null, of: readonly T[], problems: Problem[]): T | null {
  if (value === null) return null;
  const plain = value.toUpperCase().replace(/^GB(K|2312)$/, 'GB18030').replace(/^UTF8$/, 'UTF-8');
  const found = of.find(each => each === plain || each.replace('-', '') === plain.replace('-', ''));
  if (found === undefined) problems.push(problem('UNKNOWN_VALUE', { zh: `${field} 为“${value}”，应为 ${of.join('、')} 之一`, en: `${field} is '${value}', not one of ${of.join(', ')}`, field }));
  return found ?? null;
}

function dateOf(value: string | null, problems: Problem[]): string | null {
  if (value === null) return null;
  const day = localTime.parseDay(value, 'observedOn');
  if (!day.ok) problems.push(...day.problems);
  return value;
}

function cityOf(value: string | null, problems: Problem[]): string | null {
  if (value === null || CITY_CODE.test(value)) return value;
  problems.push(problem('CITY_INVALID', { zh: `city 为“${value.slice(0, 40)}”，应为 6 位数字或大写字母，如 350500`, en: `city is '${value.slice(0, 40)}': write six digits or capital letters, as 350500`, field: 'city' }));
  return null;
}

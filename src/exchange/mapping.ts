import { createHash } from 'node:crypto';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { coordinates, done, problem, refuse, textProblem, type Crs, type Outcome, type Problem } from '../kernel/index.js';
import { IMPORT_KINDS, type FieldSpec, type ImportKindName } from './import-kind.js';
import type { Expression, Value } from './rules/expression.js';
import { mappingProblem } from './mapping-words.js';
import { ENCODINGS, type Encoding } from './text-encoding.js';

/** How one file's columns make drafts. */
export interface Mapping {
  readonly source: string;
  readonly kind: ImportKindName;
  readonly city: string | null;
  readonly crs: Crs | null;
  readonly observedOn: string | null;
  readonly encoding: Encoding | null;
  readonly delimiter: string | null;
  readonly sheet: string | null;
  /** Rows that agree in these columns and stand together make one draft; empty: every row makes its own. */
  readonly group: readonly string[];
  /** Rows are taken only where each of these columns holds one of the texts. */
  readonly only: Readonly<Record<string, readonly string[]>>;
  /** Drafts that stand before those of the file, such as the city above its districts. */
  readonly before: ReadonlyArray<Readonly<Record<string, Value>>>;
  readonly fields: ReadonlyMap<string, FieldMapping>;
  /** Whether columns are named as the fields are; unknown columns are then a mistake. */
  readonly isCanonical: boolean;
  readonly hash: string;
}

export interface FieldMapping {
  readonly expression: Expression;
  /** A value that cannot be read is left unknown with a finding, instead of refusing its row. */
  readonly isLenient: boolean;
}

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const texts = z.union([z.string().transform(text => [text]), z.array(z.coerce.string())]);
const column = z.strictObject({
  column: z.string(),
  empty: z.array(z.coerce.string()).default([]),
  part: z.strictObject({ by: z.string().min(1), index: z.number().int().min(0) }).nullable().default(null),
  values: z.record(z.string(), value).nullable().default(null),
  otherwise: value.optional(),
  scale: z.number().nullable().default(null),
});

const expression: z.ZodType<Expression, unknown> = z.lazy(() => z.union([
  z.string().transform((name): Expression => ({ column: name, empty: [], part: null, values: null, scale: null })),
  z.strictObject({ constant: value }),
  column,
  z.strictObject({ first: z.array(expression).min(1).max(10) }),
  z.strictObject({ join: z.array(expression).min(1).max(10), with: z.string().default(' ') }),
  z.strictObject({ sum: z.array(expression).min(1).max(10), minus: z.array(expression).max(10).default([]) }),
]));

const fieldMapping = z.unknown().transform((input, context): FieldMapping => {
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  const { lenient = false, ...rest } = (isObject ? input : {}) as { lenient?: unknown };
  const read = expression.safeParse(isObject ? rest : input);
  if (read.success && typeof lenient === 'boolean') return { expression: read.data, isLenient: lenient };
  context.addIssue({ code: 'custom', params: { zh: '须为列名，或 {column …}、{constant …}、{first …}、{join …}、{sum …} 之一', en: 'is a column name, or one of {column …}, {constant …}, {first …}, {join …}, {sum …}' } });
  return z.NEVER;
});

/** A city's code, as its root jurisdiction has it. */
export const CITY_CODE = /^[0-9A-Z]{6}$/;

const schema = z.strictObject({
  source: z.string().trim().superRefine((source, context) => {
    const wrong = sourceProblem(source);
    if (wrong) context.addIssue({ code: 'custom', params: { zh: `有误：${wrong.zh}`, en: `is wrong: ${wrong.en}` } });
  }),
  kind: z.enum(IMPORT_KINDS),
  city: z.string().regex(CITY_CODE).nullable().default(null),
  crs: z.enum(coordinates.CRS_NAMES).nullable().default(null),
  observedOn: z.iso.date().nullable().default(null),
  encoding: z.enum(ENCODINGS).nullable().default(null),
  delimiter: z.string().length(1).nullable().default(null),
  sheet: z.string().nullable().default(null),
  group: texts.default([]),
  only: z.record(z.string(), texts).default({}),
  before: z.array(z.record(z.string(), value)).max(100).default([]),
  fields: z.record(z.string(), fieldMapping),
});

export const MAPPING_BYTES = 64 * 1024;

/** A mapping's text from its bytes: UTF-8, for a name in another encoding would be kept as what it is not. */
export function mappingText(bytes: Buffer): Outcome<string> {
  try {
    return done(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // The decoder says no more than that it failed.
    return refuse(problem('MAPPING_NOT_UTF8', { zh: '映射文件不是 UTF-8：请另存为 UTF-8', en: 'the mapping is not UTF-8: save it as UTF-8', field: 'mapping' }));
  }
}

/** Reads a mapping file, YAML or JSON, and says all that is wrong with it at once, by its path in the file. */
export function readMapping(text: string, fieldsOf: (kind: ImportKindName) => readonly FieldSpec[]): Outcome<Mapping> {
  if (Buffer.byteLength(text) > MAPPING_BYTES) {
    return refuse(problem('MAPPING_TOO_LARGE', { zh: `映射文件超过 ${MAPPING_BYTES / 1024} kB`, en: `the mapping is larger than ${MAPPING_BYTES / 1024} kB` }));
  }
  let content: unknown;
  try {
    // Aliases are off: a few lines of them can unfold into gigabytes.
    content = parseYaml(text, { maxAliasCount: 0, schema: 'core' });
  } catch (error) {
    const line = (error as { linePos?: ReadonlyArray<{ line: number }> }).linePos?.[0]?.line ?? null;
    return refuse(problem('MAPPING_MALFORMED', { zh: `映射文件不是有效的 YAML 或 JSON${line === null ? '' : `，第 ${line} 行`}`, en: `the mapping is no valid YAML or JSON${line === null ? '' : `, line ${line}`}` }));
  }
  const read = schema.safeParse(content, { reportInput: true });
  if (!read.success) return refuse(read.error.issues.map(mappingProblem));
  const { fields, ...rest } = read.data;
  const unknown = unknownFields([...Object.keys(fields), ...rest.before.flatMap(draft => Object.keys(draft))], rest.kind, fieldsOf(rest.kind));
  if (unknown.length > 0) return refuse(unknown);
  return done({ ...rest, fields: new Map(Object.entries(fields)), isCanonical: false, hash: createHash('sha256').update(text).digest('hex') });
}

/** What is wrong with the name of a source, in the mapping or declared beside it: it is kept by all that came from there. */
export function sourceProblem(source: string): Problem | null {
  return textProblem(source, { zh: '数据来源', en: 'the source', field: 'source', minimum: 1, maximum: 100 });
}

/** The mapping of a file whose columns are named as the fields are, as in the template. */
export function canonicalMapping(kind: ImportKindName, source: string, fields: readonly FieldSpec[]): Mapping {
  const columns = fields.map(({ name }): [string, FieldMapping] => [name, { expression: { column: name, empty: [], part: null, values: null, scale: null }, isLenient: false }]);
  return { source, kind, city: null, crs: null, observedOn: null, encoding: null, delimiter: null, sheet: null, group: [], only: {}, before: [], fields: new Map(columns), isCanonical: true, hash: `canonical:${kind}` };
}

function unknownFields(names: readonly string[], kind: ImportKindName, fields: readonly FieldSpec[]): readonly Problem[] {
  const known = new Set(fields.map(field => field.name));
  return [...new Set(names)].filter(name => !known.has(name)).map(name => problem('MAPPING_FIELD_UNKNOWN', { zh: `映射中的字段“${name}”不是 ${kind} 的字段`, en: `the mapping fills '${name}', which is no field of ${kind}`, field: `mapping.fields.${name}` }));
}

import { problem, type CoordinateBox, type Problem } from '../../kernel/index.js';
import { DraftChecks } from './draft-checks.js';
import { JURISDICTION_KIND_WORDS, type JurisdictionKind } from './words.js';

/** A jurisdiction as a source tells it, in plain JSON; its boundary is carried beside it. */
export interface JurisdictionFacts {
  /** Code of the root jurisdiction; the root's own code for the root. */
  readonly city: string;
  /** National code of 6, 9 or 12 digits; an own code such as QZ-TIA for a development zone alone. */
  readonly code: string;
  readonly kind: JurisdictionKind;
  readonly name: string;
  /** null for the root alone. */
  readonly parentCode?: string | null;
  /** Absent: true for districts, counties and development zones. */
  readonly reportingUnit?: boolean;
  readonly responsibleBody?: string | null;
  /** Sub-districts whose figures a development zone reports; absent: as on record. */
  readonly memberCodes?: readonly string[] | null;
  readonly source: string;
  readonly sourceCode: string;
  readonly observedOn: string;
  /** With the root only: where the city's places may lie (G2), and its time zone. */
  readonly setting?: { readonly box: CoordinateBox; readonly zoneName: string } | null;
}

const NATIONAL_CODE = /^[1-9]\d{5}(\d{3}(\d{3})?)?$/;
const OWN_CODE = /^[A-Z0-9]{2,8}-[A-Z0-9-]{2,11}$/;
const REPORTING_KINDS: readonly JurisdictionKind[] = ['DISTRICT', 'COUNTY', 'DEVELOPMENT_ZONE'];

/** All that is wrong with a jurisdiction as told, without looking at others. */
export function checkJurisdiction(draft: JurisdictionFacts): readonly Problem[] {
  const checks = new DraftChecks();
  checks.word(JURISDICTION_KIND_WORDS, draft.kind, 'kind');
  checks.text(draft.name, 'name', 100);
  checks.text(draft.source, 'source', 100);
  checks.text(draft.sourceCode, 'sourceCode', 100);
  checks.optionalText(draft.responsibleBody, 'responsibleBody');
  checks.date(draft.observedOn, 'observedOn');
  const shape = draft.kind === 'DEVELOPMENT_ZONE' ? [NATIONAL_CODE, OWN_CODE] : [NATIONAL_CODE];
  if (!shape.some(pattern => pattern.test(draft.code))) {
    checks.add(problem('CODE_SHAPE', { zh: `编码“${draft.code}”须为 6、9 或 12 位国家行政区划代码；仅开发区可用自定编码，如 QZ-TIA`, en: `'${draft.code}' must be a national code of 6, 9 or 12 digits; only a development zone may have its own, as QZ-TIA`, field: 'code' }));
  }
  const isRoot = draft.code === draft.city;
  if (isRoot === (draft.parentCode != null)) {
    checks.add(isRoot
      ? problem('ROOT_WITH_PARENT', { zh: `城市 ${draft.code} 不应有上级 ${draft.parentCode}`, en: `the city ${draft.code} has no parent, not ${draft.parentCode}`, field: 'parentCode' })
      : problem('MISSING', { zh: `${draft.code} 缺少上级 parentCode`, en: `${draft.code} lacks its parentCode`, field: 'parentCode' }));
  }
  if (isRoot !== (draft.kind === 'CITY')) {
    checks.add(problem('ROOT_KIND', { zh: `只有城市本身（${draft.city}）的种类为 CITY`, en: `only the root, ${draft.city}, is of the kind CITY`, field: 'kind' }));
  }
  if (draft.memberCodes && draft.kind !== 'DEVELOPMENT_ZONE') {
    checks.add(problem('MEMBERS_OF_DIVISION', { zh: '只有开发区可列出所含街道', en: 'only a development zone lists member sub-districts', field: 'memberCodes', clause: '0-1' }));
  }
  return checks.problems;
}

export function isReportingUnit(draft: JurisdictionFacts): boolean {
  return draft.reportingUnit ?? REPORTING_KINDS.includes(draft.kind);
}

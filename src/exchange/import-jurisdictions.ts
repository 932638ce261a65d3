import { registerJurisdictions, type JurisdictionDraft, words } from '../facilities/index.js';
import { DraftBuilder } from './draft-builder.js';
import { resultOf } from './draft-result.js';
import type { BuiltDraft, FieldSpec, FieldValues, ImportContext, ImportKind } from './import-kind.js';
import type { SourceGeometry } from './source-row.js';

const number = { kind: 'NUMBER' } as const;

/** The columns of a table of jurisdictions; a boundary comes as the geometry of a GeoJSON feature. */
const jurisdictionFields: readonly FieldSpec[] = [
  { name: 'code', type: { kind: 'CODE' }, isRequired: true, zh: '国家行政区划代码，或开发区的自定编码', en: 'national code, or the own code of a development zone', example: '350503' },
  { name: 'name', type: { kind: 'TEXT' }, isRequired: true, zh: '名称', en: 'name', example: '示例区' },
  { name: 'kind', type: { kind: 'CHOICE', of: Object.keys(words.JURISDICTION_KIND_WORDS) }, isRequired: true, zh: '种类', en: 'kind', example: 'DISTRICT' },
  { name: 'parentCode', type: { kind: 'CODE' }, zh: '上级代码；城市为空', en: 'code of the parent; empty for the city', example: '350500' },
  { name: 'city', type: { kind: 'CODE' }, zh: '根行政区代码；空则取映射中的 city', en: "code of the root; the mapping's city where empty", example: '350500' },
  { name: 'observedOn', type: { kind: 'DATE' }, zh: '数据日期；空则取映射中的 observedOn', en: "day of the figure; the mapping's observedOn where empty", example: '2023-06-30' },
  { name: 'responsibleBody', type: { kind: 'TEXT' }, zh: '责任单位', en: 'responsible body', example: '' },
  { name: 'isReportingUnit', type: { kind: 'YES_NO' }, zh: '是否报告单位；空则按种类', en: 'whether it reports figures; by its kind where empty', example: '' },
  { name: 'memberCodes', type: { kind: 'TEXTS' }, isGathered: true, zh: '开发区所含街道乡镇代码，以分号分隔', en: 'codes of the sub-districts of a development zone, behind semicolons', example: '' },
  { name: 'zoneName', type: { kind: 'TEXT' }, zh: '仅城市：IANA 时区', en: 'of the city alone: IANA time zone', example: '' },
  { name: 'minLongitude', type: number, zh: '仅城市：坐标合理范围', en: 'of the city alone: where its places may lie', example: '' },
  { name: 'maxLongitude', type: number, zh: '同上', en: 'likewise', example: '' },
  { name: 'minLatitude', type: number, zh: '同上', en: 'likewise', example: '' },
  { name: 'maxLatitude', type: number, zh: '同上', en: 'likewise', example: '' },
];

/** Jurisdictions from a table, their boundaries from GeoJSON (0-1, 3.1-4). */
export const jurisdictionImport: ImportKind<JurisdictionDraft> = {
  name: 'jurisdictions',
  fields: jurisdictionFields,
  build: buildJurisdiction,
  async write(unit, drafts, runId) {
    const outcomes = await registerJurisdictions(unit, drafts, { recordedBy: runId });
    return outcomes.map(outcome => resultOf(outcome));
  },
};

function buildJurisdiction(values: FieldValues, context: ImportContext, geometry: SourceGeometry | null): BuiltDraft<JurisdictionDraft> {
  const builder = new DraftBuilder(values);
  const take = builder.take.bind(builder);
  const code = take<string>('code') ?? '';
  const city = take<string>('city') ?? context.city ?? '';
  const members = take<readonly string[]>('memberCodes');
  const isReportingUnit = take<boolean>('isReportingUnit', 'reportingUnit');
  const draft: JurisdictionDraft = {
    city,
    code,
    kind: take<JurisdictionDraft['kind']>('kind')!,
    name: take<string>('name') ?? '',
    parentCode: take('parentCode'),
    ...(isReportingUnit === null ? {} : { reportingUnit: isReportingUnit }),
    responsibleBody: take('responsibleBody'),
    ...(members === null || members.length === 0 ? {} : { memberCodes: members }),
    source: context.source,
    sourceCode: code,
    observedOn: take<string>('observedOn') ?? context.observedOn ?? '',
    setting: settingOf(builder),
    ...(geometry === null || geometry.type === 'Point' ? {} : { boundary: { geometry, crs: context.crs } }),
  };
  return { draft, key: JSON.stringify([city, code]), fieldOfPath: builder.fieldOfPath, findings: [] };
}

function settingOf(builder: DraftBuilder): JurisdictionDraft['setting'] {
  const zoneName = builder.take<string>('zoneName');
  const [minLongitude, maxLongitude] = [builder.take<number>('minLongitude'), builder.take<number>('maxLongitude')];
  const [minLatitude, maxLatitude] = [builder.take<number>('minLatitude'), builder.take<number>('maxLatitude')];
  if (zoneName === null || minLongitude === null || maxLongitude === null || minLatitude === null || maxLatitude === null) return null;
  return { box: { minLongitude, maxLongitude, minLatitude, maxLatitude }, zoneName };
}

import { SPACE_CLASSES } from '../sharing/index.js';
import { STATUS_WORDS, words } from '../facilities/index.js';
import type { FieldSpec } from './import-kind.js';
import type { FieldType } from './rules/field-types.js';

const choice = (words: Readonly<Record<string, string>>): FieldType => ({ kind: 'CHOICE', of: Object.keys(words) });
const text: FieldType = { kind: 'TEXT' };
const code: FieldType = { kind: 'CODE' };
const yesNo: FieldType = { kind: 'YES_NO' };
const integer: FieldType = { kind: 'INTEGER' };
const date: FieldType = { kind: 'DATE' };

const CLASS_NAMES = { STANDARD: ['standard', '标准'], CHARGING: ['charging', '充电'], ACCESSIBLE: ['accessible', '无障碍'], LARGE: ['large', '大型'], MECHANICAL: ['mechanical', '机械'] } as const;

/** The two columns of a space class: its spaces in all, and those that may be lent. */
export const capacityFields = SPACE_CLASSES.map(spaceClass => ({ spaceClass, total: `${CLASS_NAMES[spaceClass][0]}Spaces`, shareable: `${CLASS_NAMES[spaceClass][0]}Shareable` }));

const capacitySpecs = capacityFields.flatMap(({ spaceClass, total, shareable }): FieldSpec[] => {
  const [en, zh] = CLASS_NAMES[spaceClass];
  const example = spaceClass === 'STANDARD' ? ['120', '40'] as const : ['', ''] as const;
  return [
    { name: total, type: integer, zh: `${zh}泊位总数；一个泊位只计入一类`, en: `${en} spaces in all; a space counts in one class only`, example: example[0] },
    { name: shareable, type: integer, zh: `其中可共享数；空为未查明`, en: `of these, fit to be shared; empty is not yet known`, example: example[1] },
  ];
});

/** The columns of a table of facilities, in the template's order. */
export const facilityFields: readonly FieldSpec[] = [
  { name: 'sourceCode', type: code, isRequired: true, zh: '来源系统中的编号，与来源一起唯一', en: "the source's own number; unique together with the source", example: 'P-0017' },
  { name: 'name', type: text, isRequired: true, zh: '名称', en: 'name', example: '示例停车场' },
  { name: 'address', type: text, zh: '地址', en: 'address', example: '示例路 1 号' },
  { name: 'code', type: code, zh: '公开编号，城市内唯一；空则生成', en: 'public code, unique in the city; made where empty', example: '' },
  { name: 'city', type: code, zh: '根行政区代码；空则取映射中的 city', en: "code of the root jurisdiction; the mapping's city where empty", example: '350500' },
  { name: 'observedOn', type: date, zh: '调查或更正日期；空则取映射中的 observedOn', en: "day of the survey or correction; the mapping's observedOn where empty", example: '2026-01-31' },
  { name: 'category', type: choice(words.CATEGORY_WORDS), isRequired: true, zh: '共享类别（政策六类）', en: 'sharing category, one of the six', example: 'SOCIAL_PUBLIC' },
  { name: 'sector', type: choice(words.SECTOR_WORDS), zh: '单位性质；空记为 OTHER 并提示', en: 'sector; OTHER with a finding where empty', example: 'OTHER' },
  { name: 'sectorReason', type: text, zh: '单位性质的认定理由', en: 'why this sector', example: '' },
  { name: 'resourceKind', type: choice(words.RESOURCE_KIND_WORDS), isRequired: true, zh: '设施类型', en: 'kind of resource', example: 'PUBLIC' },
  { name: 'ownership', type: choice(words.OWNERSHIP_WORDS), zh: '产权性质', en: 'ownership', example: '' },
  { name: 'managementMode', type: choice(words.MANAGEMENT_MODE_WORDS), zh: '管理方式', en: 'management mode', example: '' },
  { name: 'ownerCode', type: code, zh: '产权人：pty_ 标识，或来源中的主体编号', en: "owner: a pty_ id, or the source's code of a party", example: '' },
  { name: 'managerCode', type: code, zh: '管理人，写法同上', en: 'manager, likewise', example: '' },
  { name: 'operatorCode', type: code, zh: '经营人，写法同上', en: 'operator, likewise', example: '' },
  { name: 'jurisdictionCode', type: code, zh: '行政区代码；空则按边界判定', en: 'administrative division; found by boundary where empty', example: '350503001' },
  { name: 'reportingUnitCode', type: code, zh: '报告单位；空则按行政区推定', en: 'reporting unit; derived from the division where empty', example: '' },
  { name: 'longitude', type: { kind: 'NUMBER' }, zh: '经度（度），坐标系须声明', en: 'longitude in degrees, of the declared system', example: '118.600703' },
  { name: 'latitude', type: { kind: 'NUMBER' }, zh: '纬度（度）', en: 'latitude in degrees', example: '24.899045' },
  { name: 'zoneName', type: text, zh: 'IANA 时区；空则取城市的时区', en: "IANA time zone; the city's where empty", example: '' },
  { name: 'closesAt', type: { kind: 'TIME' }, zh: '每日闭店时刻 HH:MM', en: 'closing time of every day, HH:MM', example: '' },
  ...capacitySpecs,
  { name: 'planningRequiredSpaces', type: integer, zh: '规划要求的公共泊位数', en: 'public spaces required by planning', example: '' },
  { name: 'registrationNo', type: text, zh: '经营登记编号', en: 'registration number', example: '' },
  { name: 'registrationIssuedBy', type: text, zh: '登记机关', en: 'who registered it', example: '' },
  { name: 'registrationValidToOn', type: date, zh: '登记有效期至', en: 'last day of the registration', example: '' },
  { name: 'registrationStatus', type: choice(words.REGISTRATION_STATUS_WORDS), zh: '登记状态', en: 'state of the registration', example: '' },
  { name: 'insured', type: yesNo, zh: '是否投保', en: 'insured', example: '是' },
  { name: 'militaryLinked', type: yesNo, zh: '是否涉军', en: 'linked to the military', example: '' },
  { name: 'restricted', type: yesNo, zh: '是否受限（公众只见出入口）', en: 'restricted: the public sees its entrance only', example: '' },
  { name: 'civilDefence', type: yesNo, zh: '是否人防工程', en: 'a civil defence work', example: '' },
  { name: 'cameraCovered', type: yesNo, zh: '是否有视频监控', en: 'covered by cameras', example: '' },
  { name: 'status', type: choice(STATUS_WORDS), zh: '状态；空则沿用，新设施为 OPEN', en: 'status; kept where empty, OPEN for a new one', example: '' },
  { name: 'statusReason', type: text, zh: '状态理由', en: 'reason of the status', example: '' },
  { name: 'acceptanceRequired', type: yesNo, zh: '是否须验收', en: 'whether acceptance is required', example: '' },
  { name: 'acceptanceReference', type: text, zh: '验收文号', en: 'reference of the acceptance', example: '' },
  { name: 'acceptedOn', type: date, zh: '验收日期', en: 'day of the acceptance', example: '' },
  { name: 'vehicleEntrances', type: { kind: 'POINTS' }, zh: '机动车出入口：经度 纬度；以分号分隔', en: "vehicle entrances: 'longitude latitude', behind semicolons", example: '118.600912 24.899101' },
  { name: 'pedestrianEntrances', type: { kind: 'POINTS' }, zh: '人行出入口，写法同上', en: 'pedestrian entrances, likewise', example: '' },
];

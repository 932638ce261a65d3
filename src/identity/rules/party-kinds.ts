import type { ActorFamily, Role } from './roles.js';
import { ROLES } from './roles.js';

interface KindTerms {
  readonly zh: string;
  readonly en: string;
  readonly families: readonly ActorFamily[];
  /** 机关、事业单位: a delegation by it is bought under the Procurement Law (3.5-2). */
  readonly buysByProcurement: boolean;
}

/** Every kind of party, with the families of the policy it may act in (1-4). */
export const PARTY_KINDS = {
  AGENCY: { zh: '机关', en: 'government agency', families: ['GOVERNMENT', 'COMMUNITY'], buysByProcurement: true },
  PUBLIC_INSTITUTION: { zh: '事业单位', en: 'public institution', families: ['COMMUNITY'], buysByProcurement: true },
  STATE_OWNED_ENTERPRISE: { zh: '国有企业', en: 'state-owned enterprise', families: ['COMMUNITY', 'MARKET_OPERATOR'], buysByProcurement: false },
  ENTERPRISE: { zh: '企业', en: 'enterprise', families: ['COMMUNITY', 'MARKET_OPERATOR'], buysByProcurement: false },
  PROPERTY_MANAGER: { zh: '物业服务人', en: 'property manager', families: ['COMMUNITY', 'MARKET_OPERATOR'], buysByProcurement: false },
  OWNERS_ASSEMBLY: { zh: '业主大会', en: "owners' assembly", families: ['COMMUNITY'], buysByProcurement: false },
  STREET_OFFICE: { zh: '街道办事处（乡镇人民政府）', en: 'sub-district office or township government', families: ['GOVERNMENT', 'COMMUNITY'], buysByProcurement: true },
  AUTHORITY: { zh: '主管部门', en: 'department in charge', families: ['GOVERNMENT', 'COMMUNITY'], buysByProcurement: true },
  OPERATOR: { zh: '停车运营企业', en: 'parking operator', families: ['MARKET_OPERATOR'], buysByProcurement: false },
  PERSON: { zh: '个人', en: 'person', families: ['INDIVIDUAL'], buysByProcurement: false },
} as const satisfies Readonly<Record<string, KindTerms>>;

export type PartyKind = keyof typeof PARTY_KINDS;

/** The departments whose support the policy names (4.2-1), with the city's digital office and the treasury (四（三）, 四（五）). */
export const DEPARTMENTS = {
  DEVELOPMENT_REFORM: { zh: '发改（价格）', en: 'development and reform, in charge of prices' },
  PUBLIC_SECURITY: { zh: '公安（交警）', en: 'public security, traffic police' },
  NATURAL_RESOURCES: { zh: '资源规划', en: 'natural resources and planning' },
  HOUSING: { zh: '住建', en: 'housing and construction' },
  MARKET_REGULATION: { zh: '市场监管', en: 'market regulation' },
  URBAN_MANAGEMENT: { zh: '城管', en: 'urban management' },
  CIVIL_DEFENCE: { zh: '人防', en: 'civil defence' },
  DIGITAL: { zh: '数字办', en: 'digital office' },
  FINANCE: { zh: '财政', en: 'finance, the treasury' },
} as const;

export type Department = keyof typeof DEPARTMENTS;

/** Whether a role can be held in a party of this kind: nobody is an officer of a company. */
export function roleFits(role: Role, kind: PartyKind): boolean {
  const { family, scope } = ROLES[role];
  if (role === 'STREET_OFFICER') return kind === 'STREET_OFFICE';
  if (scope !== 'PARTY') return kind === 'AUTHORITY';
  return PARTY_KINDS[kind].families.some(known => known === family);
}

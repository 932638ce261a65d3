import { ACTIONS, type Action } from './actions.js';

/** The four families that the policy makes act together: 政府引导、市场运作、社会参与、个人自律 (1-4). */
export const ACTOR_FAMILIES = {
  GOVERNMENT: { zh: '政府引导：市、县、街道及各主管部门', en: 'government: city, county, street office and the departments in charge' },
  MARKET_OPERATOR: { zh: '市场运作：停车企业与合作应用', en: 'the market: parking companies and partner applications' },
  COMMUNITY: { zh: '社会参与：机关、事业单位、企业、物业与业主大会', en: 'society: institutions, companies, property managers and owners’ assemblies that lend their spaces' },
  INDIVIDUAL: { zh: '个人自律：泊位所有人与驾驶人', en: 'individuals: owners of a space and drivers' },
} as const;

export type ActorFamily = keyof typeof ACTOR_FAMILIES;

interface RoleTerms {
  readonly family: ActorFamily;
  readonly zh: string;
  readonly en: string;
  /** A role of government stands only within a jurisdiction; one of a supplier only for its party. */
  readonly scope: 'JURISDICTION' | 'PARTY' | 'PLATFORM';
  readonly actions: readonly Action[];
}

/** What a supplier may do with what is its own. */
const LENDING = ['party:read', 'notice:read', 'facility:read', 'facility:write', 'window:read', 'window:publish', 'window:suspend', 'tariff:publish', 'proof:record', 'import:run', 'import:read', 'occupancy:report', 'occupancy:read', 'availability:read-exact', 'reservation:read', 'gate:operate', 'session:read', 'terms:write'] as const;

/** Every role, and all it may do. Administration, security and audit are three roles apart (GB/T 22239 8.1.4.2). */
export const ROLES = {
  PLATFORM_ADMINISTRATOR: {
    family: 'GOVERNMENT', scope: 'PLATFORM', zh: '系统管理员', en: 'administrator of the platform',
    actions: ['platform:operate', 'notice:read', 'party:read', 'party:write', 'jurisdiction:write', 'facility:write', 'calendar:write', 'import:run', 'import:read', 'occupancy:read', 'payment:read', 'payment:resolve', 'charge:read', 'settlement:read', 'revenue:write'],
  },
  SECURITY_ADMINISTRATOR: {
    family: 'GOVERNMENT', scope: 'PLATFORM', zh: '安全管理员', en: 'security administrator',
    actions: ['party:read', 'notice:read', 'membership:write', 'delegation:write', 'key:read', 'key:issue', 'key:rotate'],
  },
  AUDITOR: { family: 'GOVERNMENT', scope: 'PLATFORM', zh: '审计员', en: 'auditor', actions: ['audit:read', 'notice:read', 'party:read', 'import:read', 'payment:read', 'charge:read', 'settlement:read', 'ledger:check'] },
  AUTHORITY_OFFICER: {
    family: 'GOVERNMENT', scope: 'JURISDICTION', zh: '主管部门工作人员', en: 'officer of a department in charge',
    actions: ['party:read', 'notice:read', 'party:write', 'driver:sign-up', 'driver:leave', 'delegation:write', 'facility:write', 'window:suspend', 'tariff:publish', 'proof:record', 'terms:write', 'calendar:write', 'import:run', 'import:read', 'occupancy:read', 'availability:read-exact', 'payment:read', 'payment:resolve', 'charge:read', 'settlement:read', 'revenue:write', 'cost:record'],
  },
  STREET_OFFICER: {
    family: 'GOVERNMENT', scope: 'JURISDICTION', zh: '街道（乡镇）工作人员', en: 'officer of a sub-district or township',
    actions: ['party:read', 'notice:read', 'party:write', 'facility:write', 'proof:record', 'import:run', 'import:read', 'occupancy:read', 'availability:read-exact'],
  },
  PERSONAL_DATA_OFFICER: {
    family: 'GOVERNMENT', scope: 'JURISDICTION', zh: '个人信息保护负责人', en: 'officer in charge of personal data',
    actions: ['party:read', 'notice:read', 'personal:read-clear', 'driver:erase'],
  },
  FACILITY_OPERATOR: {
    family: 'MARKET_OPERATOR', scope: 'PARTY', zh: '停车运营企业', en: 'operator of facilities',
    actions: [...LENDING, 'key:read', 'key:issue', 'key:rotate', 'payment:read', 'payment:resolve', 'payment:pay', 'charge:read', 'settlement:read', 'invoice:request', 'invoice:issue', 'cost:record'],
  },
  PARTNER_APP: { family: 'MARKET_OPERATOR', scope: 'PARTY', zh: '合作应用', en: 'partner application', actions: ['party:read', 'driver:sign-up', 'driver:leave', 'driver:erase', 'search:nearby', 'availability:read', 'notice:read', 'key:read', 'key:rotate', 'payment:read', 'payment:pay', 'reservation:read', 'reservation:write', 'session:read', 'charge:read', 'invoice:request'] },
  SUPPLIER: { family: 'COMMUNITY', scope: 'PARTY', zh: '共享供给方', en: 'party that lends its spaces', actions: [...LENDING, 'delegation:write', 'membership:write', 'payment:read', 'charge:read', 'settlement:read', 'invoice:issue', 'cost:record'] },
  PROPERTY_MANAGER: { family: 'COMMUNITY', scope: 'PARTY', zh: '物业服务人', en: 'property manager', actions: [...LENDING, 'charge:read', 'settlement:read', 'invoice:issue', 'cost:record'] },
  SPACE_OWNER: { family: 'INDIVIDUAL', scope: 'PARTY', zh: '泊位所有人', en: 'owner of a space', actions: ['party:read', 'notice:read', 'facility:read', 'window:read', 'window:publish', 'tariff:publish', 'charge:read', 'settlement:read', 'invoice:issue'] },
  DRIVER: { family: 'INDIVIDUAL', scope: 'PARTY', zh: '驾驶人', en: 'driver', actions: ['party:read', 'driver:leave', 'driver:erase', 'notice:read', 'search:nearby', 'availability:read', 'payment:read', 'payment:pay', 'reservation:read', 'reservation:write', 'session:read', 'charge:read', 'invoice:request'] },
} as const satisfies Readonly<Record<string, RoleTerms>>;

export type Role = keyof typeof ROLES;

export function isRole(text: string): text is Role {
  return Object.hasOwn(ROLES, text);
}

/** All that a role may do: its own actions and those that are open to everybody. */
export function actionsOf(role: Role): readonly Action[] {
  const open = (Object.keys(ACTIONS) as Action[]).filter(action => ACTIONS[action].anonymous);
  return [...new Set<Action>([...ROLES[role].actions, ...open])];
}

import { isRefusal, type Outcome } from '../../src/kernel/index.js';
import { registerFacilities, registerJurisdictions, type FacilityDraft, type JurisdictionDraft, type RegisteredFacility } from '../../src/facilities/index.js';
import { transaction, type RequestScope } from '../../src/platform/index.js';

const square = (west: number, south: number, size: number) => ({
  crs: 'WGS84' as const,
  geometry: { type: 'Polygon', coordinates: [[[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]] },
});

const told = { city: '350500', source: 'MZ', observedOn: '2026-01-01' };

/** A small Quanzhou: two districts, three sub-districts, and a development zone that counts one of them. */
export const DIVISIONS: readonly JurisdictionDraft[] = [
  { ...told, code: '350500', kind: 'CITY', name: '泉州市', sourceCode: '350500' },
  { ...told, code: '350503', kind: 'DISTRICT', name: '丰泽区', parentCode: '350500', sourceCode: '350503', boundary: square(118.6, 24.85, 0.1) },
  { ...told, code: '350503001', kind: 'SUB_DISTRICT', name: '东湖街道', parentCode: '350503', sourceCode: '350503001', boundary: square(118.6, 24.85, 0.05) },
  { ...told, code: '350521', kind: 'COUNTY', name: '惠安县', parentCode: '350500', sourceCode: '350521', boundary: square(118.7, 24.85, 0.2) },
  { ...told, code: '350521101', kind: 'TOWNSHIP', name: '洛阳镇', parentCode: '350521', sourceCode: '350521101', boundary: square(118.7, 24.85, 0.05) },
  { ...told, code: '350521102', kind: 'TOWNSHIP', name: '螺城镇', parentCode: '350521', sourceCode: '350521102', boundary: square(118.8, 24.95, 0.05) },
  { ...told, code: 'QZ-TIA', kind: 'DEVELOPMENT_ZONE', name: '泉州台商投资区', parentCode: '350500', sourceCode: 'QZ-TIA', memberCodes: ['350521101'], responsibleBody: '台商投资区管委会' },
];

/** A plain public car park; say what differs. */
export function facilityDraft(sourceCode: string, differs: Partial<FacilityDraft> = {}): FacilityDraft {
  return {
    city: '350500', source: '普查2026', sourceCode, observedOn: '2026-01-10', name: `东湖停车场${sourceCode}`, address: '东湖街 1 号', category: 'SOCIAL_PUBLIC', sector: 'OTHER',
    resourceKind: 'PUBLIC', jurisdictionCode: '350503001', coordinate: { longitude: 118.62, latitude: 24.87, crs: 'WGS84' },
    zones: [{ capacity: [{ spaceClass: 'STANDARD', total: 100, shareable: 40 }, { spaceClass: 'CHARGING', total: 10 }] }],
    ...differs,
  };
}

/** The value of an outcome that must be one. */
export function valueOf<T>(outcome: Outcome<T> | undefined): T {
  if (!outcome || isRefusal(outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

/** Registers in one transaction and commits what is sound, as an import of valid rows does. */
export async function register(scope: RequestScope, ...drafts: FacilityDraft[]): Promise<ReadonlyArray<Outcome<RegisteredFacility>>> {
  return valueOf(await transaction(scope, async unit => ({ ok: true as const, value: await registerFacilities(unit, drafts) })));
}

export async function registerDivisions(scope: RequestScope, drafts: readonly JurisdictionDraft[] = DIVISIONS) {
  return valueOf(await transaction(scope, async unit => ({ ok: true as const, value: await registerJurisdictions(unit, drafts) })));
}

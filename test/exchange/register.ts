import type { RequestScope } from '../../src/platform/index.js';
import { reportOf, templateMapping } from './importing.js';

/** Quanzhou with two districts, as every test of this room needs it. */
export async function registerQuanzhou(scope: RequestScope): Promise<void> {
  const report = await reportOf(scope, templateMapping('jurisdictions', { source: 'nbs' }), table('code,name,kind,parentCode', '350500,泉州市,CITY,', '350502,鲤城区,DISTRICT,350500', '350503,丰泽区,DISTRICT,350500'));
  if (report.created !== 3) throw new Error(JSON.stringify(report.problems));
}

/** A CSV of a heading and rows. */
export function table(...lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

export const HEADING = 'sourceCode,name,category,sector,resourceKind,jurisdictionCode,longitude,latitude,standardSpaces';

/** A sound row of facilities, with what a test makes different. */
export function facility(sourceCode: string, different: Partial<Record<'name' | 'category' | 'sector' | 'resourceKind' | 'jurisdictionCode' | 'longitude' | 'latitude' | 'standardSpaces', string>> = {}): string {
  const row = { name: `停车场${sourceCode}`, category: 'SOCIAL_PUBLIC', sector: 'PARK', resourceKind: 'PUBLIC', jurisdictionCode: '350503', longitude: '118.600703', latitude: '24.899045', standardSpaces: '120', ...different };
  return [sourceCode, row.name, row.category, row.sector, row.resourceKind, row.jurisdictionCode, row.longitude, row.latitude, row.standardSpaces].join(',');
}

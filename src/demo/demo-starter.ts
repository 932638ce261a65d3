import type { Services } from '../platform/index.js';
import { findLocalProvider } from '../billing/index.js';
import { demoKeys } from './demo-key.js';
import { loadDemoCity } from './load-demo-city.js';
import { BELL_TOWER } from './rules/neighbourhoods.js';

/** Asks for what can be used right now; key-area car parks round the bell tower lend all day, so there is always an answer. */
const QUERY = `{ nearbyFacilities(near: {coordinate: {longitude: ${BELL_TOWER.longitude}, latitude: ${BELL_TOWER.latitude}, crs: WGS84}}, radiusMetres: 500, first: 3) { edges { distanceMetres walkingMetres node { name category } availability { state free } windows { name startsAt endsAt } } } }`;

/**
 * Loads the demo city where the configuration asks for it, by default on the embedded database alone, and answers the
 * lines to print: what stands there, and a query to paste. '{address}' is where the server listens.
 */
export async function demoStarter(services: Services): Promise<readonly string[]> {
  const { configuration, database } = services;
  if (!(configuration.DEMO_CITY ?? database.backEnd === 'EMBEDDED')) return [];
  const summary = await loadDemoCity(services, { seed: configuration.DEMO_SEED });
  const { partner: key, gate } = await demoKeys(services);
  const loaded = summary.isNew ? `：${summary.facilities} 处停车设施、${summary.windows} 个共享时段` : '';
  return [
    `演示城市 demo city${loaded}，全部为虚构数据 all of it synthetic`,
    `  密钥 key        ${key}`,
    `  试一试 try      curl -s {address}/graphql -H 'content-type: application/json' -H 'authorization: Bearer ${key}' -d '${JSON.stringify({ query: QUERY })}'`,
    `  道闸 gate       ${gate}`,
    ...(findLocalProvider(services) ? ['  付款 pay        模拟支付，不动真钱 play money：POST {address} + payCharge { instructions { codeUrl } }'] : []),
    '  潮汐 tides      npm run -s chaowei -- demo feed --url {address}   然后看 then look at {address}/wall',
  ];
}

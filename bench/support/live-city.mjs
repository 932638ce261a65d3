import { prove, seedCity } from '../nearby/seed.mjs';
import { environmentOf, prepareCity } from './city.mjs';
import { openCluster } from './cluster.mjs';
import { product } from './servers.mjs';
import { write } from './report.mjs';

const SEED = 2022;

/**
 * A durable cluster with a city whose facilities are open at every hour, have one space class and are operated by the
 * party of the key, so that it may report them.
 * @returns {Promise<{ cluster: import('./cluster.mjs').Cluster, environment: Record<string, string>, key: string, partyId: string }>}
 */
export async function openLiveCity(facilities, stops, scopes = ['facility:read', 'availability:read', 'occupancy:report', 'occupancy:read']) {
  const cluster = await openCluster({ isDurable: true });
  stops.push(() => cluster.stop());
  const environment = environmentOf(cluster);
  const [{ upsertSearch }, { refreshSearch }] = await Promise.all(['facilities/search.sql.js', 'sharing/refresh-search.js'].map(product));
  const fill = async (client, { partyId }) => {
    await seedCity(client, { facilities, seed: SEED, upsertSearch, hasWindowRows: true, isAlwaysOpen: true, spaceClasses: ['STANDARD'] });
    write(`${await prove(client, { facilities, upsertSearch, refreshSearch })} search rows equal what the application writes`);
    await operate(client, partyId);
  };
  return { cluster, environment, ...(await prepareCity({ environment, databaseUrl: cluster.databaseUrl, facilities, scopes, fill })) };
}

/** The seeding writes past the triggers, so what they would have done is done here at once. */
async function operate(client, partyId) {
  await client.query('set session_replication_role = replica');
  await client.query('update facility set operator_party_id = $1', [partyId]);
  await client.query(`insert into live_facility (city, facility_id, look_at) select city, facility_id, '-infinity' from facility_search on conflict do nothing`);
  await client.query('set session_replication_role = origin');
  await client.query('vacuum analyze');
}

/** Facilities whose figure everybody may see at once: open, and no government compound. */
export async function openPlaces(client) {
  const { rows } = await client.query(`select id as "facilityId", longitude, latitude from facility where status = 'OPEN' and category <> 'INSTITUTION' order by id`);
  return rows;
}

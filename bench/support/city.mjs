import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { product } from './servers.mjs';
import { shown, write } from './report.mjs';

/** What the product's processes read from the environment in a cluster. */
export function environmentOf(cluster) {
  return { DATABASE_URL: cluster.databaseUrl, REDIS_URL: cluster.redisUrl, SEALING_KEYS: `bench:${randomBytes(32).toString('base64')}`, LOOKUP_KEY: randomBytes(32).toString('base64'), LOG_LEVEL: 'warn' };
}

/**
 * Migrates an empty cluster, registers a party with a key of the class that is not counted, and fills the city.
 * @param {{ environment: Record<string, string>, databaseUrl: string, facilities: number, scopes: readonly string[], fill(client: pg.Client, city: { partyId: string }): Promise<void> }} plan
 * @returns {Promise<{ key: string, partyId: string }>}
 */
export async function prepareCity({ environment, databaseUrl, facilities, scopes, fill }) {
  const startedAt = performance.now();
  const [{ RequestScope, migrate, readConfiguration, transaction }, { closeServices, openServices }, { rooms }, { issueApiKey, registerParty, systemViewer }, { seedWorkCalendar }] = await Promise.all(
    ['platform/index.js', 'server/open-services.js', 'server/rooms.js', 'identity/index.js', 'sharing/index.js'].map(product),
  );
  const { migrations } = await import(new URL('../../dist/migrations/index.js', import.meta.url).href);
  const services = await openServices(readConfiguration(environment), rooms);
  const scope = new RequestScope(services, systemViewer, 'en', 'bench');
  try {
    await migrate(services.database, migrations);
    await transaction(scope, async unit => {
      await seedWorkCalendar(unit, unit.now);
      return { ok: true, value: null };
    });
    const { value: { partyId } } = await registerParty(scope, { kind: 'ENTERPRISE', name: 'bench' });
    const issued = await issueApiKey(scope, { partyId, name: 'bench', scopes, limitClass: 'BENCH' });
    await connected(databaseUrl, client => fill(client, { partyId }));
    write(`${facilities.toLocaleString('en')} facilities seeded in ${shown((performance.now() - startedAt) / 1_000, 0)} s`);
    return { key: issued.value.secret, partyId };
  } finally {
    await closeServices(services);
  }
}

/** Lends a connection for as long as the work takes. */
export async function connected(connectionString, work) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

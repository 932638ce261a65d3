import { createClient } from '@redis/client';
import { benchFile, productFile, startServer } from '../support/servers.mjs';
import { PEER_SUBSCRIPTION, SUBSCRIPTION, channelOf, published } from './change.mjs';
import { openReporter } from './product.mjs';

/**
 * @typedef {{ name: string, pid: number, port: number, query: string, init: object, hasOwnIds: boolean, hasSnapshot: boolean, versions(): number[] | null, publish(indexes: readonly number[]): Promise<void> }} Contender
 * `publish` makes one change of each facility told and settles when the changes are on their way. `versions` answers the
 * versions that were published, where the publisher decides them.
 */

const PEER_KEY = 'bench';

/** Starts each contender afresh: nothing of one session is left in the memory of the next. */
export const CONTENDERS = {
  'floor-raw': plan => startFloor(plan, false),
  'floor-gathered': plan => startFloor(plan, true),
  stock: startStock,
  chaowei: startProduct,
};

async function startFloor(plan, gathers) {
  const { environment, places, stops } = plan;
  const facilities = JSON.stringify(places.map(({ facilityId, longitude, latitude }) => [facilityId, longitude, latitude]));
  const server = await startServer({ name: 'floor', file: benchFile('fan-out/floor.mjs'), environment: { ...environment, FLOOR_GATHERS: gathers ? '1' : '0', FLOOR_FACILITIES: facilities }, stops });
  return { ...server, ...(await redisPublisher(plan)), query: PEER_SUBSCRIPTION, init: {}, hasOwnIds: false, hasSnapshot: false };
}

async function startStock(plan) {
  const server = await startServer({ name: 'stock', file: benchFile('fan-out/stock.mjs'), environment: { ...plan.environment, PEER_KEY }, stops: plan.stops });
  return { ...server, ...(await redisPublisher(plan)), query: PEER_SUBSCRIPTION, init: { authorization: `Bearer ${PEER_KEY}` }, hasOwnIds: true, hasSnapshot: false };
}

/** The peers hear of a change as Redis tells it; nothing is stored. */
async function redisPublisher({ environment, places, stops }) {
  const redis = createClient({ url: environment.REDIS_URL });
  redis.on('error', error => process.stderr.write(`publisher: ${error.message}\n`));
  await redis.connect();
  stops.push(() => redis.destroy());
  const versions = places.map(() => 0);
  let cursor = 0;
  return {
    versions: () => [...versions],
    async publish(indexes) {
      const at = Date.now();
      await Promise.all(indexes.map(index => {
        versions[index] += 1;
        cursor += 1;
        return redis.publish(channelOf(places[index].facilityId), published(places[index], versions[index], cursor, at));
      }));
    },
  };
}

/**
 * The product has two servers on one database, as a city has: one takes the reports, the other's subscribers are what is
 * measured. Where `isWhole`, one does both.
 */
async function startProduct({ environment, key, places, stops, isWhole = false }) {
  const start = name => startServer({ name, file: productFile('src/main.js'), environment: { ...environment, DEMO_CITY: 'false', HOST: '127.0.0.1' }, stops });
  const server = await start('chaowei');
  const taking = isWhole ? server : await start('chaowei, reports');
  const reporter = openReporter({ port: taking.port, key, places });
  return { ...server, query: SUBSCRIPTION, init: { authorization: `Bearer ${key}` }, hasOwnIds: true, hasSnapshot: true, versions: () => null, publish: reporter.publish };
}

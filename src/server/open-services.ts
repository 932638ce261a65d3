import { systemClock, createSealer, openDatabase, openInProcessLive, openLog, openRedisLive, type Configuration, type DatabaseOptions, type Log, type Room, type Services } from '../platform/index.js';
import { migrations } from '../../migrations/index.js';
import { readOrMakeKeys } from './local-keys.js';
import { LIMITS } from './limits.js';

/** Opens what the process keeps for its whole life, by its configuration. `cluster`: an embedded cluster that is open already, instead of the data folder's. */
export async function openServices(configuration: Configuration, rooms: readonly Room[], log: Log = openLog({ level: configuration.LOG_LEVEL }), cluster?: DatabaseOptions['cluster']): Promise<Services> {
  const keys = keysOf(configuration);
  const database = await openDatabase({
    url: configuration.DATABASE_URL,
    dataFolder: configuration.DATA_FOLDER,
    poolSize: configuration.DATABASE_POOL,
    statementMs: LIMITS.statementMs.value,
    acquireMs: LIMITS.acquireMs.value,
    entities: rooms.flatMap(room => room.entities),
    migrations,
    log,
    ...(cluster ? { cluster } : {}),
  });
  const live = configuration.REDIS_URL === null ? openInProcessLive(log) : await openRedisLive(configuration.REDIS_URL, log);
  return { configuration, clock: systemClock, database, live, sealer: createSealer(keys.sealing, keys.lookup), log, reactions: rooms.flatMap(room => room.reactions ?? []) };
}

export async function closeServices(services: Services): Promise<void> {
  await services.live.close();
  await services.database.close();
}

/** The configured keys; on a machine where nothing is configured, keys of its own, kept beside the data they seal. */
function keysOf(configuration: Configuration): { readonly sealing: ReadonlyArray<{ readonly id: string; readonly key: string }>; readonly lookup: string } {
  if (configuration.SEALING_KEYS && configuration.LOOKUP_KEY) return { sealing: configuration.SEALING_KEYS, lookup: configuration.LOOKUP_KEY };
  const local = readOrMakeKeys(configuration.DATA_FOLDER);
  return { sealing: configuration.SEALING_KEYS ?? local.sealing, lookup: configuration.LOOKUP_KEY ?? local.lookup };
}

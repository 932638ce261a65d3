import { isMigrated, ping } from '../../platform/index.js';
import type { City } from '../city.js';
import { LIMITS } from '../limits.js';

/** What stands between this process and its work. */
export interface Readiness {
  readonly status: 'READY' | 'DEGRADED' | 'UNREADY';
  readonly database: 'UP' | 'DOWN' | 'UNMIGRATED';
  readonly live: 'UP' | 'DOWN';
  /** How servers learn of changes: woken by the bus, or by asking the log again and again while it is away (G12). */
  readonly changes: 'WOKEN' | 'POLLED';
  readonly isStopping: boolean;
}

/** Asks the database with a bound on the wait: a hung one must not hang the answer (G17). Without Redis the city is slower, not away. */
export async function readiness(city: City, migrated: { is: boolean }): Promise<Readiness> {
  const live = city.services.live.isConnected() ? 'UP' : 'DOWN';
  const database = await databaseState(city, migrated);
  const isStopping = city.stopping.is;
  const status = isStopping || database !== 'UP' ? 'UNREADY' : live === 'DOWN' ? 'DEGRADED' : 'READY';
  return { status, database, live, changes: live === 'UP' ? 'WOKEN' : 'POLLED', isStopping };
}

async function databaseState(city: City, migrated: { is: boolean }): Promise<Readiness['database']> {
  const { database } = city.services;
  let timer: NodeJS.Timeout | undefined;
  // Below the promised second, so that the answer itself has time to leave.
  const late = new Promise<'DOWN'>(resolve => (timer = setTimeout(resolve, LIMITS.readinessMs.value * 0.8, 'DOWN')));
  const asked = (async (): Promise<Readiness['database']> => {
    if (migrated.is) await ping(database);
    else migrated.is = await isMigrated(database, city.migrations);
    return migrated.is ? 'UP' : 'UNMIGRATED';
  })().catch((): 'DOWN' => 'DOWN');
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

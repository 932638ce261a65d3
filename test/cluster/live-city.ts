import { migrate, openDatabase, openLog, RequestScope, systemClock, type Database } from '../../src/platform/index.js';
import { migrations } from '../../migrations/index.js';
import { issueApiKey, revokeApiKey } from '../../src/identity/index.js';
import { listStanding } from '../../src/availability/live.sql.js';
import { entryOf, viewOf } from '../../src/availability/watch-event.js';
import { figureOf } from '../availability/told.js';
import { keepOccupancyDays } from '../../src/availability/keep-days.js';
import { rooms } from '../../src/server/rooms.js';
import { addFacilities, addWindows, facilityDraft, foundCity, termsDraft } from '../support/city.js';
import { seeded } from '../support/random.js';
import { system, testServices } from '../support/scope.js';
import { openTestDatabase, urlOf } from '../support/database.js';
import { ended, startServerProcess, until, type ServerProcess } from './machines.js';

const EVERYTHING = ['facility:read', 'availability:read', 'availability:read-exact', 'occupancy:report', 'occupancy:read'];

/** A city in a database that whole processes serve, with keys of the party that owns its car parks. */
export interface LiveCity {
  readonly database: Database;
  readonly url: string;
  readonly ids: readonly string[];
  readonly districtId: string;
  readonly servers: ServerProcess[];
  /** A key of the class that is not counted, which may do all that the live part offers. */
  readonly key: string;
  issue(told?: { readonly scopes?: readonly string[]; readonly limitClass?: 'KEY' | 'BENCH'; readonly expiresAt?: number | null }): Promise<{ readonly keyId: string; readonly secret: string }>;
  revoke(keyId: string): Promise<void>;
  startServer(): Promise<ServerProcess>;
  /** One report of each of these facilities, sent to one server; false where the server did not answer. */
  report(server: ServerProcess, batch: ReadonlyArray<{ readonly facilityId: string; readonly occupied: number }>, idempotencyKey: string, observedAt?: string): Promise<Reported>;
  /** What the database says stands of these facilities, as a reader with every right is told it. */
  truth(ids?: readonly string[]): Promise<readonly string[]>;
  close(): Promise<void>;
}

export type Reported = { readonly isAnswered: true; readonly accepted: number; readonly ms: number; readonly body: any } | { readonly isAnswered: false };

const REPORT = `mutation Report($input: ReportOccupancyInput!) { reportOccupancy(input: $input) { accepted ignored quarantined userErrors { code } } }`;

export async function openLiveCity({ facilities, redisUrl, url = null }: { readonly facilities: number; readonly redisUrl: string; readonly url?: string | null }): Promise<LiveCity> {
  const entities = rooms.flatMap(room => room.entities);
  const database = url === null ? await openTestDatabase(entities) : await openDatabase({ url, dataFolder: null, poolSize: 4, statementMs: 20_000, acquireMs: 10_000, entities, migrations, log: openLog({ level: 'silent' }) });
  if (url !== null) await migrate(database, migrations);
  const databaseUrl = url ?? (await urlOf(database))!;
  // Whole processes live by the clock of the machine, and so does the city that they serve.
  const services = { ...testServices(database), clock: systemClock };
  await keepOccupancyDays(services);
  const scope = new RequestScope(services, system, 'en', 'live-city');
  await foundCity(scope);
  const ids = await addFacilities(scope, Array.from({ length: facilities }, (_, i) => facilityDraft(`lot-${i}`, { longitude: 118.6 + i / 500, latitude: 24.9 }, lot())));
  await addWindows(scope, ids.map(id => ({ facility: { id }, terms: termsDraft({ quota: { ...termsDraft().quota, STANDARD: 100 } }) })));
  const [district] = await database.query<{ id: string }>('select id from jurisdiction where parent_id is not null');
  const [party] = await database.query<{ id: string }>(`select id from party where source = 'test' and code = 'owner'`);
  const servers: ServerProcess[] = [];
  const issue: LiveCity['issue'] = async ({ scopes = EVERYTHING, limitClass = 'BENCH', expiresAt = null } = {}) => {
    const issued = await issueApiKey(scope, { partyId: party!.id, name: 'test', scopes, limitClass, expiresAt });
    if (!issued.ok) throw new Error(JSON.stringify(issued.problems));
    return { keyId: issued.value.keyId, secret: issued.value.secret! };
  };
  const { secret: key } = await issue();
  return {
    database, url: databaseUrl, ids, districtId: district!.id, servers, key, issue,
    async revoke(keyId) {
      await revokeApiKey(scope, { keyId, reason: 'test' });
    },
    async startServer() {
      const server = await startServerProcess({ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl });
      servers.push(server);
      // The first look of the boundary clock makes the live rows.
      await until('every facility is live', async () => (await database.query('select 1 from live_facility where routing is null limit 1')).length === 0, 10_000);
      return server;
    },
    async report(server, batch, idempotencyKey, observedAt = new Date().toISOString()) {
      const reports = batch.map(each => ({ ...each, observedAt }));
      return post(server, key, REPORT, { input: { reports, idempotencyKey } });
    },
    async truth(wanted = ids) {
      return (await listStanding(database, wanted)).map(row => figureOf(viewOf(entryOf(row), false))).sort();
    },
    async close() {
      await Promise.all(servers.map(({ child }) => ended(child)));
      await database.close();
    },
  };
}

/** A car park that lends a hundred spaces, so that a random count seldom repeats the one before. */
function lot(): Parameters<typeof facilityDraft>[2] {
  return { zones: [{ code: 'MAIN', capacity: [{ spaceClass: 'STANDARD', total: 100, shareable: 100 }] }] };
}

async function post({ address }: ServerProcess, key: string, query: string, variables: object): Promise<Reported> {
  const begun = performance.now();
  try {
    const response = await fetch(`${address}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` }, body: JSON.stringify({ query, variables }), signal: AbortSignal.timeout(10_000) });
    const body: any = await response.json();
    if (body.errors) return { isAnswered: false };
    return { isAnswered: true, accepted: body.data.reportOccupancy.accepted, ms: performance.now() - begun, body };
  } catch {
    return { isAnswered: false };
  }
}

/**
 * A stream of changes: batches of random counts, each sent until some server has answered it, as an operator's client
 * does. Ends when told to, and says what it sent.
 */
export class Writer {
  batches = 0;
  /** Reports in them, each counted once however often it was sent. */
  reports = 0;
  /** Tries that no server answered. */
  unanswered = 0;
  /** The server that a try waits for; null between two. */
  waitsFor: ServerProcess | null = null;
  /** How long each answered try took. */
  readonly took: number[] = [];
  #isOn = true;
  #done: Promise<void>;

  /** Calls that were begun. */
  calls = 0;

  constructor(
    private readonly city: LiveCity,
    options: { readonly seed: number; readonly everyMs: number; readonly size: number },
  ) {
    this.#done = this.#write(options);
  }

  async stop(): Promise<void> {
    this.#isOn = false;
    await this.#done;
  }

  async #write({ seed, everyMs, size }: { readonly seed: number; readonly everyMs: number; readonly size: number }): Promise<void> {
    const random = seeded(seed);
    while (this.#isOn) {
      const begun = performance.now();
      const facilityIds = new Set(Array.from({ length: size }, () => random.pick(this.city.ids)));
      const batch = [...facilityIds].map(facilityId => ({ facilityId, occupied: random.int(0, 100) }));
      const observedAt = new Date().toISOString();
      await this.#send(batch, `batch-${seed}-${this.batches}`, observedAt, random);
      this.batches += 1;
      this.reports += batch.length;
      await new Promise(resolve => setTimeout(resolve, Math.max(0, everyMs - (performance.now() - begun))));
    }
  }

  async #send(batch: Parameters<LiveCity['report']>[1], idempotencyKey: string, observedAt: string, random: ReturnType<typeof seeded>): Promise<void> {
    const begun = performance.now();
    for (;;) {
      const living = this.city.servers.filter(server => server.lives);
      this.waitsFor = random.pick(living);
      this.calls += 1;
      const reported = await this.city.report(this.waitsFor, batch, idempotencyKey, observedAt);
      this.waitsFor = null;
      if (reported.isAnswered) return void this.took.push(reported.ms);
      this.unanswered += 1;
      if (performance.now() - begun > 20_000) throw new Error(`no server takes ${idempotencyKey}`);
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }
}

/** The value below which so large a part of the others lies. */
export function percentile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]!;
}

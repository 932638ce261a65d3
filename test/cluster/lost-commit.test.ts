import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { migrations } from '../../migrations/index.js';
import { openDatabase, openLog, type Database } from '../../src/platform/index.js';
import { facilitiesRoom } from '../../src/facilities/index.js';
import { identityRoom } from '../../src/identity/index.js';
import { importing, templateMapping } from '../exchange/importing.js';
import { HEADING, facility, registerQuanzhou, table } from '../exchange/register.js';
import { openTestDatabase, urlOf } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';

/** What PostgreSQL answers a commit with. */
const COMMITTED = 'COMMIT\0';

let database: Database;
let relay: Server;
/** The same database, over a line that is cut where the next commit is answered, if `cuts`. */
let remote: Database;
let cuts = false;

beforeAll(async () => {
  const entities = [...identityRoom.entities, ...facilitiesRoom.entities];
  database = await openTestDatabase(entities);
  const url = new URL((await urlOf(database))!);
  const { hostname, port } = url;
  relay = createServer(near => {
    const far = connect(Number(port), hostname, () => near.pipe(far));
    for (const [own, other] of [[near, far], [far, near]] as const) own.on('error', () => other.destroy()).on('close', () => other.destroy());
    far.on('data', bytes => {
      if (!cuts || !bytes.includes(COMMITTED)) return void near.write(bytes);
      cuts = false;
      near.destroy();
    });
  });
  await new Promise<void>(resolve => relay.listen(0, '127.0.0.1', resolve));
  url.port = String((relay.address() as AddressInfo).port);
  remote = await openDatabase({ url: url.href, dataFolder: null, poolSize: 3, statementMs: 5_000, acquireMs: 1_000, entities, migrations, log: openLog({ level: 'silent' }) });
  await registerQuanzhou(scopeOf(testServices(database)));
});

afterAll(async () => {
  await remote.close();
  relay.close();
  await database.close();
});

test('G15: an import whose commit was done and never heard of is DONE: its run says what it wrote', async () => {
  const scope = scopeOf(testServices(remote));
  const mapping = templateMapping('facilities', { source: 'unheard' });

  const unheard = importing(scope, mapping, table(HEADING, facility('A'), facility('B', { longitude: 'x' })), { onProgress: () => void (cuts = true) });

  await expect(unheard).rejects.toThrow(/terminated/i);
  expect(await database.query('select source_code as code from facility where source = $1', ['unheard'])).toEqual([{ code: 'A' }]);
  expect(await database.query('select state, created_count as created, problem_count as problems, (select count(*)::int from import_problem p where p.run_id = r.id) as kept from import_run r where source = $1', ['unheard'])).toEqual([{ state: 'DONE', created: 1, problems: 1, kept: 1 }]);
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Viewer } from '../../src/platform/index.js';
import { unauthenticated } from '../../src/platform/graphql/index.js';
import { turnBoundaries } from '../../src/availability/boundary-clock.js';
import { lockLive, storeCounts } from '../../src/availability/live-rows.js';
import { anonymousViewer } from '../../src/identity/index.js';
import { addFacilities, addWindows, facilityDraft, foundCity, inUnit, termsDraft } from '../support/city.js';
import { scopeOf } from '../support/scope.js';
import { closed, nextMessage, opened, someone, startTestServer, type TestServer } from '../server/running.js';
import { read } from './watching.js';

const officerOf = (jurisdictionCode: string): Viewer => someone({ actorId: `officer-${jurisdictionCode}`, grants: ['availability:read', 'availability:read-exact'].map(action => ({ action, partyId: null, jurisdictionCode })) });

let server: TestServer;
let officeId: string;
let district: string;
const viewers = new Map<string, Viewer>();
const TOTALS = 'subscription ($id: ID!) { districtTotalsChanged(jurisdictionId: $id) { facilities unknown free quota capacity withheldFacilities } }';

beforeAll(async () => {
  server = await startTestServer({
    assembly: {
      authenticate: async (_services, credential) => {
        if (credential === null) return anonymousViewer;
        const viewer = viewers.get(credential);
        if (!viewer) throw unauthenticated();
        return viewer;
      },
    },
  });
  const scope = scopeOf(server.services);
  await foundCity(scope);
  [, officeId] = await addFacilities(scope, [
    facilityDraft('open', { longitude: 118.601, latitude: 24.901 }),
    facilityDraft('office', { longitude: 118.602, latitude: 24.902 }, { category: 'INSTITUTION', sector: 'AGENCY' }),
  ]) as [string, string];
  const ids = await server.services.database.query<{ id: string }>('select id from facility order by id');
  await addWindows(scope, ids.map(({ id }) => ({ facility: { id }, terms: termsDraft() })));
  await turnBoundaries(server.services);
  [district] = (await server.services.database.query<{ id: string }>(`select id from jurisdiction where code = '350502'`)).map(row => row.id) as [string];
});

afterAll(() => server.close());

async function occupyOffice(occupied: number): Promise<void> {
  const now = server.services.clock.now();
  await inUnit(scopeOf(server.services), async unit => {
    const rows = await lockLive(unit, [officeId]);
    await storeCounts(unit, rows, new Map([[rows[0]!, [{ zoneId: null, scope: 'ALL', feedId: 'fed_test', occupied, free: null, observedAt: now, sequence: 0, receivedAt: now, staleAfter: now + 3_600_000, moved: 0 }]]]));
  });
}

test('P10: over the socket an officer of the place is told the exact totals of its compounds at once, the public and an officer of another place are not', async () => {
  viewers.set('here', officerOf('350502'));
  viewers.set('elsewhere', officerOf('350503'));
  const clients = [server.client({ authorization: 'here' }), server.client({ authorization: 'elsewhere' }), server.client()];
  const [here, elsewhere, nobody] = clients.map(client => read(client, { id: district }, TOTALS));
  await Promise.all([here, elsewhere, nobody].map(reading => reading!.until(1)));

  await occupyOffice(18);
  const told = (await here!.until(2)).at(-1);

  expect(told).toEqual({ facilities: 2, unknown: 0, free: 5 + 2, quota: 10, capacity: 40, withheldFacilities: 0 });
  for (const reading of [elsewhere, nobody]) expect(reading!.events.map(({ free, withheldFacilities }) => ({ free, withheldFacilities }))).toEqual([{ free: 5, withheldFacilities: 1 }]);
  await Promise.all(clients.map(client => client.dispose()));
});

test('a jurisdiction that is not there is NOT_FOUND, to everybody alike', async () => {
  const client = server.client();
  const reading = read(client, { id: 'jur_00000000000000000000000000' }, TOTALS);

  await expect(reading.until(1)).rejects.toThrow('NOT_FOUND');
  await client.dispose();
});

async function watchingSocket(credential: string): Promise<ReturnType<TestServer['socket']>> {
  const socket = server.socket();
  await opened(socket);
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: credential } }));
  expect(await nextMessage(socket)).toEqual({ type: 'connection_ack' });
  socket.send(JSON.stringify({ id: 'totals', type: 'subscribe', payload: { query: TOTALS, variables: { id: district } } }));
  expect(await nextMessage(socket)).toMatchObject({ type: 'next', payload: { data: { districtTotalsChanged: { withheldFacilities: 0 } } } });
  return socket;
}

test('G14: who loses the exact right while watching is told to subscribe again, and never goes on being told', async () => {
  viewers.set('demoted', officerOf('350502'));
  const socket = await watchingSocket('demoted');
  viewers.set('demoted', someone({ grants: [{ action: 'availability:read', partyId: null, jurisdictionCode: null }] }));

  const ending = await nextMessage(socket);
  socket.terminate();

  expect(ending).toMatchObject({ id: 'totals', payload: [{ extensions: { code: 'FORBIDDEN' } }] });
});

test('G14: a revoked credential ends the socket with 4403', async () => {
  viewers.set('revoked', officerOf('350502'));
  const socket = await watchingSocket('revoked');
  viewers.delete('revoked');

  expect((await closed(socket)).code).toBe(4403);
});

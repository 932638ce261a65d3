import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Viewer } from '../../src/platform/index.js';
import { turnBoundaries } from '../../src/availability/boundary-clock.js';
import { lockLive, storeCounts } from '../../src/availability/live-rows.js';
import { watchOf } from '../../src/availability/watch.js';
import type { CountInForce } from '../../src/availability/rules/live-state.js';
import { anonymousViewer } from '../../src/identity/index.js';
import { addFacilities, addWindows, facilityDraft, foundCity, inUnit, termsDraft } from '../support/city.js';
import { scopeOf, system } from '../support/scope.js';
import { startTestServer, type TestServer } from '../server/running.js';
import { read, WATCH, WATCH_PLAIN, type Reading } from './watching.js';

let server: TestServer;
let openId: string;
let officeId: string;
const viewers: Record<string, Viewer> = { system };

beforeAll(async () => {
  server = await startTestServer({ assembly: { authenticate: async (_services, credential) => (credential ? viewers[credential]! : anonymousViewer) } });
  const scope = scopeOf(server.services);
  await foundCity(scope);
  [openId, officeId] = await addFacilities(scope, [
    facilityDraft('open', { longitude: 118.601, latitude: 24.901 }),
    facilityDraft('office', { longitude: 118.602, latitude: 24.902 }, { category: 'INSTITUTION', sector: 'AGENCY' }),
  ]) as [string, string];
  await addWindows(scope, [openId, officeId].map(id => ({ facility: { id }, terms: termsDraft() })));
  await turnBoundaries(server.services);
});

afterAll(() => server.close());

/** So many of the 20 spaces of a facility are occupied, as a report would say. */
async function occupy(facilityId: string, occupied: number): Promise<void> {
  const now = server.services.clock.now();
  const count: CountInForce = { zoneId: null, scope: 'ALL', feedId: 'fed_test', occupied, free: null, observedAt: now, sequence: 0, receivedAt: now, staleAfter: now + 3_600_000, moved: 0 };
  await inUnit(scopeOf(server.services), async unit => {
    const rows = await lockLive(unit, [facilityId]);
    await storeCounts(unit, rows, new Map([[rows[0]!, [count]]]));
  });
}

const versionOf = (event: any): number => Number(event.availability.version);
const freeOf = (event: any): number | null => event.availability.classes[0].free;

describe.each([['compiled', WATCH], ['plain', WATCH_PLAIN]])('the %s stream', (_name, query) => {
  test('begins with a snapshot, then tells every change with the next version', async () => {
    const client = server.client();
    const reading = read(client, { where: { ids: [openId] } }, query);
    const [snapshot] = await reading.until(1);
    server.services.clock.advance(1_000);
    await occupy(openId, 17);
    await occupy(openId, 18);
    const [, first, second] = await reading.until(3);
    await client.dispose();

    const version = Number(snapshot.facilities[0].version);
    expect(snapshot).toMatchObject({ __typename: 'AvailabilitySnapshot', part: 1, isLast: true, facilities: [{ facilityId: openId, precision: 'EXACT' }] });
    expect([first, second].map(event => ({ version: versionOf(event), free: freeOf(event), coalesced: event.coalescedVersions }))).toEqual([
      { version: version + 1, free: 3, coalesced: 0 },
      { version: version + 2, free: 2, coalesced: 0 },
    ]);
  });

  test('P8: who comes back with a cursor gets what was missed, the versions in between counted', async () => {
    const client = server.client();
    const before = read(client, { where: { ids: [openId] } }, query);
    const [snapshot] = await before.until(1);
    before.stop();
    for (const occupied of [10, 11, 12]) {
      server.services.clock.advance(1_000);
      await occupy(openId, occupied + Math.round(server.services.clock.now() / 1_000) % 2);
    }
    // Behind what was reported, the server would tell each of the three by itself.
    await watchOf(server.services).catchUp();
    const after = read(client, { where: { ids: [openId] }, since: snapshot.cursor }, query);
    const [missed] = await after.until(1);
    await client.dispose();

    expect(missed).toMatchObject({ __typename: 'AvailabilityChange', coalescedVersions: 2 });
    expect(versionOf(missed)).toBe(Number(snapshot.facilities[0].version) + 3);
  });

  test('a cursor from beyond the log asks for a resync, and a snapshot follows', async () => {
    const client = server.client();
    const reading = read(client, { where: { ids: [openId] }, since: 'zzzzzz-zzzzzz' }, query);
    const events = await reading.until(2);
    await client.dispose();

    expect(events.map(event => event.__typename)).toEqual(['ResyncRequired', 'AvailabilitySnapshot']);
    expect(events[0].reason).toBe('UNKNOWN_CURSOR');
  });

  test('a text that is no cursor is refused before anything begins', async () => {
    const client = server.client();
    const reading: Reading = read(client, { since: 'nonsense!' }, query);
    await reading.ended;
    await client.dispose();

    expect(reading.events).toEqual([]);
    expect(reading.error).toMatchObject([{ message: '`since` is not one of our cursors: use the `cursor` of an earlier event', extensions: { code: 'BAD_USER_INPUT', field: 'since' } }]);
  });

  test('P10: the public sees a government compound in bands and a quarter of an hour late; who has the right sees it at once', async () => {
    const [publicClient, officerClient] = [server.client(), server.client({ authorization: 'Bearer system' })];
    const where = { ids: [officeId] };
    server.services.clock.advance(16 * 60_000);
    const outside = read(publicClient, { where }, query);
    const inside = read(officerClient, { where }, query);
    const [[told], [known]] = await Promise.all([outside.until(1), inside.until(1)]);
    await occupy(officeId, 19);
    const [, exact] = await inside.until(2);
    server.services.clock.advance(15 * 60_000 - 1);
    await occupy(openId, 1);
    expect(outside.events).toHaveLength(1);
    server.services.clock.advance(1);
    const [, late] = await outside.until(2);
    await Promise.all([publicClient.dispose(), officerClient.dispose()]);

    expect(known.facilities[0]).toMatchObject({ precision: 'EXACT' });
    expect(told.facilities[0]).toMatchObject({ precision: 'BANDED', classes: [{ free: null, reason: 'BANDED' }] });
    expect(exact).toMatchObject({ availability: { precision: 'EXACT', classes: [{ free: 1, freeBand: null }] } });
    expect(late).toMatchObject({ availability: { precision: 'BANDED', version: exact.availability.version, classes: [{ state: 'OPEN', free: null, freeBand: 'FEW' }] } });
  });
});

test('P10: totals for the public count a compound late and without its number; the officer’s add it up', async () => {
  const [jurisdiction] = (await server.services.database.query<{ id: string }>(`select id from jurisdiction where code = '350502'`)).map(row => row.id);
  const totals = async (authorization?: string): Promise<any> => {
    const { body } = await server.post({ query: `{ districtTotals(jurisdictionId: "${jurisdiction}") { facilities open unknown free quota capacity withheldFacilities } }` }, authorization ? { authorization } : {});
    return body.data.districtTotals;
  };
  server.services.clock.advance(20 * 60_000);
  await occupy(openId, 18);
  await occupy(officeId, 16);

  expect(await totals('Bearer system')).toEqual({ facilities: 2, open: 2, unknown: 0, free: 2 + 4, quota: 10, capacity: 40, withheldFacilities: 0 });
  expect(await totals()).toEqual({ facilities: 2, open: 2, unknown: 0, free: 2, quota: 10, capacity: 40, withheldFacilities: 1 });
});

describe('changesSince', () => {
  const ask = async (args: string, authorization?: string): Promise<any> => {
    const { body } = await server.post({ query: `{ changesSince${args} { cursor hasMore events { __typename ... on AvailabilityChange { availability { facilityId version precision } } } } }` }, authorization ? { authorization } : {});
    return body.data?.changesSince ?? body;
  };

  test('without a cursor it answers where the log stands; from there every version comes by itself', async () => {
    const { cursor, events } = await ask('', 'Bearer system');
    for (const occupied of [3, 4, 5]) {
      server.services.clock.advance(1_000);
      await occupy(openId, occupied);
    }
    const answer = await ask(`(cursor: "${cursor}")`, 'Bearer system');

    expect(events).toEqual([]);
    const versions = answer.events.map((event: any) => Number(event.availability.version));
    expect(versions).toEqual([versions[0], versions[0] + 1, versions[0] + 2]);
    expect(answer.hasMore).toBe(false);
  });

  test('pages of any size bring every version once, to the officer and, late, to the public', async () => {
    for (let nth = 0; nth < 7; nth += 1) {
      server.services.clock.advance(60_000);
      await occupy(officeId, nth);
      await occupy(openId, nth);
    }
    server.services.clock.advance(16 * 60_000);
    for (const authorization of ['Bearer system', undefined]) {
      const whole = (await ask('(cursor: "1-0", first: 1000)', authorization)).events;
      for (const first of [1, 3, 10]) {
        const events: any[] = [];
        let cursor = '1-0';
        for (let page = { hasMore: true, cursor } as any; page.hasMore; cursor = page.cursor) {
          page = await ask(`(cursor: "${cursor}", first: ${first})`, authorization);
          expect(page.events.length).toBeLessThanOrEqual(first);
          events.push(...page.events);
        }
        expect(events).toEqual(whole);
      }
      expect(whole.filter((event: any) => event.availability?.facilityId === officeId).every((event: any) => event.availability.precision === (authorization ? 'EXACT' : 'BANDED'))).toBe(true);
    }
  });

  test('what is asked for at once is what it costs', async () => {
    const cost = async (first: number): Promise<number> => (await server.post({ query: `{ changesSince(first: ${first}) { cursor } }` })).body.extensions.cost.requested;

    expect((await cost(1_000)) - (await cost(5))).toBe(199);
  });
});

test('an operation that is completed and begun again under its id at once is one stream, and ends with the next complete', async () => {
  const socket = server.socket();
  const heard: any[] = [];
  await new Promise<void>(resolve => socket.once('open', () => resolve()));
  const until = (holds: () => boolean): Promise<void> => new Promise(resolve => {
    const look = (): void => {
      if (!holds()) return;
      socket.off('message', look);
      resolve();
    };
    socket.on('message', look);
    look();
  });
  socket.on('message', data => heard.push(JSON.parse(String(data))));
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await until(() => heard.some(message => message.type === 'connection_ack'));
  const subscribe = JSON.stringify({ type: 'subscribe', id: 'a', payload: { query: WATCH, variables: { where: { ids: [openId] } } } });
  for (let nth = 0; nth < 20; nth += 1) {
    socket.send(subscribe);
    socket.send(JSON.stringify({ type: 'complete', id: 'a' }));
  }
  socket.send(subscribe);
  socket.send(JSON.stringify({ type: 'subscribe', id: 'b', payload: { query: WATCH, variables: { where: { ids: [openId] } } } }));
  await until(() => heard.some(message => message.id === 'b'));
  server.services.clock.advance(1_000);
  await occupy(openId, 7);
  await until(() => heard.some(message => message.id === 'b' && message.payload?.data?.availabilityChanged.__typename === 'AvailabilityChange'));
  const changesOf = (id: string): number => heard.filter(message => message.id === id && message.payload?.data?.availabilityChanged.__typename === 'AvailabilityChange').length;
  const before = [changesOf('a'), changesOf('b')];
  socket.send(JSON.stringify({ type: 'complete', id: 'a' }));
  socket.send(JSON.stringify({ type: 'subscribe', id: 'c', payload: { query: '{ __typename }' } }));
  await until(() => heard.some(message => message.id === 'c'));
  server.services.clock.advance(1_000);
  await occupy(openId, 8);
  await until(() => changesOf('b') === before[1]! + 1);
  socket.terminate();

  expect(before).toEqual([1, 1]);
  expect(changesOf('a')).toBe(1);
});

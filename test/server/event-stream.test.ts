import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Viewer } from '../../src/platform/index.js';
import { unauthenticated } from '../../src/platform/graphql/index.js';
import { anonymousViewer } from '../../src/identity/index.js';
import { turnBoundaries } from '../../src/availability/boundary-clock.js';
import { addFacilities, addWindows, facilityDraft, foundCity, inUnit, termsDraft } from '../support/city.js';
import { lockLive, storeCounts } from '../../src/availability/live-rows.js';
import { scopeOf, system } from '../support/scope.js';
import { WATCH, WATCH_PLAIN } from '../availability/watching.js';
import { startTestServer, type TestServer } from './running.js';

let server: TestServer;
let facilityId: string;
const viewers = new Map<string, Viewer>([['system', system]]);

beforeAll(async () => {
  server = await startTestServer({
    assembly: {
      authenticate: async (_services, credential) => {
        if (credential === null) return anonymousViewer;
        const known = viewers.get(credential);
        if (!known) throw unauthenticated();
        return known;
      },
    },
  });
  const scope = scopeOf(server.services);
  await foundCity(scope);
  [facilityId] = await addFacilities(scope, [facilityDraft('open', { longitude: 118.6, latitude: 24.9 })]) as [string];
  await addWindows(scope, [{ facility: { id: facilityId }, terms: termsDraft() }]);
  await turnBoundaries(server.services);
});

afterAll(() => server.close());

async function occupy(occupied: number): Promise<void> {
  server.services.clock.advance(1_000);
  const now = server.services.clock.now();
  await inUnit(scopeOf(server.services), async unit => {
    const rows = await lockLive(unit, [facilityId]);
    await storeCounts(unit, rows, new Map([[rows[0]!, [{ zoneId: null, scope: 'ALL', feedId: 'fed_test', occupied, free: null, observedAt: now, sequence: 0, receivedAt: now, staleAfter: now + 3_600_000, moved: 0 }]]]));
  });
}

/** Reads server-sent events as they come. */
async function* eventsOf(response: Response): AsyncGenerator<{ event: string; data: any }> {
  let text = '';
  for await (const bytes of response.body!) {
    text += Buffer.from(bytes).toString('utf8');
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const field = (name: string): string | undefined => lines.find(line => line.startsWith(`${name}:`))?.slice(name.length + 1).trim();
      const event = field('event');
      if (event !== undefined) yield { event, data: field('data') ? JSON.parse(field('data')!) : null };
    }
  }
}

function ask(query: string, variables: object = {}, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(server.url, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'text/event-stream', 'accept-language': 'en', ...headers }, body: JSON.stringify({ query, variables }) });
}

test.each([['compiled', WATCH], ['plain', WATCH_PLAIN]])('the %s stream tells over server-sent events what it tells over a socket', async (_name, query) => {
  const response = await ask(query, { where: { ids: [facilityId] } });
  const events = eventsOf(response);
  const snapshot = (await events.next()).value!;
  await occupy(18);
  const change = (await events.next()).value!;
  await events.return(undefined);

  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(snapshot).toMatchObject({ event: 'next', data: { data: { availabilityChanged: { __typename: 'AvailabilitySnapshot', isLast: true, facilities: [{ facilityId }] } } } });
  expect(change).toMatchObject({ event: 'next', data: { data: { availabilityChanged: { __typename: 'AvailabilityChange', availability: { facilityId, classes: [{ state: 'OPEN', free: 2 }] } } } } });
});

test('a query is one event and the end', async () => {
  const events = [];
  for await (const event of eventsOf(await ask('{ serviceInfo { version } }'))) events.push(event);

  expect(events.map(({ event }) => event)).toEqual(['next', 'complete']);
  expect(events[0]!.data.data.serviceInfo.version).toMatch(/^\d+\.\d+\.\d+/);
});

test('what cannot begin is refused as any request is, before a stream is opened', async () => {
  const response = await ask('subscription { nothing }');

  expect({ status: response.status, type: response.headers.get('content-type') }).toEqual({ status: 400, type: 'application/graphql-response+json; charset=utf-8' });
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
});

test('a mutation is not answered with events', async () => {
  const response = await ask('mutation { declareOccupancyFeed(input: { partyId: "x", feed: "x", intervalSeconds: 1 }) { userErrors { code } } }', {}, { authorization: 'Bearer system' });

  expect(response.status).toBe(400);
});

test('G14: a stream ends with its right', async () => {
  viewers.set('short', { ...system, kind: 'API_KEY' });
  const events = eventsOf(await ask(WATCH, { where: { ids: [facilityId] } }, { authorization: 'Bearer short' }));
  await events.next();
  viewers.delete('short');
  await server.running.city.rights.check();
  const rest = [];
  for await (const event of events) rest.push(event);

  expect(rest).toMatchObject([{ event: 'next', data: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] } }, { event: 'complete' }]);
});

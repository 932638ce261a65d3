import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { claimSpaces, releaseSpaces } from '../../src/availability/index.js';
import { turnBoundaries } from '../../src/availability/boundary-clock.js';
import { addFacilities, addWindows, facilityDraft, foundCity, inUnit, termsDraft } from '../support/city.js';
import { scopeOf, system } from '../support/scope.js';
import { startTestServer, type TestServer } from '../server/running.js';
import { ask, made } from './claiming.js';
import { read } from './watching.js';

let server: TestServer;
let id: string;

beforeAll(async () => {
  server = await startTestServer({ assembly: { authenticate: async () => system } });
  const scope = scopeOf(server.services);
  await foundCity(scope);
  [id] = await addFacilities(scope, [facilityDraft('watched', { longitude: 118.601, latitude: 24.901 })]) as [string];
  await addWindows(scope, [{ facility: { id }, terms: termsDraft() }]);
  await turnBoundaries(server.services);
});

afterAll(() => server.close());

test('a subscriber hears a claim, that it was given back, and the expiry of a hold (P8)', async () => {
  const scope = scopeOf(server.services);
  const client = server.client();
  const reading = read(client, { where: { ids: [id] } });
  await reading.until(1);
  const now = server.services.clock.now();
  const during = { startsAt: now, endsAt: now + 7_200_000 };
  const frees = (): unknown[] => reading.events.slice(1).map(event => event.availability.classes[0].free);

  const [claim] = await inUnit(scope, unit => claimSpaces(unit, [ask(id, { during, spaces: 2 })]));
  await turnBoundaries(server.services);
  await reading.until(2);
  await inUnit(scope, unit => releaseSpaces(unit, [{ claimId: made(claim).claimId, reason: 'CANCELLED' }]));
  await turnBoundaries(server.services);
  await reading.until(3);
  await inUnit(scope, unit => claimSpaces(unit, [ask(id, { during, spaces: 5, heldUntil: now + 60_000 })]));
  await turnBoundaries(server.services);
  await reading.until(4);
  server.services.clock.advance(60_000);
  await turnBoundaries(server.services);
  await reading.until(5);
  await client.dispose();

  expect(frees()).toEqual([3, 5, 0, 5]);
});

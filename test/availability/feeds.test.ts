import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { feedsByState, watchFeeds } from '../../src/availability/watch-feeds.js';
import type { Viewer } from '../../src/platform/index.js';
import { NOW, count, event, openReportingCity, type ReportingCity } from './reporting.js';

let city: ReportingCity;

beforeAll(async () => {
  city = await openReportingCity();
});

afterAll(() => city.database.close());

const DECLARE = 'mutation ($input: DeclareOccupancyFeedInput!) { declareOccupancyFeed(input: $input) { feed { name intervalSeconds state lastReceivedAt party { id } } userErrors { code field message } } }';
const FEEDS = '{ occupancyFeeds { totalCount edges { node { name state accepted ignored quarantined intervalSeconds lastReceivedAt lastObservedAt stateSince party { id } } } } }';
const FINDINGS = 'query ($kinds: [OccupancyFindingKind!], $feedId: ID, $facilityId: ID) { occupancyFindings(kinds: $kinds, feedId: $feedId, facilityId: $facilityId) { totalCount edges { node { kind reason message times facilityId observedAt recordedAt raw feed { name } } } } }';

async function announced(): Promise<Array<{ topic: string; name: string }>> {
  const rows = await city.database.query<{ topic: string; payload: { name: string } }>(`select topic, payload from outbox_event where topic like 'occupancy.%' order by announced_at, id`);
  return rows.map(({ topic, payload }) => ({ topic, name: payload.name }));
}

async function owner(): Promise<{ readonly viewer: Viewer; readonly partyId: string; lot(): ReturnType<ReportingCity['lot']> }> {
  const partyId = await city.party();
  return { viewer: city.reporter(partyId), partyId, lot: () => city.lot({ owner: { id: partyId } }) };
}

test('a feed is made by its first report or declared before; a silent, drifting or recovered one is told of once', async () => {
  const { viewer, lot } = await owner();
  const { id } = await lot();
  await city.counts({ told: [count(id, { occupied: 5 })], feed: 'gate' }, viewer);

  await watchFeeds(city.services);
  city.services.clock.set(NOW + 179_999);
  await watchFeeds(city.services);
  expect(await announced()).toEqual([]);
  expect(await feedsByState(city.services)).toEqual({ NEVER_HEARD: 0, HEALTHY: 1, SILENT: 0, DRIFTING: 0 });
  city.services.clock.set(NOW + 180_000);
  await watchFeeds(city.services);
  await watchFeeds(city.services);
  expect(await announced()).toEqual([{ topic: 'occupancy.feed-silent', name: 'gate' }]);
  expect((await city.ask(city.as(viewer), FINDINGS, { kinds: ['SILENT'] })).occupancyFindings).toMatchObject({ totalCount: 1, edges: [{ node: { kind: 'SILENT', message: 'nothing came since 2026-02-11T09:00:00+08:00, with an interval of 60 s', feed: { name: 'gate' } } }] });

  await city.counts({ told: [count(id, { occupied: 5, observedAt: NOW + 180_000 })], feed: 'gate' }, viewer);
  city.services.clock.advance(1);
  await watchFeeds(city.services);
  await city.events({ told: [1, 2, 3].map(n => event(id, 'ENTRY', `${n}`, { observedAt: NOW + 180_000 + n })), feed: 'gate' }, viewer);
  await city.counts({ told: [count(id, { occupied: 5, observedAt: NOW + 180_010 })], feed: 'gate' }, viewer);
  city.services.clock.advance(1);
  await watchFeeds(city.services);
  await city.counts({ told: [count(id, { occupied: 5, observedAt: NOW + 180_011 })], feed: 'gate' }, viewer);
  city.services.clock.advance(1);
  await watchFeeds(city.services);
  city.services.clock.set(NOW);

  expect((await announced()).map(({ topic }) => topic)).toEqual(['occupancy.feed-silent', 'occupancy.feed-recovered', 'occupancy.feed-drifting', 'occupancy.feed-recovered']);
});

test('a declared interval makes counts fresh for three of it, and is refused out of range', async () => {
  const { viewer, partyId, lot } = await owner();
  const { id } = await lot();

  const declared = await city.ask(city.as(viewer), DECLARE, { input: { partyId, feed: 'slow', intervalSeconds: 600 } });
  const refused = await city.ask(city.as(viewer), DECLARE, { input: { partyId, feed: 'never', intervalSeconds: 0 } });
  await city.counts({ told: [count(id)], feed: 'slow' }, viewer);

  expect(declared.declareOccupancyFeed).toEqual({ feed: { name: 'slow', intervalSeconds: 600, state: 'NEVER_HEARD', lastReceivedAt: null, party: { id: partyId } }, userErrors: [] });
  expect(refused.declareOccupancyFeed).toEqual({ feed: null, userErrors: [{ code: 'INTERVAL_OUT_OF_RANGE', field: 'intervalSeconds', message: 'an interval has 1 to 86400 s; this has 0' }] });
  expect((await city.inForce(id))[0]!.staleAfter).toBe(NOW + 1_800_000);
  expect(await city.database.query(`select name from occupancy_feed where name = 'never'`)).toEqual([]);
  await expect(city.ask(city.as(viewer), DECLARE, { input: { partyId: city.ownerId, feed: 'theirs', intervalSeconds: 60 } })).rejects.toMatchObject({ code: 'FORBIDDEN' });
});

test('feeds and findings are of the viewer’s own parties or jurisdiction alone', async () => {
  const [mine, theirs] = [await owner(), await owner()];
  const [myLot, theirLot] = [await mine.lot(), await theirs.lot()];
  await city.counts({ told: [count(myLot.id, { occupied: 30 }), count(myLot.id, { occupied: -2, sequence: 1 }), count(theirLot.id)], feed: 'mine' }, mine.viewer);
  await city.counts({ told: [count(theirLot.id, { occupied: -1 })], feed: 'theirs' }, theirs.viewer);
  const officer: Viewer = { ...mine.viewer, actorId: 'officer', partyIds: [], grants: [{ action: 'occupancy:read', partyId: null, jurisdictionCode: '350502' }] };
  const elsewhere: Viewer = { ...officer, grants: [{ action: 'occupancy:read', partyId: null, jurisdictionCode: '350503' }] };

  const { occupancyFeeds } = await city.ask(city.as(mine.viewer), FEEDS);
  expect(occupancyFeeds).toEqual({ totalCount: 1, edges: [{ node: { name: 'mine', state: 'NEVER_HEARD', accepted: 1, ignored: 0, quarantined: 2, intervalSeconds: 60, lastReceivedAt: '2026-02-11T09:00:00+08:00', lastObservedAt: '2026-02-11T09:00:00+08:00', stateSince: '2026-02-11T09:00:00+08:00', party: { id: mine.partyId } } }] });
  const { occupancyFindings } = await city.ask(city.as(mine.viewer), FINDINGS);
  expect(occupancyFindings.edges.map(({ node: { kind, reason, message, facilityId } }: any) => ({ kind, reason, message, facilityId })).sort((a: any, b: any) => (a.message < b.message ? -1 : 1))).toEqual([
    { kind: 'ABOVE_CAPACITY', reason: null, message: '30 spaces were told, of 20 there are; 1 time in this hour', facilityId: myLot.id },
    { kind: 'QUARANTINED', reason: 'NEGATIVE', message: 'the count -2 is negative', facilityId: myLot.id },
    { kind: 'QUARANTINED', reason: 'WRONG_PARTY', message: `the party ${mine.partyId} is not owner, manager or operator of the facility ${theirLot.id}, has no delegation of theirs to report, or may not report for it`, facilityId: theirLot.id },
  ]);
  expect((await city.ask(city.as(officer), FINDINGS, { facilityId: theirLot.id })).occupancyFindings.totalCount).toBe(2);
  expect((await city.ask(city.as(elsewhere), FINDINGS)).occupancyFindings).toEqual({ totalCount: 0, edges: [] });
  expect((await city.ask(city.as(elsewhere), FEEDS)).occupancyFeeds.totalCount).toBe(0);
});

test('through the schema: tallies, and receipts of the verdicts that are asked for, in the caller’s language', async () => {
  const { viewer, lot } = await owner();
  const { id } = await lot();
  const source = 'mutation ($input: ReportOccupancyInput!, $verdicts: [ReportVerdict!]) { reportOccupancy(input: $input) { accepted ignored quarantined receipts(verdicts: $verdicts) { index verdict reason message } userErrors { code } } }';
  const report = { facilityId: id, observedAt: '2026-02-11T09:00:00+08:00' };
  const input = { idempotencyKey: 'schema', reports: [{ ...report, occupied: 3 }, { ...report, occupied: 3 }, { ...report, occupied: -1 }, { ...report, free: 21, sequence: 9007199254740991 }] };

  const all = await city.ask(city.as(viewer), source, { input });
  const again = await city.ask(city.as(viewer, 'zh'), source, { input, verdicts: ['QUARANTINED'] });

  expect(all.reportOccupancy).toEqual({ accepted: 2, ignored: 1, quarantined: 1, userErrors: [], receipts: [
    { index: 0, verdict: 'ACCEPTED', reason: null, message: null },
    { index: 1, verdict: 'IGNORED', reason: 'DUPLICATE', message: 'the same report was received before' },
    { index: 2, verdict: 'QUARANTINED', reason: 'NEGATIVE', message: 'the count -1 is negative' },
    { index: 3, verdict: 'ACCEPTED', reason: 'ABOVE_CAPACITY', message: '21 spaces are more than the 20 there are; kept as told, clamped where it is shown' },
  ] });
  expect(again.reportOccupancy).toEqual({ accepted: 2, ignored: 1, quarantined: 1, userErrors: [], receipts: [{ index: 2, verdict: 'QUARANTINED', reason: 'NEGATIVE', message: '数量 -1 为负' }] });
});

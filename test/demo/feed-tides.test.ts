import { expect, test } from '@jest/globals';
import { feedTides, type FedSoFar, type Feeding } from '../../src/demo/feed-tides.js';

const START = Date.parse('2026-02-13T09:00:00+08:00');

/** Feeds against nobody, on a clock that moves only by waiting. */
async function fed(told: Partial<Feeding> & { readonly stopsAfter?: number } = {}): Promise<{ calls: Array<{ party: string; mutation: string; at: number; input: any }>; declared: Array<{ party: string; at: number; input: any }>; lines: FedSoFar[]; last: FedSoFar }> {
  let now = START;
  const stopping = new AbortController();
  const calls: Array<{ party: string; mutation: string; at: number; input: any }> = [];
  const declared: Array<{ party: string; at: number; input: any }> = [];
  const lines: FedSoFar[] = [];
  const last = await feedTides({
    seed: 2022, speed: 1, intervalMs: 60_000, forMs: 180_000, runId: 'run', signal: stopping.signal,
    now: () => now,
    pause: async milliseconds => void (now += milliseconds),
    clientOf: party => ({
      async send(mutation, input) {
        if (mutation === 'declareOccupancyFeed') {
          declared.push({ party, at: now, input });
          return { feed: { id: 'fed' } } as never;
        }
        calls.push({ party, mutation, at: now, input });
        if (calls.length === told.stopsAfter) stopping.abort();
        return { accepted: ((input as any).reports ?? (input as any).events).length, ignored: 0, quarantined: 0, receipts: [] } as never;
      },
    }),
    onMinute: so => lines.push(so),
    ...told,
  });
  return { calls, declared, lines, last };
}

test('every party reports once an interval, spread over it, each with its own key and at the instant of sending', async () => {
  const { calls, lines, last } = await fed();
  const counted = calls.filter(({ mutation }) => mutation === 'reportOccupancy');
  const parties = new Set(counted.map(({ party }) => party));

  expect(new Set(calls.map(({ input }) => input.idempotencyKey)).size).toBe(calls.length);
  for (const party of parties) expect(counted.filter(call => call.party === party && call.input.reports.length > 0).length).toBeLessThanOrEqual(3);
  for (const { at, input } of calls) for (const { observedAt } of input.reports ?? input.events) expect(observedAt).toBe(new Date(at).toISOString());
  expect(new Set(counted.map(({ at }) => at % 60_000)).size).toBe(parties.size);
  expect(lines.map(({ simulatedAt }) => Math.floor((simulatedAt - START) / 60_000))).toEqual([1, 2, 2]);
  expect(last.accepted).toBe(calls.flatMap(({ input }) => input.reports ?? input.events).length);
});

test('P3: each party declares its feed before its first report, so that its silence is judged by its own interval', async () => {
  const { calls, declared } = await fed({ intervalMs: 20_000 });

  expect(declared.map(({ party }) => party).sort()).toEqual([...new Set(calls.map(({ party }) => party))].sort());
  expect(new Set(declared.map(({ at, input }) => `${at - START} ${input.feed} ${input.intervalSeconds}`))).toEqual(new Set(['0 演示潮汐 demo tides 20']));
});

test('a faster day runs faster, and yet nothing is observed in the future', async () => {
  const { calls, last } = await fed({ speed: 60 });

  for (const { at, input } of calls) for (const { observedAt } of input.reports ?? input.events) expect(observedAt).toBe(new Date(at).toISOString());
  // 55 of 56 parts of the third minute had begun with the last call.
  expect(Math.round((last.simulatedAt - START) / 3_600_000)).toBe(3);
  expect(calls.filter(({ mutation }) => mutation === 'recordVehicleEvents').length).toBeGreaterThan(10);
});

test('no call has more than 1,000 reports, and event ids are never used twice for one facility', async () => {
  const { calls } = await fed({ speed: 5_000, forMs: 600_000 });
  const ids = calls.flatMap(({ party, input }) => (input.events ?? []).map(({ facilityCode, eventId }: { facilityCode: string; eventId: string }) => `${party} ${facilityCode} ${eventId}`));

  expect(Math.max(...calls.map(({ input }) => (input.reports ?? input.events).length))).toBeLessThanOrEqual(1_000);
  expect(new Set(ids).size).toBe(ids.length);
});

test('the signal ends it between two calls, with a last line', async () => {
  const { calls, lines } = await fed({ forMs: null, stopsAfter: 7 });

  expect(calls.length).toBeLessThanOrEqual(8);
  expect(lines).toHaveLength(1);
});

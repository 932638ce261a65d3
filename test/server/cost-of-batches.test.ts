import { expect, test } from '@jest/globals';
import { Documents, isUnfit } from '../../src/server/graphql/documents.js';
import { rooms } from '../../src/server/rooms.js';
import { assembleSchema } from '../../src/server/schema.js';

const documents = new Documents(assembleSchema(rooms), []);

function costOf(query: string, variables: Readonly<Record<string, unknown>> = {}): number {
  const prepared = documents.prepare(query, null);
  if (isUnfit(prepared)) throw new Error(JSON.stringify(prepared.faults.map(({ fault }) => fault.message)));
  return prepared.estimate(variables).cost;
}

const report = { facilityId: 'fac_00000000000000000000000000', occupied: 1, observedAt: '2026-02-13T09:00:00+08:00' };
const MUTATION = 'mutation Report($input: ReportOccupancyInput!) { reportOccupancy(input: $input) { accepted } }';

test('ten reports are a point, whether they stand in a variable or in the text (G22, G23)', () => {
  const none = costOf(MUTATION, { input: { reports: [], idempotencyKey: 'a' } });
  const inText = costOf(`mutation { reportOccupancy(input: { idempotencyKey: "a", reports: [{ observedAt: "2026-02-13T09:00:00+08:00" }] }) { accepted } }`);

  expect([0, 1, 10, 11, 1_000].map(count => costOf(MUTATION, { input: { reports: Array.from({ length: count }, () => report), idempotencyKey: 'a' } }) - none)).toEqual([0, 1, 1, 2, 100]);
  expect(inText - none).toBe(1);
});

test('a batch that is no batch costs what an empty one does: coercion refuses it later', () => {
  expect(costOf(MUTATION, { input: { reports: 'many' } })).toBe(costOf(MUTATION, { input: { reports: [] } }) + 1);
});

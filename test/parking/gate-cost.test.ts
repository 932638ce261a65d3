import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { judgeEntries } from '../../src/parking/gate/judge-entries.js';
import { vehicleHash, vehicleKey } from '../../src/parking/gate/vehicle-key.js';
import { gateVehicle } from '../../src/parking/rules/gate-vehicle.js';
import { at, openGateCity, type GateCity } from './gate-city.js';
import { inUnit } from './booking-city.js';
import { counting } from '../support/counting.js';

let city: GateCity;

beforeAll(async () => {
  city = await openGateCity();
  city.clock(at('09:00'));
});

afterAll(() => city.database.close());

test('fifty vehicles at five gates are judged by the statements of two', async () => {
  const lots = await Promise.all(Array.from({ length: 5 }, () => city.lot()));
  const asks = (count: number) => Array.from({ length: count }, (_, nth) => {
    const vehicle = gateVehicle({ plate: `闽D${String(10_000 + nth)}` });
    if (!vehicle.ok) throw new Error('the plate of the tests is none');
    const hash = vehicleHash(city.services.sealer, vehicle.value);
    return { facilityId: lots[nth % 5]!, vehicle: vehicle.value, plateHash: hash, plateKey: vehicleKey(hash, vehicle.value), at: at('09:00'), stayMs: 3_600_000, spaceClass: 'STANDARD' as const };
  });
  const costOf = (count: number): Promise<number> => inUnit(city.system, async real => {
    const judging = counting(real);
    const judged = await judgeEntries(judging.unit, asks(count));
    expect(judged.filter(each => each.right?.basis === 'WALK_IN')).toHaveLength(count);
    return judging.count();
  });
  await costOf(10);

  expect(await costOf(50)).toBeLessThanOrEqual(await costOf(2));
});

test('sixty-four decisions that arrive together are written in a few transactions, each with its own answer', async () => {
  const lot = await city.lot();
  const before = await city.database.query<{ count: number }>('select count(*)::int as count from gate_decision');
  const decided = await Promise.all(Array.from({ length: 64 }, (_, nth) => city.decide(lot, `闽D${20_000 + nth}`)));

  expect(new Set(decided.map(({ decision }) => decision.id)).size).toBe(64);
  expect(decided.every(({ decision }) => decision.isAdmitted)).toBe(true);
  const [written] = await city.database.query<{ count: number; transactions: number }>('select count(*)::int as count, count(distinct xmin::text)::int as transactions from gate_decision where facility_id = $1', [lot]);
  expect(written!.count).toBe(64);
  expect(written!.transactions).toBeLessThanOrEqual(16);
  expect((await city.database.query<{ count: number }>('select count(*)::int as count from gate_decision'))[0]!.count).toBe(before[0]!.count + 64);
});

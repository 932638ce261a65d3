import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { putOutOfService } from '../../src/facilities/put-out-of-service.js';
import { facilityDraft, register, valueOf } from '../facilities/city.js';
import { scopeOf } from '../support/scope.js';
import { codesOf, lenderOf, openLendingCity, told, type LendingCity, type Lot } from './city.js';
import { quotaOf } from '../../src/sharing/rules/window.js';

let city: LendingCity;

beforeAll(async () => {
  city = await openLendingCity();
});

afterAll(() => city.database.close());

const lend = async (lot: Lot, spaces: number) => (await city.publish(city.as(lenderOf(lot.ownerId)), { facility: { id: lot.facilityId }, terms: told({ name: `窗 ${spaces}`, quota: quotaOf({ STANDARD: spaces }) }) }))[0]!;
/** The same car park told again, a day later, with other capacities. */
const retell = (lot: Lot, shareable: number | null, differs: object = {}) =>
  facilityDraft(lot.sourceCode, { owner: { id: lot.ownerId }, observedOn: '2026-01-11', zones: [{ capacity: [{ spaceClass: 'STANDARD', total: 100, shareable }] }], ...differs });
const standing = async (lot: Lot) => (await city.database.query(`select total, shareable, lent_peak as lent, out_of_service as out from facility_capacity where facility_id = $1 and space_class = 'STANDARD'`, [lot.facilityId]))[0];
const withdraw = async (windowId: string) => (await city.ask(city.system, `mutation { withdrawWindow(input: { windowId: "${windowId}", reason: "收回", idempotencyKey: "${windowId}" }) { userErrors { code } } }`)).withdrawWindow;

test('C6: what may be shared does not shrink below what is lent, the other rows of the batch do, and nothing of the refused one is written', async () => {
  const [lent, idle] = [await city.lot(), await city.lot()];
  valueOf(await lend(lent, 30));
  const before = await city.database.query('select * from facility where id = $1', [lent.facilityId]);

  const [refused, changed] = await register(city.system, retell(lent, 29), retell(idle, 5));

  expect(refused).toEqual({ ok: false, problems: [{
    code: 'QUOTA_EXCEEDS_CAPACITY', field: 'zones[0].capacity', data: { zoneCode: expect.any(String), spaceClass: 'STANDARD', lent: 30, shareable: 29 },
    zh: expect.stringContaining('已共享 30 个，可共享数不能减为 29 个'), en: expect.stringContaining('lend 30 spaces of STANDARD, so 29 shareable ones are too few'),
  }] });
  expect(valueOf(changed).effect).toBe('CHANGED');
  expect([await standing(lent), await standing(idle)]).toEqual([{ total: 100, shareable: 40, lent: 30, out: 0 }, { total: 100, shareable: 5, lent: 0, out: 0 }]);
  expect(await city.database.query('select * from facility where id = $1', [lent.facilityId])).toEqual(before);
  expect(valueOf((await register(city.system, retell(lent, 30)))[0]).effect).toBe('CHANGED');
});

test('C6: neither does it become unknown, nor its class end, while it is lent; once the window is withdrawn it may', async () => {
  const lot = await city.lot();
  const { windowId } = valueOf(await lend(lot, 1));

  expect(codesOf((await register(city.system, retell(lot, null)))[0])).toEqual(['QUOTA_EXCEEDS_CAPACITY']);
  expect(codesOf((await register(city.system, retell(lot, 0, { zones: [{ capacity: [{ spaceClass: 'LARGE', total: 3 }] }] })))[0])).toEqual(['QUOTA_EXCEEDS_CAPACITY']);
  expect((await withdraw(windowId)).userErrors).toEqual([]);
  expect(valueOf((await register(city.system, retell(lot, null)))[0]).effect).toBe('CHANGED');
});

test('4.5-2: spaces out of service may go beyond what is lent: they leave at once', async () => {
  const lot = await city.lot();
  valueOf(await lend(lot, 30));

  valueOf(await putOutOfService(scopeOf(city.services), { facilityId: lot.facilityId, zoneId: lot.zoneId, spaceClass: 'STANDARD', spaces: 90, reason: '设备故障', idempotencyKey: lot.facilityId }));

  expect(await standing(lot)).toEqual({ total: 100, shareable: 40, lent: 30, out: 90 });
});

test('P1: the database itself refuses, whoever writes', async () => {
  const lot = await city.lot();
  valueOf(await lend(lot, 30));
  const own = `facility_id = '${lot.facilityId}' and space_class = 'STANDARD'`;

  await expect(city.database.query(`update facility_capacity set shareable = 29 where ${own}`)).rejects.toThrow('facility_capacity_holds_what_is_lent');
  await expect(city.database.query(`update facility_capacity set lent_peak = 41 where ${own}`)).rejects.toThrow('facility_capacity_holds_what_is_lent');
  await expect(city.database.query(`delete from facility_capacity where ${own}`)).rejects.toThrow('lent to 30 spaces');
  expect(await standing(lot)).toEqual({ total: 100, shareable: 40, lent: 30, out: 0 });
});

test('P1: of a publication and a shrinking at once, one is refused in words and the other stands', async () => {
  for (let round = 0; round < 6; round += 1) {
    const lot = await city.lot();

    const [published, [shrunk]] = await Promise.all([lend(lot, 30), register(city.system, retell(lot, 20))]);

    expect([published.ok, shrunk!.ok].filter(Boolean)).toHaveLength(1);
    expect([...codesOf(published), ...codesOf(shrunk)]).toEqual([published.ok ? 'QUOTA_EXCEEDS_CAPACITY' : 'QUOTA_EXCEEDS_SHAREABLE']);
    expect(await standing(lot)).toEqual({ total: 100, shareable: published.ok ? 40 : 20, lent: published.ok ? 30 : 0, out: 0 });
  }
});

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { publishTariff } from '../../src/billing/index.js';
import { registerFacilityTariff } from '../../src/billing/register-facility-tariff.js';
import { isRefusal, type Outcome } from '../../src/kernel/index.js';
import { pauseWindow } from '../../src/sharing/change-window-status.js';
import { reviseWindow } from '../../src/sharing/revise-window.js';
import { suspendSharing } from '../../src/sharing/suspend-sharing.js';
import { termsDraft } from '../support/city.js';
import { scopeOf } from '../support/scope.js';
import { at, during, openGateCity, type GateCity } from './gate-city.js';

let city: GateCity;
let made = 0;

beforeAll(async () => {
  city = await openGateCity();
});
beforeEach(() => city.clock(at('09:00')));
afterAll(() => city.database.close());

const NIGHTS = { name: '夜间', rules: [{ days: { weekdays: [1, 2, 3, 4, 5, 6, 7] as never }, from: { minute: 18 * 60 }, until: { durationMinutes: 13 * 60 + 30 } }] };

function must<T>(outcome: Outcome<T>): T {
  if (isRefusal(outcome)) throw new Error(JSON.stringify(outcome.problems));
  return outcome.value;
}

/** A hundred fen for every hundred minutes begun. */
async function blocks(): Promise<string> {
  return must(await publishTariff(city.system, {
    owner: { facilityId: null, partyId: city.ownerId } as never, name: '每百分钟一元', idempotencyKey: `blocks ${++made}`, inForceFrom: at('00:00', -30),
    terms: { bands: [{ name: '全天', when: null, spaceClasses: null, price: { kind: 'PER_BLOCK', blockMinutes: 100, fenPerBlock: 100 } }], caps: [], freeMinutes: null, rounding: { rule: 'HALF_UP', toFen: 1 }, blocksAtEdges: 'ANEW' },
  })).tariffId;
}

/** A stay as it happens, from an instant to another; what it costs, what was charged for it, and what was found. */
async function stay(lot: string, from: number, until: number): Promise<{ amountFen: number | null; charged: readonly number[]; findings: readonly string[] }> {
  city.clock(from);
  const { receipt } = await city.enter(lot, `闽D${70_000 + ++made}`);
  city.clock(until);
  await city.leave(lot, `闽D${70_000 + made}`);
  return costOf(lot, receipt.sessionId);
}

async function told(lot: string, from: number, until: number): Promise<Awaited<ReturnType<typeof stay>>> {
  const vehicle = { plate: `闽D${70_000 + ++made}` };
  const [entry] = await city.backfill(lot, [{ kind: 'ENTRY', vehicle, occurredAt: new Date(from).toISOString() }, { kind: 'EXIT', vehicle, occurredAt: new Date(until).toISOString() }]);
  return costOf(lot, entry.sessionId);
}

async function costOf(lot: string, sessionId: string): Promise<Awaited<ReturnType<typeof stay>>> {
  const session = await city.session(sessionId);
  expect(session.state).toBe('ENDED');
  const charges = await city.database.query<{ fen: number }>('select amount_fen::int as fen from charge where cause_id = $1', [sessionId]);
  return { amountFen: session.amountFen, charged: charges.map(each => each.fen), findings: (await city.findings(lot)).filter(kind => kind === 'STAY_UNPRICED') };
}

const windowOf = async (lot: string): Promise<string> => (await city.database.query<{ id: string }>('select id from sharing_window where facility_id = $1', [lot]))[0]!.id;

test('who outstays the hours that are lent, or came before them, pays for every minute, a begun block once', async () => {
  const cases = [[at('20:00'), at('07:25', 1), 700, 685], [at('20:00'), at('07:40', 1), 700, 700], [at('20:00'), at('12:00', 1), 1_000, 960], [at('17:50'), at('22:00'), 300, 250]] as const;
  const [byBlocks, byHour] = [await blocks(), await city.tariff(60)];
  for (const [from, until, blocksFen, hourFen] of cases) {
    city.clock(at('09:00'));
    const lots = [await city.lot({ ...NIGHTS, tariffId: byBlocks }), await city.lot({ ...NIGHTS, tariffId: byHour })];
    expect(await stay(lots[0]!, from, until)).toEqual({ amountFen: blocksFen, charged: [blocksFen], findings: [] });
    expect(await stay(lots[1]!, from, until)).toEqual({ amountFen: hourFen, charged: [hourFen], findings: [] });
    expect(await told(lots[1]!, from, until)).toEqual({ amountFen: hourFen, charged: [hourFen], findings: [] });
  }
});

test('what nobody lent costs by the registered tariff where there is one', async () => {
  const lot = await city.lot({ ...NIGHTS, tariffId: await city.tariff(60) });
  const scope = scopeOf(city.services, { ...city.operator, grants: [{ action: 'tariff:publish', partyId: city.ownerId, jurisdictionCode: null }] });
  must(await registerFacilityTariff(scope, { facilityId: lot, tariffId: await city.tariff(600), reason: '备案', idempotencyKey: `register ${++made}` }));

  // 690 minutes at 60 fen an hour, ten at 600.
  expect(await stay(lot, at('20:00'), at('07:40', 1))).toEqual({ amountFen: 790, charged: [790], findings: [] });
  expect(await stay(lot, at('17:50', 2), at('22:00', 2))).toEqual({ amountFen: 340, charged: [340], findings: [] });
});

test('a stay told later costs what was lent then, whatever became of the window since: suspended, paused, or at another price', async () => {
  const tariffId = await city.tariff(60);
  const dear = await city.tariff(6_000);
  const scope = scopeOf(city.services, city.operator);
  const ends: ReadonlyArray<(lot: string) => Promise<unknown>> = [
    async lot => must(await suspendSharing(scope, { scope: { facilityId: lot }, reason: '消防演练', idempotencyKey: `suspend ${++made}` })),
    async lot => must(await pauseWindow(scope, { windowId: await windowOf(lot), reason: '场地施工', idempotencyKey: `pause ${++made}` })),
    async lot => must(await reviseWindow(scope, { windowId: await windowOf(lot), terms: termsDraft({ ...NIGHTS, tariffId: dear }), reason: '调价', idempotencyKey: `revise ${++made}` })),
  ];
  for (const end of ends) {
    city.clock(at('09:00'));
    const lot = await city.lot({ ...NIGHTS, tariffId });
    city.clock(at('23:00'));
    await end(lot);
    city.clock(at('23:30'));

    expect(await told(lot, at('20:00'), at('22:00'))).toEqual({ amountFen: 120, charged: [120], findings: [] });
  }
  city.clock(at('09:00'));
  const lot = await city.lot({ ...NIGHTS, tariffId });
  city.clock(at('21:00'));
  await ends[2]!(lot);
  city.clock(at('23:30'));

  // One hour at 60 fen, the other at 6,000.
  expect(await told(lot, at('20:00'), at('22:00'))).toEqual({ amountFen: 6_060, charged: [6_060], findings: [] });
});

test('a stay that nothing prices is a finding and no charge, until a later event makes it one that something prices', async () => {
  const free = await city.lot(NIGHTS);
  expect(await stay(free, at('20:00'), at('22:00'))).toEqual({ amountFen: 0, charged: [], findings: [] });
  expect(await stay(free, at('20:00', 1), at('09:00', 2))).toEqual({ amountFen: 0, charged: [], findings: ['STAY_UNPRICED'] });
  // It had left at 22:00, as its other gate tells now: all of it was lent.
  city.clock(at('10:00', 2));
  const vehicle = { plate: `闽D${70_000 + made}` };
  const [receipt] = await city.backfill(free, [{ kind: 'EXIT', vehicle, occurredAt: new Date(at('22:00', 1)).toISOString() }]);
  expect(await costOf(free, receipt.sessionId)).toEqual({ amountFen: 0, charged: [], findings: [] });

  city.clock(at('09:00'));
  const lot = await city.lot({ ...NIGHTS, tariffId: await city.tariff(60) });
  const before = await city.kept();
  expect(await stay(lot, at('10:00'), at('12:00'))).toEqual({ amountFen: null, charged: [], findings: ['STAY_UNPRICED'] });
  expect((await city.kept())['charge']).toBe(before['charge']);
  const [finding] = await city.database.query<{ zh: string }>(`select zh from gate_finding where facility_id = $1 and kind = 'STAY_UNPRICED'`, [lot]);
  expect(finding!.zh).toBe('停放无法（全部）计价：2026-02-11T02:00:00.000Z 至 2026-02-11T04:00:00.000Z 不在任何共享时段内，且该设施没有登记收费标准');
  // A day later a night has lent before it.
  expect((await stay(lot, at('10:00', 1), at('12:00', 1))).amountFen).toBe(120);
});

test('a booking that is overstayed beyond the hours that are lent costs by its clause, upon the tariff of the window that lent last', async () => {
  const lot = await city.lot({ ...NIGHTS, tariffId: await city.tariff(600) });
  const { chargeIds } = await city.book(await city.driver(), { facilityId: lot, during: during('06:30–07:30', 1), spaceClass: 'STANDARD', spaces: 1, plates: [{ number: '闽C70001' }] });
  await city.pay(chargeIds[0]!, 600);
  city.clock(at('06:30', 1));
  const { receipt } = await city.enter(lot, '闽C70001');
  city.clock(at('08:30', 1));
  await city.leave(lot, '闽C70001');

  // From 07:45 on 45 minutes at 600 fen an hour, by 150 %.
  expect(await costOf(lot, receipt.sessionId)).toEqual({ amountFen: 675, charged: [675], findings: [] });
});

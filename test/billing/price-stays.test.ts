import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isRefusal, type Outcome } from '../../src/kernel/index.js';
import { priceStays, publishTariff, type StayPart, type StayPrice, type StayPriceAsk } from '../../src/billing/index.js';
import { reviseTariff } from '../../src/billing/change-tariff.js';
import { registerFacilityTariff } from '../../src/billing/register-facility-tariff.js';
import type { TariffTerms } from '../../src/billing/rules/tariff.js';
import { codesOf, type Lot } from '../sharing/city.js';
import { inUnit } from '../support/city.js';
import { always, beijing, terms } from './price-cases.js';
import { openTariffCity } from './tariff-city.js';

let city: Awaited<ReturnType<typeof openTariffCity>>;
let lot: Lot;
let keys = 0;

beforeAll(async () => {
  city = await openTariffCity();
  lot = await city.lot();
});

afterAll(() => city.database.close());

const idempotencyKey = () => `price-${(keys += 1)}`;
const hourly = (fenPerHour: number): TariffTerms => terms([always({ kind: 'PER_HOUR', fenPerHour })]);

function valueOf<T>(outcome: Outcome<T>): T {
  if (isRefusal(outcome)) throw new Error(JSON.stringify(outcome.problems));
  return outcome.value;
}

async function tariff(of: TariffTerms): Promise<string> {
  return valueOf(await publishTariff(city.system, { owner: { facilityId: lot.facilityId, partyId: null }, name: '价', terms: of, inForceFrom: 0, idempotencyKey: idempotencyKey() })).tariffId;
}

const during = (from: string, until: string) => ({ startsAt: beijing(`2026-03-04 ${from}`), endsAt: beijing(`2026-03-04 ${until}`) });
const ask = (parts: readonly StayPart[], more: Partial<StayPriceAsk> = {}): StayPriceAsk => ({ facilityId: lot.facilityId, parts, spaceClass: 'STANDARD', spaces: 1, at: city.services.clock.now(), ...more });

test('a window’s tariff prices its time, a free window nothing, and time outside every window goes by the registered tariff (I8)', async () => {
  const [window, registered] = [await tariff(hourly(200)), await tariff(hourly(600))];
  const stay = ask([
    { windowId: null, tariffId: null, during: during('16:00', '18:00') },
    { windowId: 'win_a', tariffId: window, during: during('18:00', '20:00') },
    { windowId: 'win_b', tariffId: null, during: during('20:00', '21:00') },
  ]);

  const [unregistered] = await priceStays(city.system, [stay]);
  valueOf(await registerFacilityTariff(city.system, { facilityId: lot.facilityId, tariffId: registered, reason: '备案', idempotencyKey: idempotencyKey() }));
  const [priced] = await priceStays(city.system, [stay]);

  expect(unregistered).toMatchObject({ ok: false, problems: [{ code: 'NO_TARIFF_OUTSIDE_WINDOWS', data: { from: '2026-03-04T08:00:00.000Z', until: '2026-03-04T10:00:00.000Z' } }] });
  expect(valueOf(priced!).lines.map(line => [line.tariffId, line.amountFen])).toEqual([[registered, 1_200], [window, 400], [null, 0]]);
  expect(valueOf(priced!)).toMatchObject({ amountFen: 1_600, tariffVersionIds: [`${registered}@1`, `${window}@1`], isProvisional: false });
});

test('what is not known yet at an instant does not price as of it (I9)', async () => {
  const id = await tariff(hourly(200));
  const before = city.services.clock.now();
  city.services.clock.advance(60_000);
  valueOf(await reviseTariff(city.system, { tariffId: id, terms: hourly(900), reason: '调整', idempotencyKey: idempotencyKey() }));
  const part = { windowId: 'win_a', tariffId: id, during: during('10:00', '11:00') };

  const [then, now] = await priceStays(city.system, [ask([part], { at: before }), ask([part])]);

  expect([valueOf(then!), valueOf(now!)].map(price => [price.amountFen, ...price.tariffVersionIds])).toEqual([[200, `${id}@1`], [900, `${id}@2`]]);
});

test('refusals are each ask’s own: unknown facility or tariff, too many spaces, too long a stay, a closing time that nobody knows', async () => {
  const closing = await tariff(terms([{ name: '闭店后', when: { days: { weekdays: [1, 2, 3, 4, 5, 6, 7] }, from: { afterCloseMinutes: 0 }, until: { minute: 480, dayOffset: 1 } }, spaceClasses: null, price: { kind: 'FLAT_AFTER_CLOSING', fen: 500 } }]));
  const part = { windowId: 'win_a', tariffId: null, during: during('10:00', '11:00') };

  const outcomes = await priceStays(city.system, [
    ask([part]), ask([part], { facilityId: 'fac_none' }), ask([{ ...part, tariffId: 'tar_none' }]), ask([part], { spaces: 1_001 }),
    ask([{ ...part, during: { startsAt: 0, endsAt: 401 * 86_400_000 } }]), ask([{ ...part, tariffId: closing }]),
  ]);

  expect(outcomes.map(codesOf)).toEqual([[], ['FACILITY_UNKNOWN'], ['TARIFF_UNKNOWN'], ['SPACES_OUT_OF_BOUNDS'], ['STAY_TOO_LONG'], ['CLOSING_TIME_UNKNOWN']]);
});

test('a thousand stays take as many statements as one, outside a unit and within', async () => {
  const id = await tariff(hourly(200));
  const stay = ask([{ windowId: null, tariffId: null, during: during('09:00', '10:00') }, { windowId: 'win_a', tariffId: id, during: during('10:00', '11:00') }]);
  const count = async (asks: readonly StayPriceAsk[]) => {
    const before = city.statements();
    const priced = await priceStays(city.system, asks);
    expect(priced.every(outcome => outcome.ok)).toBe(true);
    return city.statements() - before;
  };
  await count([stay]);

  expect([await count([stay]), await count(Array.from({ length: 1_000 }, () => stay))]).toEqual([3, 3]);
  const within = await inUnit(city.system, unit => priceStays(unit, [stay, stay]));
  expect(within.map(outcome => valueOf(outcome).amountFen)).toEqual(valueOf((await priceStays(city.system, [stay]))[0]!).amountFen === 800 ? [800, 800] : []);
});

test('an agreed price comes before every tariff', async () => {
  const id = await tariff(hourly(200));
  const [priced] = await priceStays(city.system, [ask([{ windowId: 'win_a', tariffId: id, during: during('10:00', '11:00'), agreed: { agreementId: 'agr_a', terms: hourly(50) } }])]);

  expect(valueOf<StayPrice>(priced!)).toMatchObject({ amountFen: 50, tariffVersionIds: [], lines: [{ agreementId: 'agr_a', tariffId: null }] });
});

test('another tariff registered while a vehicle stands prices its time from then on, and none that has passed', async () => {
  const [first, second] = [await tariff(hourly(200)), await tariff(hourly(2_000))];
  const register = async (tariffId: string) => valueOf(await registerFacilityTariff(city.system, { facilityId: lot.facilityId, tariffId, reason: '调整', idempotencyKey: idempotencyKey() }));
  const enteredAt = city.services.clock.now();
  await register(first);
  city.services.clock.advance(3 * 3_600_000);
  await register(second);
  city.services.clock.advance(3_600_000);
  const stay = (startsAt: number) => priceStays(city.system, [ask([{ windowId: null, tariffId: null, during: { startsAt, endsAt: city.services.clock.now() } }])]);

  expect(valueOf((await stay(enteredAt))[0]!).lines.map(line => [line.tariffId, line.amountFen])).toEqual([[first, 600], [second, 2_000]]);
  expect(valueOf((await stay(enteredAt + 3 * 3_600_000))[0]!).lines.map(line => [line.tariffId, line.amountFen])).toEqual([[second, 2_000]]);
});

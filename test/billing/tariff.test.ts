import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Viewer } from '../../src/platform/index.js';
import { lenderOf, officerOf } from '../sharing/city.js';
import { anonymous } from '../support/scope.js';
import { HOURLY, NIGHTS, openTariffCity, PUBLISH, PUBLISH_WINDOW, REGISTER, REVISE, WITHDRAW } from './tariff-city.js';

let city: Awaited<ReturnType<typeof openTariffCity>>;
let keys = 0;

beforeAll(async () => {
  city = await openTariffCity();
});

afterAll(() => city.database.close());

const mayPrice = (partyId: string): Viewer => lenderOf(partyId, ['tariff:publish', 'window:publish']);
const key = () => ({ idempotencyKey: `tariff-${(keys += 1)}` });

async function publish(viewer: Viewer, owner: object, more: object = {}): Promise<any> {
  return (await city.asked(viewer, PUBLISH, { input: { owner, name: '小时价', terms: HOURLY, ...key(), ...more } })).publishTariff;
}

async function rows(): Promise<object> {
  const [row] = await city.database.query('select (select count(*)::int from tariff) as tariffs, (select count(*)::int from tariff_terms) as versions, (select count(*)::int from registered_tariff) as registered, (select count(*)::int from sharing_window) as windows, (select count(*)::int from audit_entry) as audit, (select count(*)::int from outbox_event) as outbox');
  return row!;
}

async function writesNothing(call: () => Promise<any>): Promise<any> {
  const before = await rows();
  const answer = await call();
  expect(await rows()).toEqual(before);
  return answer;
}

test('the party that lends publishes a tariff: it is stored, audited, announced, and read by everybody', async () => {
  const lot = await city.lot();

  const { tariff, userErrors } = await publish(mayPrice(lot.ownerId), { facilityId: lot.facilityId }, { legalBasis: '泉发改价〔2026〕1号' });

  expect(userErrors).toEqual([]);
  expect(tariff).toMatchObject({ version: '1', status: 'PUBLISHED', versions: [{ number: 1, inForceFrom: '2026-02-13T09:00:00+08:00' }] });
  expect(await city.database.query(`select action, details ->> 'act' as act from audit_entry where object_id = $1`, [tariff.id])).toEqual([{ action: 'tariff:publish', act: 'publishTariff' }]);
  expect(await city.database.query(`select payload from outbox_event where topic = 'tariff.published' and payload ->> 'tariffId' = $1`, [tariff.id])).toEqual([{ payload: { tariffId: tariff.id, version: 1, facilityId: lot.facilityId, partyId: null } }]);
  const read = await city.asked(anonymous, `query ($id: ID!) { tariff(id: $id) { name facility { id } party { id } inForce { number legalBasis bands { name hours { from { time } } spaceClasses price { kind fenPerHour fen } } caps { name } freeMinutes { minutes } rounding { rule toFen } } } }`, { id: tariff.id });
  expect(read.tariff).toEqual({
    name: '小时价', facility: { id: lot.facilityId }, party: null,
    inForce: { number: 1, legalBasis: '泉发改价〔2026〕1号', bands: [{ name: '全天', hours: null, spaceClasses: null, price: { kind: 'PER_HOUR', fenPerHour: 300, fen: null } }], caps: [], freeMinutes: null, rounding: { rule: 'HALF_UP', toFen: 1 } },
  });
});

test('every kind of band, cap and rule comes back as it was told', async () => {
  const lot = await city.lot();
  const night = { days: { dayTypes: ['WORKDAY', 'MAKEUP_WORKDAY'] }, from: { minutesAfterClose: 30 }, until: { at: { time: '08:00', dayOffset: 1 } } };
  const terms = {
    bands: [
      { name: '闭店后', hours: night, price: { flatAfterClosing: { fen: 800 } } },
      { name: '充电', spaceClasses: ['CHARGING'], price: { perBlock: { blockMinutes: 30, fenPerBlock: 200 } } },
      { name: '其余', price: { ladder: { steps: [{ untilMinutes: 60, fen: 500 }, { untilMinutes: 120, fen: 800 }], then: { everyMinutes: 60, fen: 300 }, repeatsAfterMinutes: 1_440 } } },
    ],
    caps: [{ name: '夜间', period: { localSpan: night }, fen: 1_000, bands: ['闭店后'] }, { name: '日', period: { day: { days: { eveOfRest: true } } }, fen: 3_000 }, { name: '二十四小时', period: { rolling24h: true }, fen: 4_000 }],
    freeMinutes: { minutes: 15, kind: 'GRACE' },
    rounding: { rule: 'UP', toFen: 50 },
  };

  const { tariff, userErrors } = await publish(mayPrice(lot.ownerId), { facilityId: lot.facilityId }, { terms });

  expect(userErrors).toEqual([]);
  const { tariff: read } = await city.asked(anonymous, `query ($id: ID!) { tariff(id: $id) { versions { bands { name hours { days { dayTypes } from { minutesAfterClose } } spaceClasses price { kind fen blockMinutes fenPerBlock steps { untilMinutes fen } then { everyMinutes fen } repeatsAfterMinutes } } caps { name period hours { until { time dayOffset } } days { eveOfRest } fen bands } freeMinutes { minutes kind } rounding { rule toFen } } } }`, { id: tariff.id });
  const none = { fen: null, blockMinutes: null, fenPerBlock: null, steps: null, then: null, repeatsAfterMinutes: null };
  expect(read.versions).toEqual([{
    bands: [
      { name: '闭店后', hours: { days: { dayTypes: ['WORKDAY', 'MAKEUP_WORKDAY'] }, from: { minutesAfterClose: 30 } }, spaceClasses: null, price: { ...none, kind: 'FLAT_AFTER_CLOSING', fen: 800 } },
      { name: '充电', hours: null, spaceClasses: ['CHARGING'], price: { ...none, kind: 'PER_BLOCK', blockMinutes: 30, fenPerBlock: 200 } },
      { name: '其余', hours: null, spaceClasses: null, price: { ...none, kind: 'LADDER', ...terms.bands[2]!.price.ladder } },
    ],
    caps: [
      { name: '夜间', period: 'LOCAL_SPAN', hours: { until: { time: '08:00', dayOffset: 1 } }, days: null, fen: 1_000, bands: ['闭店后'] },
      { name: '日', period: 'DAY', hours: null, days: { eveOfRest: true }, fen: 3_000, bands: null },
      { name: '二十四小时', period: 'ROLLING_24H', hours: null, days: null, fen: 4_000, bands: null },
    ],
    freeMinutes: { minutes: 15, kind: 'GRACE' },
    rounding: { rule: 'UP', toFen: 50 },
  }]);
});

test('everything wrong with a tariff is said at once, by its path in the input, and nothing is written', async () => {
  const lot = await city.lot();
  const terms = {
    bands: [
      { name: '甲', price: { perBlock: { blockMinutes: 0, fenPerBlock: 10_000_001 } } },
      { name: '甲', price: { flatAfterClosing: { fen: 1 } } },
      { name: '乙', hours: { days: { weekdays: [] }, from: { time: '24:00' }, until: { durationMinutes: 60 } }, price: { ladder: { steps: [{ untilMinutes: 60, fen: 500 }, { untilMinutes: 60, fen: 400 }] } } },
    ],
    caps: [{ name: '日', period: { day: {} }, fen: 100, bands: ['丙'] }],
    rounding: { rule: 'UP', toFen: 0 },
  };

  const { userErrors } = await writesNothing(() => publish(mayPrice(lot.ownerId), { facilityId: lot.facilityId }, { name: ' ', terms, legalBasis: ' ' }));

  expect(userErrors.map((error: any) => `${error.code} ${error.field}`)).toEqual([
    'TARIFF_NAME name', 'TARIFF_NAME_TWICE terms.bands[1].name', 'TARIFF_NUMBER terms.bands[0].price.perBlock.blockMinutes', 'TARIFF_NUMBER terms.bands[0].price.perBlock.fenPerBlock',
    'FLAT_NEEDS_HOURS terms.bands[1].hours', 'LADDER_ORDER terms.bands[2].price.ladder.steps[1]', 'BAND_NEVER_SPEAKS terms.bands[1]', 'CAP_OF_UNKNOWN_BAND terms.caps[0].bands', 'TARIFF_NUMBER terms.rounding.toFen',
    'DAYS_EMPTY terms.bands[2].hours.days', 'MINUTE_INVALID terms.bands[2].hours.from.time', 'LEGAL_BASIS_LENGTH legalBasis',
  ]);
});

test('prices are set by the party that lends and by the office of its jurisdiction; anybody else is refused, and nothing is written', async () => {
  const [lot, other] = [await city.lot(), await city.lot()];

  for (const stranger of [mayPrice(other.ownerId), officerOf('350502', ['tariff:publish']), lenderOf(lot.ownerId, ['window:publish'])]) {
    await writesNothing(() => expect(publish(stranger, { facilityId: lot.facilityId })).rejects.toMatchObject({ extensions: { code: 'FORBIDDEN', action: 'tariff:publish' } }));
    const code = stranger.grants.some(grant => grant.action === 'tariff:publish') ? 'NOT_FOUND' : 'FORBIDDEN';
    await writesNothing(() => expect(publish(stranger, { partyId: lot.ownerId })).rejects.toMatchObject({ extensions: { code } }));
  }
  await writesNothing(() => expect(publish(mayPrice(lot.ownerId), { facilityId: 'fac_01j00000000000000000000000' })).rejects.toMatchObject({ extensions: { code: 'NOT_FOUND' } }));
  expect((await publish(officerOf('350503', ['tariff:publish']), { facilityId: lot.facilityId })).userErrors).toEqual([]);
  expect((await publish(mayPrice(lot.ownerId), { partyId: lot.ownerId })).userErrors).toEqual([]);
});

test('a revision makes a new version from an instant on; one in the past, one without a reason and one upon an old version are refused', async () => {
  const lot = await city.lot();
  const owner = mayPrice(lot.ownerId);
  const { tariff } = await publish(owner, { facilityId: lot.facilityId });
  const revise = async (more: object) => (await city.asked(owner, REVISE, { input: { tariffId: tariff.id, terms: HOURLY, reason: '成本上升', ...key(), ...more } })).reviseTariff;

  const { tariff: revised } = await revise({ inForceFrom: '2026-03-01T00:00:00+08:00', legalBasis: '泉发改价〔2026〕2号' });

  expect(revised.versions).toEqual([
    { number: 1, inForceFrom: '2026-02-13T09:00:00+08:00', legalBasis: null, reason: null },
    { number: 2, inForceFrom: '2026-03-01T00:00:00+08:00', legalBasis: '泉发改价〔2026〕2号', reason: '成本上升' },
  ]);
  const refusals = await writesNothing(async () => [await revise({ inForceFrom: '2026-02-13T08:59:00+08:00' }), await revise({ reason: ' ' }), await revise({ expectedVersion: '1' })]);
  expect(refusals.map((each: any) => each.userErrors.map((error: any) => error.code))).toEqual([['IN_FORCE_IN_PAST'], ['REASON_INVALID'], ['VERSION_MOVED']]);
  await expect(city.database.query(`update tariff_terms set legal_basis = 'x' where tariff_id = $1`, [tariff.id])).rejects.toThrow('never changed');
});

test('a retried publication answers its first result and makes no second tariff', async () => {
  const lot = await city.lot();
  const again = key();

  const first = await publish(mayPrice(lot.ownerId), { facilityId: lot.facilityId }, again);
  const second = await writesNothing(() => publish(mayPrice(lot.ownerId), { facilityId: lot.facilityId }, again));

  expect(second.tariff.id).toBe(first.tariff.id);
});

test('a window is published only with a tariff that there is, not withdrawn, and its facility’s or its parties’', async () => {
  const [lot, other] = [await city.lot(), await city.lot()];
  const owner = mayPrice(lot.ownerId);
  const window = async (tariffId: string) => (await city.asked(owner, PUBLISH_WINDOW, { input: { facilityId: lot.facilityId, terms: { ...NIGHTS, tariffId }, ...key() } })).publishWindow;
  const own = (await publish(owner, { facilityId: lot.facilityId })).tariff;
  const ofOwner = (await publish(owner, { partyId: lot.ownerId })).tariff;
  const foreign = (await publish(mayPrice(other.ownerId), { facilityId: other.facilityId })).tariff;
  const gone = (await publish(owner, { facilityId: lot.facilityId })).tariff;
  await city.asked(owner, WITHDRAW, { input: { tariffId: gone.id, reason: '停用', ...key() } });

  const refused = await writesNothing(async () => [await window('tar_01j00000000000000000000000'), await window(foreign.id), await window(gone.id)]);

  expect(refused.map((each: any) => each.userErrors)).toEqual(['TARIFF_UNKNOWN', 'TARIFF_FOREIGN', 'TARIFF_WITHDRAWN'].map(code => [{ code, field: 'terms.tariffId' }]));
  expect((await window(own.id)).window).toMatchObject({ tariff: { id: own.id, name: '小时价' } });
  expect((await window(ofOwner.id)).userErrors).toEqual([]);
});

test('a revision of a window to an unknown tariff changes nothing', async () => {
  const lot = await city.lot();
  const owner = mayPrice(lot.ownerId);
  const { window } = (await city.asked(owner, PUBLISH_WINDOW, { input: { facilityId: lot.facilityId, terms: NIGHTS, ...key() } })).publishWindow;

  const { reviseWindow } = await writesNothing(() => city.asked(owner, `mutation ($input: ReviseWindowInput!) { reviseWindow(input: $input) { userErrors { code field } } }`, { input: { windowId: window.id, terms: { ...NIGHTS, tariffId: 'tar_01j00000000000000000000000' }, ...key() } }));

  expect(reviseWindow.userErrors).toEqual([{ code: 'TARIFF_UNKNOWN', field: 'terms.tariffId' }]);
});

test('a tariff in use is not withdrawn: who uses it is named; afterwards it changes no more', async () => {
  const lot = await city.lot();
  const owner = mayPrice(lot.ownerId);
  const { tariff } = await publish(owner, { facilityId: lot.facilityId });
  const withdraw = async () => (await city.asked(owner, WITHDRAW, { input: { tariffId: tariff.id, reason: '停用', ...key() } })).withdrawTariff;
  const register = async (tariffId: string | null) => (await city.asked(owner, REGISTER, { input: { facilityId: lot.facilityId, tariffId, reason: '备案', ...key() } })).registerFacilityTariff;

  expect(await register(tariff.id)).toEqual({ facility: { id: lot.facilityId, registeredTariff: { id: tariff.id } }, tariff: { id: tariff.id }, userErrors: [] });
  expect((await writesNothing(withdraw)).userErrors).toEqual([{ code: 'TARIFF_IN_USE', field: 'tariffId' }]);
  expect(await register(null)).toMatchObject({ facility: { registeredTariff: null }, tariff: null, userErrors: [] });

  expect((await withdraw()).tariff).toEqual({ status: 'WITHDRAWN', statusReason: '停用', version: '2' });
  expect((await writesNothing(withdraw)).userErrors).toMatchObject([{ code: 'ILLEGAL_TRANSITION' }]);
  expect((await writesNothing(() => register(tariff.id))).userErrors).toEqual([{ code: 'TARIFF_WITHDRAWN', field: 'tariffId' }]);
});

test('tariffs are listed in pages, by whose they are and by state', async () => {
  const lot = await city.lot();
  const ids = [];
  for (let index = 0; index < 3; index += 1) ids.push((await publish(mayPrice(lot.ownerId), { facilityId: lot.facilityId })).tariff.id);
  const list = async (after: string | null) => (await city.asked(anonymous, `query ($where: TariffWhere, $after: String) { tariffs(where: $where, first: 2, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } totalCount } }`, { where: { facilityIds: [lot.facilityId], statuses: ['PUBLISHED'] }, after })).tariffs;

  const first = await list(null);
  const second = await list(first.pageInfo.endCursor);

  expect([...first.edges, ...second.edges].map((edge: any) => edge.node.id)).toEqual([...ids].sort());
  expect([first.totalCount, first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([3, true, false]);
});

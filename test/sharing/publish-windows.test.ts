import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { decodeTerms } from '../../src/sharing/index.js';
import { quotaOf } from '../../src/sharing/rules/window.js';
import { valueOf } from '../facilities/city.js';
import { codesOf, lenderOf, openLendingCity, told, type LendingCity } from './city.js';
import { closure, day } from './rules/terms-builder.js';

let city: LendingCity;

beforeAll(async () => {
  city = await openLendingCity();
});

afterAll(() => city.database.close());

const evening = (spaces: number) => told({ name: `晚间 ${spaces}`, quota: quotaOf({ STANDARD: spaces }) });
const searched = async (facilityId: string) => (await city.database.query<{ windows: any[]; version: string }>('select windows, version from facility_search where facility_id = $1', [facilityId]))[0]!;

test('an owner publishes a window: it is stored, versioned, audited, announced, and found by search', async () => {
  const lot = await city.lot();
  const before = await searched(lot.facilityId);

  const [outcome] = await city.publish(city.as(lenderOf(lot.ownerId)), { facility: { id: lot.facilityId }, source: '自报', sourceCode: 'W1', terms: evening(10) });
  const { windowId, version, effect, findings } = valueOf(outcome);

  expect({ version, effect, findings }).toEqual({ version: 1, effect: 'CREATED', findings: [] });
  const after = await searched(lot.facilityId);
  expect(before.windows).toEqual([]);
  expect(after.version).not.toBe(before.version);
  expect(after.windows).toEqual([{ id: windowId, zoneId: lot.zoneId, version: '1', terms: expect.objectContaining({ v: 1, name: '晚间 10', status: 'PUBLISHED' }), suspensions: [] }]);
  expect(decodeTerms(after.windows[0].terms)).toEqual({ ...evening(10), status: 'PUBLISHED' });
  expect(await city.database.query('select action, object_id, details ->> $1 as effect from audit_entry where object_id = $2', ['effect', windowId])).toEqual([{ action: 'window:publish', object_id: windowId, effect: 'CREATED' }]);
  expect(await city.database.query('select payload from outbox_event where topic = $1', ['window.published'])).toEqual([{ payload: { windowId, facilityId: lot.facilityId, version: 1, effect: 'CREATED' } }]);
});

test('the same window told again writes nothing; told otherwise it is a new version', async () => {
  const lot = await city.lot();
  const exception = closure({ fromDay: day('2026-05-01'), untilDay: day('2026-05-06') });
  const draft = { facility: { city: '350500', source: '普查2026', code: lot.sourceCode }, source: '自报', sourceCode: 'W2', terms: { ...evening(10), exceptions: [{ ...exception, id: null }] } };
  const [first] = await city.publish(city.system, draft);
  const written = await city.counts();

  expect(valueOf((await city.publish(city.system, draft))[0])).toMatchObject({ effect: 'UNCHANGED', version: 1, windowId: valueOf(first).windowId });
  expect(await city.counts()).toEqual(written);

  const [revised] = await city.publish(city.system, { ...draft, terms: { ...draft.terms, quota: quotaOf({ STANDARD: 12 }) } });
  expect(valueOf(revised)).toMatchObject({ effect: 'CHANGED', version: 2, windowId: valueOf(first).windowId });
  expect(await city.database.query(`select version, upper_inf(recorded_during) and upper_inf(valid_during) as held from sharing_window_version where id = $1 order by version, held`, [valueOf(first).windowId])).toHaveLength(2);
});

test('a batch answers draft by draft: what is refused writes nothing, the others stand', async () => {
  const [one, other] = [await city.lot(), await city.lot({ zones: [{ code: 'A', capacity: [{ spaceClass: 'STANDARD', total: 5, shareable: 5 }] }, { code: 'B', capacity: [{ spaceClass: 'STANDARD', total: 5, shareable: 5 }] }] })];
  const scope = city.as(lenderOf(one.ownerId));

  const outcomes = await city.publish(
    scope,
    { facility: { id: one.facilityId }, source: 's', sourceCode: 'B1', terms: evening(10) },
    { facility: { id: one.facilityId }, source: 's', sourceCode: 'B1', terms: evening(11) },
    { facility: { id: one.facilityId }, terms: evening(41) },
    { facility: { id: other.facilityId }, zone: { code: 'A' }, terms: evening(5) },
    { facility: { city: '350500', source: '普查2026', code: 'NONE' }, terms: evening(5) },
    { facility: { id: one.facilityId }, terms: { ...evening(5), name: ' ', rules: [] } },
  );

  expect(outcomes.map(codesOf)).toEqual([[], ['REPEATED_IN_BATCH'], ['QUOTA_EXCEEDS_SHAREABLE'], ['NOT_ALLOWED'], ['FACILITY_UNKNOWN'], ['NAME_EMPTY', 'RULES_EMPTY']]);
  expect((await searched(one.facilityId)).windows).toHaveLength(1);
  expect((await searched(other.facilityId)).windows).toEqual([]);
  const unclear = await city.publish(city.system, { facility: { id: other.facilityId }, terms: evening(5) }, { facility: { id: other.facilityId }, zone: { code: 'C' }, terms: evening(5) });
  expect(unclear.map(codesOf)).toEqual([['ZONE_MISSING'], ['ZONE_UNKNOWN']]);
});

test('P1: the windows of a zone fit together at every instant, and the first instant at which they do not is named', async () => {
  const lot = await city.lot();
  const holidays = told({ name: '节假日', quota: quotaOf({ STANDARD: 30 }), rules: [{ days: { dayTypes: ['HOLIDAY'] }, from: { minute: 600 }, until: { durationMinutes: 720 } }], validFrom: day('2026-03-01') });

  const [night, day30] = await city.publish(city.system, { facility: { id: lot.facilityId }, terms: evening(20) }, { facility: { id: lot.facilityId }, terms: holidays });

  expect(codesOf(night)).toEqual([]);
  expect(day30).toMatchObject({ ok: false, problems: [{ code: 'QUOTA_EXCEEDS_CAPACITY', zh: '2026-04-04 18:00 起 STANDARD 共享数量合计 50 个，超过分区可共享的 40 个（时段：晚间 20、节假日）', data: { quota: 50, shareable: 40, spaceClass: 'STANDARD' } }] });
  const daytime = { ...holidays, rules: [{ days: { dayTypes: ['HOLIDAY' as const] }, from: { minute: 450 }, until: { minute: 1080, dayOffset: 0 } }] };
  expect(codesOf((await city.publish(city.system, { facility: { id: lot.facilityId }, terms: daytime }))[0])).toEqual([]);
});

test('P1: of two publishers who each ask for 25 of 40 spaces at once, exactly one succeeds', async () => {
  const lot = await city.lot();
  const publishOne = (name: string) => city.publish(city.as(lenderOf(lot.ownerId)), { facility: { id: lot.facilityId }, terms: { ...evening(25), name } });

  const outcomes = (await Promise.all(Array.from({ length: 8 }, (_, i) => publishOne(`窗 ${i}`)))).flat();

  expect(outcomes.filter(outcome => outcome.ok)).toHaveLength(1);
  expect(outcomes.flatMap(codesOf)).toEqual(Array(7).fill('QUOTA_EXCEEDS_CAPACITY'));
  expect(await city.database.query('select id from sharing_window where facility_id = $1', [lot.facilityId])).toHaveLength(1);
});

test('a thousand windows are published in a handful of statements', async () => {
  const lots = [await city.lot({ zones: [{ capacity: [{ spaceClass: 'STANDARD', total: 2000, shareable: 2000 }] }] }), await city.lot({ zones: [{ capacity: [{ spaceClass: 'STANDARD', total: 2000, shareable: 2000 }] }] })];
  const drafts = Array.from({ length: 1000 }, (_, i) => ({ facility: { id: lots[i % 2]!.facilityId }, source: '批量', sourceCode: `M${i}`, terms: { ...evening(1), name: `窗 ${i}` } }));

  const outcomes = await city.publish(city.system, ...drafts);

  expect(outcomes.filter(outcome => outcome.ok)).toHaveLength(1000);
  expect((await searched(lots[1]!.facilityId)).windows).toHaveLength(500);
});

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { done, problem, refuse } from '../../src/kernel/index.js';
import { transaction } from '../../src/platform/index.js';
import { tellParties, type NoticeDraft } from '../../src/identity/index.js';
import { openCity, valueOf, type City } from './city.js';

let city: City;
let driver: string;
let company: string;

beforeAll(async () => {
  city = await openCity();
  driver = await city.party({ kind: 'PERSON', name: '林小明', phone: '13812345678' });
  company = await city.party({ kind: 'ENTERPRISE' });
});

afterAll(() => city.database.close());

const SUBJECT = { subjectKind: 'Window', subjectId: 'win_00000000000000000000000000' };
const moved = (partyId: string, told: Partial<NoticeDraft> = {}): NoticeDraft => ({ partyId, topic: 'reservation.moved', ...SUBJECT, zh: '闽C12345 的预约改到东湖停车场', en: 'the reservation of 闽C12345 moved to Donghu car park', ...told });
const tell = (...notices: NoticeDraft[]) => transaction(city.system, async unit => done(await tellParties(unit, notices)));
const rowsOf = (partyId: string) => city.database.query<{ text: string }>('select row_to_json(n)::text as text from notice n where party_id = $1', [partyId]);

test('what a unit tells is written with it, once a party and matter, and its text is sealed', async () => {
  valueOf(await tell(moved(driver), moved(driver), moved(company)));

  const rows = await rowsOf(driver);
  expect(rows.length).toBe(1);
  expect(rows[0]!.text).not.toMatch(/闽C12345|Donghu/);
  expect((await rowsOf(company)).length).toBe(1);
});

test('a person hears by push and by SMS, an organisation without a phone through the API alone', async () => {
  const deliveries = await city.database.query('select party_id, channel, state from notice_delivery order by channel');

  expect(deliveries).toEqual([{ party_id: driver, channel: 'PUSH', state: 'PENDING' }, { party_id: driver, channel: 'SMS', state: 'PENDING' }]);
});

test('a unit that is refused tells nobody', async () => {
  const before = (await rowsOf(driver)).length;

  await transaction(city.system, async unit => {
    await tellParties(unit, [moved(driver, { topic: 'reservation.refunded' })]);
    return refuse(problem('NO', { zh: '否', en: 'no' }));
  });

  expect((await rowsOf(driver)).length).toBe(before);
});

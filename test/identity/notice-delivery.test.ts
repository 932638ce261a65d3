import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { done } from '../../src/kernel/index.js';
import { transaction } from '../../src/platform/index.js';
import { tellParties } from '../../src/identity/index.js';
import { deliverNotices, noticeDeliveries } from '../../src/identity/deliver-notices.js';
import { gatewayNoticeProvider, localNoticeProvider, type NoticeMessage, type NoticeProvider } from '../../src/identity/notice-provider.js';
import { MOST_TRIES, type Sent } from '../../src/identity/rules/notice-delivery.js';
import { openCity, valueOf, type City } from './city.js';

const PHONE = '13812345678';
const HOUR = 3_600_000;
let city: City;
let driver: string;
const logged: string[] = [];

beforeAll(async () => {
  const log = pino({ level: 'debug' }, new Writable({ write: (line, _encoding, taken) => (logged.push(String(line)), taken()) }));
  city = await openCity({ log });
});

beforeEach(async () => {
  logged.length = 0;
  await city.database.query('truncate notice cascade');
  await city.database.query('update party set sealed_phone = null, phone_hash = null');
  driver = await city.party({ kind: 'PERSON', name: '林小明', phone: PHONE });
});

afterAll(() => city.database.close());

async function tellDriver(): Promise<void> {
  const notice = { partyId: driver, topic: 'reservation.moved', subjectKind: 'Window', subjectId: 'win_00000000000000000000000000', zh: '闽C12345 的预约改到东湖停车场', en: 'the reservation of 闽C12345 moved' };
  valueOf(await transaction(city.system, async unit => done(await tellParties(unit, [notice]))));
}

/** A provider that answers what it is told to, in order, and then takes everything. */
function scripted(channels: NoticeProvider['channels'], ...answers: Array<Sent | Error>): NoticeProvider & { readonly taken: NoticeMessage[] } {
  const taken: NoticeMessage[] = [];
  return {
    name: 'scripted',
    channels,
    taken,
    async send(message) {
      const answer = answers.shift() ?? { isTaken: true };
      if (answer instanceof Error) throw answer;
      if (answer.isTaken) taken.push(message);
      return answer;
    },
  };
}

const states = () => city.database.query('select channel, state, tries, last_failure as failure from notice_delivery order by channel');
const away: Sent = { isTaken: false, failure: 'HTTP_503', isFinal: false };

test('each way is delivered once, with the phone opened for SMS alone and the party’s id for push', async () => {
  await tellDriver();
  const provider = scripted(['PUSH', 'SMS']);

  expect(await deliverNotices(city.services, provider)).toBe(2);
  expect(await deliverNotices(city.services, provider)).toBe(0);

  expect(provider.taken.map(({ channel, to, zh }) => ({ channel, to, zh })).sort((a, b) => a.channel.localeCompare(b.channel))).toEqual([
    { channel: 'PUSH', to: driver, zh: '闽C12345 的预约改到东湖停车场' },
    { channel: 'SMS', to: PHONE, zh: '闽C12345 的预约改到东湖停车场' },
  ]);
  expect(await states()).toEqual([{ channel: 'PUSH', state: 'DELIVERED', tries: 1, failure: null }, { channel: 'SMS', state: 'DELIVERED', tries: 1, failure: null }]);
});

test('a failure rests as long as its back-off says, and no failure of one way holds up the other', async () => {
  await tellDriver();
  const provider = scripted(['SMS'], away, new Error(`cannot reach ${PHONE}`));

  expect(await deliverNotices(city.services, provider)).toBe(1);
  city.services.clock.advance(14_999);
  expect(await deliverNotices(city.services, provider)).toBe(0);
  city.services.clock.advance(1);
  expect(await deliverNotices(city.services, provider)).toBe(1);
  expect(await states()).toEqual([{ channel: 'PUSH', state: 'PENDING', tries: 0, failure: null }, { channel: 'SMS', state: 'PENDING', tries: 2, failure: 'UNREACHABLE' }]);
  city.services.clock.advance(30_000);
  expect(await deliverNotices(city.services, provider)).toBe(1);

  expect((await states())[1]).toEqual({ channel: 'SMS', state: 'DELIVERED', tries: 3, failure: null });
});

test('after its last try a delivery is dead: it is tried no more, stands for the operator to count, and one line says so', async () => {
  await tellDriver();
  const provider = scripted(['PUSH'], ...Array.from({ length: 50 }, () => away));

  for (let turn = 0; turn < MOST_TRIES + 5; turn++) {
    await deliverNotices(city.services, provider);
    city.services.clock.advance(4 * HOUR);
  }

  expect((await states())[0]).toEqual({ channel: 'PUSH', state: 'DEAD', tries: MOST_TRIES, failure: 'HTTP_503' });
  expect(await noticeDeliveries(city.services)).toEqual({ pending: 1, dead: 1 });
  expect(logged.filter(line => line.includes('given up')).length).toBe(1);
});

test('a try is counted before it is sent: a server that dies in the middle leaves it to wait, not to repeat at once', async () => {
  await tellDriver();
  const died = Promise.withResolvers<Sent>();
  const asked = Promise.withResolvers<void>();
  const dying: NoticeProvider = { name: 'dying', channels: ['PUSH'], send: () => (asked.resolve(), died.promise) };
  const turn = deliverNotices(city.services, dying);
  await asked.promise;

  expect(await deliverNotices(city.services, scripted(['PUSH']))).toBe(0);
  city.services.clock.advance(15_000);
  expect(await deliverNotices(city.services, scripted(['PUSH']))).toBe(1);

  died.resolve(away);
  await turn;
  expect((await states())[0]).toEqual({ channel: 'PUSH', state: 'DELIVERED', tries: 2, failure: null });
});

test('a phone that was taken back meanwhile ends its delivery, and a text that does not open is tried and then dead', async () => {
  await tellDriver();
  await city.database.query('update party set sealed_phone = null, phone_hash = null where id = $1', [driver]);
  await city.database.query(`update notice set sealed_text = 'a256gcm.test.x.y.z'`);

  await deliverNotices(city.services, scripted(['PUSH', 'SMS']));

  expect(await states()).toEqual([{ channel: 'PUSH', state: 'PENDING', tries: 1, failure: 'UNREADABLE' }, { channel: 'SMS', state: 'DEAD', tries: 1, failure: 'NO_ADDRESS' }]);
});

test('G26: neither text nor phone nor name is ever in the log, or in the clear in the database', async () => {
  await tellDriver();
  await deliverNotices(city.services, scripted(['PUSH', 'SMS'], new Error(`no route to ${PHONE}`), { isTaken: false, failure: 'HTTP_400', isFinal: true }));
  city.services.clock.advance(HOUR);
  await deliverNotices(city.services, localNoticeProvider(city.services.log));

  const personal = /13812345678|闽C12345|林小明|东湖/;
  expect(logged.some(line => line.includes('local provider'))).toBe(true);
  expect(logged.filter(line => personal.test(line))).toEqual([]);
  const rows = await city.database.query<{ text: string }>(`select row_to_json(n)::text as text from notice n union all select row_to_json(d)::text from notice_delivery d union all select row_to_json(o)::text from outbox_event o union all select row_to_json(a)::text from audit_entry a`);
  expect(rows.filter(row => personal.test(row.text))).toEqual([]);
});

test('the gateway gets signed JSON under a key of its own; 4xx ends a delivery, 429 and 5xx do not', async () => {
  const heard: Array<{ body: string; headers: Record<string, unknown> }> = [];
  const answers = [200, 400, 429, 502];
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += String(part);
    heard.push({ body, headers: request.headers });
    response.writeHead(answers.shift()!).end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const gateway = gatewayNoticeProvider(`http://127.0.0.1:${(server.address() as AddressInfo).port}/notices`, 'a secret of the city’s own gateway');
  const message: NoticeMessage = { deliveryId: 'ntc_1.SMS', channel: 'SMS', to: PHONE, topic: 'reservation.moved', zh: '改', en: 'moved' };

  const results: Sent[] = [];
  for (let i = 0; i < 4; i++) results.push(await gateway.send(message, AbortSignal.timeout(5_000)));
  await new Promise(resolve => server.close(resolve));

  expect(results).toEqual([
    { isTaken: true },
    { isTaken: false, failure: 'HTTP_400', isFinal: true },
    { isTaken: false, failure: 'HTTP_429', isFinal: false },
    { isTaken: false, failure: 'HTTP_502', isFinal: false },
  ]);
  expect(JSON.parse(heard[0]!.body)).toEqual(message);
  expect(heard[0]!.headers).toMatchObject({ 'idempotency-key': 'ntc_1.SMS', 'chaowei-signature': createHmac('sha256', 'a secret of the city’s own gateway').update(heard[0]!.body).digest('hex') });
});

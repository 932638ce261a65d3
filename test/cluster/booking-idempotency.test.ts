import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { seeded } from '../support/random.js';
import { ask, CALLS, openBookedCity, stay, type Answered, type BookedCity, type CallName, type Caller, type Lot } from './booked-city.js';
import { brokenInvariants } from './booking-invariants.js';
import { until } from './machines.js';

const FULL = process.env.FAULTS === 'full';
const SEED = Number(process.env.FAULT_SEED ?? 6);
const ASKED = FULL ? 100_000 : 1_000;
const KILLS = FULL ? 20 : 2;
const CALLERS = 16;

let city: BookedCity;
let lots: Lot[];
let drivers: Caller[];

beforeAll(async () => {
  city = await openBookedCity();
  lots = await Promise.all(Array.from({ length: 4 }, () => city.lot(20)));
  drivers = await Promise.all(Array.from({ length: CALLERS }, () => city.driver('ENTERPRISE')));
  await Promise.all([city.startServer(), city.startServer(), city.startServer()]);
}, 120_000);

afterAll(() => city.close());

/** One call, what every sending of it was answered, and how often it was sent. */
interface Asked {
  readonly name: CallName;
  readonly caller: Caller;
  readonly input: object;
  readonly told: string[];
  sent: number;
}

const asked: Asked[] = [];

/** Sends a call once, to any server; the client leaves amid it now and then, and hears nothing. */
async function send(call: Asked, random: ReturnType<typeof seeded>, isCut: boolean): Promise<Answered> {
  const leaving = new AbortController();
  const server = random.pick(city.servers);
  call.sent += 1;
  const answering = ask(server, call.caller, CALLS[call.name], { input: call.input }, leaving.signal);
  if (isCut) {
    const turns = random.int(0, 30);
    for (let turn = 0; turn < turns; turn++) await new Promise(resolve => setImmediate(resolve));
    leaving.abort();
  }
  return answering;
}

/** The answer of a call that was heard; of those that say 'come again' none is one. */
function heard({ status, errors }: Answered): boolean {
  return status !== 0 && !errors?.some(({ extensions }) => extensions.code === 'SERVICE_UNAVAILABLE' || extensions.reason === 'IN_PROGRESS');
}

/** Sends a call 2 to 5 times, some at once and some after each other, and then until it is heard. */
async function askAgainAndAgain(name: CallName, caller: Caller, input: object, random: ReturnType<typeof seeded>): Promise<any> {
  const call: Asked = { name, caller, input, told: [], sent: 0 };
  asked.push(call);
  const keep = (answered: Answered): void => void (heard(answered) && call.told.push(answered.text));
  const times = random.int(2, 5);
  const atOnce = random.int(1, times);
  (await Promise.all(Array.from({ length: atOnce }, () => send(call, random, random.chance(0.3))))).forEach(keep);
  for (let time = atOnce; time < times; time++) keep(await send(call, random, random.chance(0.3)));
  while (call.told.length === 0) keep(await send(call, random, false));
  return JSON.parse(call.told[0]!).data?.[name];
}

test(`G2: ${ASKED} calls, each sent 2 to 5 times to any of three servers, cut by the client and by ${KILLS} kills, each take effect once (seed ${SEED})`, async () => {
  const random = seeded(SEED);
  let key = 0;
  const live = async (caller: Caller, own: ReturnType<typeof seeded>): Promise<void> => {
    while (asked.length < ASKED) {
      const quoted = await askAgainAndAgain('quoteStay', caller, { facilityId: own.pick(lots).id, during: stay(60 + own.int(0, 200) * 5, 15), idempotencyKey: `quote ${++key}` }, own);
      if (!quoted?.quote) continue;
      const reserved = await askAgainAndAgain('reserveSpace', caller, { quoteId: quoted.quote.id, plates: [{ number: `闽C${String(++key).padStart(5, '0')}` }], idempotencyKey: `reserve ${key}` }, own);
      if (reserved?.reservation && own.chance(0.5)) await askAgainAndAgain('cancelReservation', caller, { reservationId: reserved.reservation.id, idempotencyKey: `cancel ${++key}` }, own);
    }
  };
  const living = Promise.all(drivers.map((caller, i) => live(caller, seeded(SEED * 1_000 + i))));
  for (let kill = 1; kill <= KILLS; kill++) {
    await until('calls go on', () => asked.length >= (ASKED * kill) / (KILLS + 1), FULL ? 600_000 : 120_000);
    await city.kill(random.pick(city.servers));
    await city.startServer();
  }
  await living;

  await expectOnce();
  await expectTheSameAfterRestart();
  await expectKeysAreNotReused();
  expect({ seed: SEED, ...(await brokenInvariants(city)) }).toEqual({ seed: SEED });
}, FULL ? 3_600_000 : 240_000);

/** What was acknowledged stands, what stands was asked for, and each once: 0 duplicates, 0 lost. */
async function expectOnce(): Promise<void> {
  const done = (name: CallName, part: string): string[] => asked.filter(call => call.name === name).flatMap(({ told }) => JSON.parse(told[0]!).data?.[name]?.[part]?.id ?? []).toSorted();
  const ids = async (statement: string): Promise<string[]> => (await city.database.query<{ id: string }>(statement)).map(({ id }) => id).toSorted();

  expect(await ids('select id from quote')).toEqual(done('quoteStay', 'quote'));
  expect(await ids('select id from reservation')).toEqual(done('reserveSpace', 'reservation'));
  expect(await ids(`select id from reservation where state = 'CANCELLED'`)).toEqual(done('cancelReservation', 'reservation'));
  expect(await ids(`select object_id as id from audit_entry where details ->> 'act' = 'book'`)).toEqual(done('reserveSpace', 'reservation'));
  expect(asked.reduce((sum, { sent }) => sum + sent, 0)).toBeGreaterThan(asked.length * 2);
}

/** Each answer that was heard of a call is the same, to the byte, and a server that was started since gives it again. */
async function expectTheSameAfterRestart(): Promise<void> {
  // What a reservation says is its state, which the caller's own later call has changed.
  const cancelled = new Set(asked.filter(call => call.name === 'cancelReservation').map(({ input }) => (input as { reservationId: string }).reservationId));
  const lasting = asked.filter(({ told }) => !cancelled.has(JSON.parse(told[0]!).data?.reserveSpace?.reservation?.id));
  expect(asked.filter(({ told }) => new Set(told).size > 1).map(({ told }) => told)).toEqual([]);

  const fresh = await city.startServer();
  for (const call of lasting.slice(0, 200)) {
    const { told, name } = call;
    if (!JSON.parse(told[0]!).data?.[name]?.[name === 'quoteStay' ? 'quote' : 'reservation']) continue;
    expect((await ask(fresh, call.caller, CALLS[name], { input: call.input })).text).toBe(told[0]);
  }
}

async function expectKeysAreNotReused(): Promise<void> {
  const booked = asked.filter(({ name, told }) => name === 'reserveSpace' && JSON.parse(told[0]!).data?.reserveSpace?.reservation);
  for (const { caller, input } of booked.slice(0, 20)) {
    const other = await ask(city.servers[0]!, caller, CALLS.reserveSpace, { input: { ...input, plates: [{ number: '闽C99999' }] } });
    expect(other.errors?.[0]!.extensions).toMatchObject({ code: 'CONFLICT', reason: 'KEY_REUSED' });
  }
}

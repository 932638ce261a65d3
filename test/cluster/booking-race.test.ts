import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { askUntilAnswered, CALLS, openBookedCity, stay, type Answered, type BookedCity, type Caller } from './booked-city.js';

const CALLERS = 200;
const QUOTA = 7;

let city: BookedCity;
let drivers: Caller[];
let vehicles = 10_000;

beforeAll(async () => {
  city = await openBookedCity();
  await Promise.all([city.startServer(), city.startServer()]);
  drivers = await Promise.all(Array.from({ length: 8 }, () => city.driver()));
}, 60_000);

afterAll(() => city.close());

/** Quotes for the same stay, made while nothing is booked: all of them promise the price of spaces that only a few can have. */
function quoteAll(facilityId: string, during: object): Promise<string[]> {
  return Promise.all(Array.from({ length: CALLERS }, async (_, i) => {
    const { data } = await askUntilAnswered(() => city.servers[i % 2]!, drivers[i % drivers.length]!, CALLS.quoteStay, { input: { facilityId, during, idempotencyKey: `quote ${facilityId} ${i}` } });
    return data.quoteStay.quote.id as string;
  }));
}

function reserveAll(quoteIds: readonly string[], key: string): Promise<Answered[]> {
  return Promise.all(quoteIds.map((quoteId, i) => askUntilAnswered(() => city.servers[i % 2]!, drivers[i % drivers.length]!, CALLS.reserveSpace, { input: { quoteId, plates: [{ number: `闽C${String((vehicles += 1))}` }], idempotencyKey: `${key} ${i}` } })));
}

test.each([['free: promised at once', 0], ['paid: held for the payment', 500]])(`G1: ${CALLERS} bookings at once for ${QUOTA} spaces through two servers (%s): exactly ${QUOTA} succeed, the others are refused in words`, async (_how, fenPerHour) => {
  const lot = await city.lot(QUOTA, fenPerHour === 0 ? {} : { tariffId: await city.tariff(fenPerHour) });
  const during = stay(60, 60);
  const quoteIds = await quoteAll(lot.id, during);

  const answers = await reserveAll(quoteIds, `race ${lot.id}`);

  const faults = answers.filter(({ status, errors }) => status !== 200 || errors !== undefined);
  if (faults.length > 0) throw new Error([`${faults.length} calls failed`, faults[0]!.text, ...city.servers.map(server => server.said)].join('\n'));
  const booked = answers.flatMap(({ data }) => data.reserveSpace.reservation ?? []);
  const refusals = answers.flatMap(({ data }) => data.reserveSpace.userErrors.map((told: { firstConflict: string }) => ({ ...told, firstConflict: Date.parse(told.firstConflict) })));
  expect(booked).toHaveLength(QUOTA);
  expect(new Set(booked.map(({ id }) => id)).size).toBe(QUOTA);
  expect(new Set(booked.map(({ state }) => state))).toEqual(new Set([fenPerHour === 0 ? 'CONFIRMED' : 'HELD']));
  expect(refusals).toHaveLength(CALLERS - QUOTA);
  expect(refusals).toEqual(refusals.map(() => ({ __typename: 'NotEnoughSpaces', code: 'NOT_ENOUGH_SPACES', freeSpaces: 0, firstConflict: Date.parse(during.startsAt) })));
  await expectSwept(lot.id, fenPerHour);
}, 120_000);

/** The rows afterwards: no instant has more claims than spaces, the counters count them, and each booking stands with all that belongs to it. */
async function expectSwept(facilityId: string, fenPerHour: number): Promise<void> {
  const { database } = city;
  const [most] = await database.query<{ most: number }>(
    `select coalesce(max(n), 0)::int as most from claim c, lateral (select sum(o.spaces) as n from claim o where o.facility_id = c.facility_id and o.ended_at is null and o.starts_at <= c.starts_at and c.starts_at < o.ends_at) s
     where c.facility_id = $1 and c.ended_at is null`,
    [facilityId],
  );
  const [counted] = await database.query<{ most: number }>('select coalesce(max(n), 0)::int as most from claim_day, unnest(claimed) as n where facility_id = $1', [facilityId]);
  const [rows] = await database.query(
    `select count(*)::int as reservations, count(c.id)::int as claims, count(*) filter (where exists (select from audit_entry a where a.object_id = r.id))::int as audited,
       count(*) filter (where exists (select from outbox_event e where e.topic = 'reservation.changed' and e.payload ->> 'reservationId' = r.id))::int as announced,
       coalesce(sum((select count(*) from charge h where h.cause_id = r.id and h.state = 'OPEN')), 0)::int as charges
     from reservation r left join claim c on c.id = r.claim_id and c.ended_at is null and c.cause_id = r.id where r.facility_id = $1`,
    [facilityId],
  );
  const [state] = await database.query<{ deadlocks: number }>('select deadlocks::int from pg_stat_database where datname = current_database()');

  expect(most!.most).toBe(QUOTA);
  // A hold is no counter: it ends by its time.
  expect(counted!.most).toBe(fenPerHour === 0 ? QUOTA : 0);
  expect(rows).toEqual({ reservations: QUOTA, claims: QUOTA, audited: QUOTA, announced: QUOTA, charges: fenPerHour === 0 ? 0 : QUOTA });
  expect(state!.deadlocks).toBe(0);
}

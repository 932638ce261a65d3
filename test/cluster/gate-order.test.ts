import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { settleSessions } from '../../src/parking/gate/settle-sessions.js';
import { systemClock } from '../../src/platform/index.js';
import { seeded } from '../support/random.js';
import { CALLS, ask, askUntilAnswered, openBookedCity, type Answered, type BookedCity, type Lot } from './booked-city.js';

// C4: in whichever order, by whichever server, how often and beside what else passages are told, stays are what happened.

const PROCESSES = 3;
const ROUNDS = 4;
const MINUTE = 60_000;
const CALL = {
  ...CALLS,
  backfill: 'mutation b($input: RecordGateEventsInput!) { recordGateEvents(input: $input) { receipts { verdict gateEventId } userErrors { code } } }',
  correct: 'mutation c($input: CorrectPlateInput!) { correctPlate(input: $input) { session { id } userErrors { code } } }',
} as const;

let city: BookedCity;
let keys = 0;

beforeAll(async () => {
  city = await openBookedCity();
  for (let nth = 0; nth < PROCESSES; nth++) await city.startServer();
}, 120_000);

afterAll(() => city.close());

interface Passage {
  readonly eventId: string;
  readonly gate: string;
  readonly kind: 'ENTRY' | 'EXIT';
  readonly plate: string;
  readonly occurredAt: string;
  /** What a person corrects it to; null: it was read right. */
  readonly meant: string | null;
}

/** What gates saw of few vehicles within some hours: mostly in and out, sometimes twice, out of nowhere, at one instant, or misread. */
function passagesOf(random: ReturnType<typeof seeded>, from: number): readonly Passage[] {
  const plates = ['闽C80001', '闽C80002', '闽C80003'];
  return Array.from({ length: 24 }, (_, nth) => ({
    eventId: `p${nth}`, gate: random.pick(['G1', 'G2']), kind: random.pick(['ENTRY', 'EXIT'] as const), plate: random.pick(plates), occurredAt: new Date(from + random.int(0, 20) * 6 * MINUTE).toISOString(), meant: random.chance(0.15) ? random.pick(plates) : null,
  })).map(passage => (passage.meant === passage.plate ? { ...passage, meant: null } : passage));
}

const eventOf = ({ gate, eventId, kind, plate, occurredAt }: Passage): object => ({ gate, eventId, kind, vehicle: { plate }, occurredAt });

/** Tells passages one by one or in batches, through whichever server, again where one dies; and corrects what was misread. */
async function tell(lot: Lot, batch: readonly Passage[], random: ReturnType<typeof seeded>): Promise<void> {
  const send = async (query: string, input: object): Promise<Answered> => {
    const answered = await askUntilAnswered(() => random.pick(city.servers), city.owner, query, { input: { ...input, idempotencyKey: `gate order ${++keys}` } });
    expect(answered.errors).toBeUndefined();
    return answered;
  };
  const [first] = batch;
  if (batch.length === 1 && random.chance(0.5)) {
    const { kind, ...event } = eventOf(first!) as { kind: 'ENTRY' | 'EXIT' };
    await send(kind === 'ENTRY' ? CALL.recordEntry : CALL.recordExit, { facilityId: lot.id, ...event });
  } else await send(CALL.backfill, { facilityId: lot.id, events: batch.map(eventOf) });
  for (const passage of batch.filter(each => each.meant !== null)) {
    const [stored] = await city.database.query<{ id: string }>('select id from gate_event where facility_id = $1 and gate = $2 and event_id = $3', [lot.id, passage.gate, passage.eventId]);
    const { data } = await send(CALL.correct, { gateEventId: stored!.id, vehicle: { plate: passage.meant }, reason: '误读' });
    expect(data.correctPlate.userErrors.every(({ code }: { code: string }) => code === 'PLATE_UNCHANGED')).toBe(true);
  }
}

/** All that came of it: stays with what they cost and what stands of their charges, what each passage came to, and open findings. */
async function outcomeOf({ id }: Lot): Promise<object> {
  const rows = (text: string): Promise<object[]> => city.database.query(text, [id]);
  return {
    stays: await rows(`select masked_plate as plate, split_part(plate_key, '/', 1) as vehicle, state, epoch_ms(entered_at) as entered, epoch_ms(exited_at) as exited, exit_event_id is not null as told, amount_fen::int as fen,
        (select coalesce(sum(c.amount_fen - c.refunded_fen), 0)::int from charge c where c.cause_id = s.id and c.state <> 'VOID') as charged
      from session s where facility_id = $1 and state <> 'VOID' order by plate_key, began_at, entered_at nulls first, exited_at`),
    passages: await rows(`select gate, event_id as "eventId", split_part(plate_key, '/', 1) as vehicle, verdict from gate_event where facility_id = $1 order by gate, event_id`),
    findings: await rows(`select g.kind, e.gate, e.event_id as "eventId" from gate_finding g join gate_event e on e.id = g.gate_event_id where g.facility_id = $1 and g.resolved_at is null and g.kind <> 'STAY_UNPRICED' order by 1, 2, 3`),
    charged: await rows(`select count(*)::int as count from session s where facility_id = $1 and state = 'VOID' and exists (select from charge c where c.cause_id = s.id and c.state <> 'VOID' and c.amount_fen > c.refunded_fen)`),
  };
}

test('C4: entries, exits, backfill and corrections told at once by several servers, repeated, and with one killed, come to what they come to in their order', async () => {
  const tariffId = await city.tariff(600);
  for (let round = 0; round < ROUNDS; round++) {
    const random = seeded(2_026 + round);
    const [straight, raced] = [await city.lot(9, { tariffId }), await city.lot(9, { tariffId })];
    const passages = passagesOf(random, systemClock.now() - 300 * MINUTE);
    await tell(straight, [...passages].sort((one, other) => (one.occurredAt < other.occurredAt ? -1 : 1)), random);

    const shuffled = [...passages, ...passages.filter(() => random.chance(0.4))].map(passage => ({ passage, at: random.int(0, 1_000_000) })).sort((one, other) => one.at - other.at).map(({ passage }) => passage);
    const batches: Passage[][] = [];
    while (shuffled.length > 0) batches.push(shuffled.splice(0, random.int(1, 5)));
    const telling = Promise.all(batches.map(batch => tell(raced, batch, random)));
    if (round % 2 === 1) await city.kill(city.servers[0]!);
    await telling;
    if (city.servers.length < PROCESSES) await city.startServer();
    while ((await settleSessions(city.services)) > 0);

    expect(await outcomeOf(raced)).toEqual(await outcomeOf(straight));
    expect(await city.database.query(`select 1 from session where facility_id = $1 and state = 'OPEN' group by plate_key having count(*) > 1`, [raced.id])).toEqual([]);
  }
}, 300_000);

test('two gates that tell the entry and the exit of one plate at the same instant leave one stay, whichever server hears which first', async () => {
  const lot = await city.lot(9);
  const now = systemClock.now();
  await Promise.all(Array.from({ length: 12 }, async (_, nth) => {
    const plate = `闽C9${String(1_000 + nth)}`;
    const passage = (kind: 'recordEntry' | 'recordExit', minutesAgo: number) =>
      ask(city.servers[(nth + (kind === 'recordEntry' ? 0 : 1)) % PROCESSES]!, city.owner, CALL[kind], { input: { facilityId: lot.id, gate: kind, eventId: `once ${nth}`, vehicle: { plate }, occurredAt: new Date(now - minutesAgo * MINUTE).toISOString(), idempotencyKey: `once ${kind} ${nth}` } });
    const answers = await Promise.all([passage('recordEntry', 4), passage('recordExit', 2), passage('recordEntry', 4), passage('recordExit', 2)]);
    const failed = answers.flatMap(({ errors }) => errors ?? []).filter(({ extensions }) => extensions.code !== 'CONFLICT');
    expect({ failed, said: failed.length > 0 ? city.servers.map(server => server.said) : [] }).toEqual({ failed: [], said: [] });
  }));

  expect(await city.database.query(`select state, exit_event_id is not null as told, count(*)::int as count from session where facility_id = $1 and state <> 'VOID' group by 1, 2`, [lot.id])).toEqual([{ state: 'ENDED', told: true, count: 12 }]);
  expect(await city.database.query(`select kind from gate_finding where facility_id = $1 and resolved_at is null and kind in ('EXIT_WITHOUT_ENTRY', 'ENTERED_TWICE')`, [lot.id])).toEqual([]);
  expect(await city.database.query(`select coalesce(sum(c.spaces), 0)::int as spaces from claim c where c.facility_id = $1 and c.ended_at is null and c.ends_at > now() + interval '5 minutes'`, [lot.id])).toEqual([{ spaces: 0 }]);
});

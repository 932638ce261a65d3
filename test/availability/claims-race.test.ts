import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isRefusal } from '../../src/kernel/index.js';
import { ANY_DRIVER, claimSpaces, confirmClaims, releaseSpaces, type ClaimAsk } from '../../src/availability/index.js';
import { endExpiredHolds } from '../../src/availability/end-holds.js';
import { openDatabase, openLog, transaction, type Database, type Services } from '../../src/platform/index.js';
import { migrations } from '../../migrations/index.js';
import { quotaOf } from '../../src/sharing/index.js';
import { inUnit } from '../support/city.js';
import { urlOf } from '../support/database.js';
import { seeded } from '../support/random.js';
import { scopeOf } from '../support/scope.js';
import { ask, at, during, openClaimingCity, type ClaimingCity } from './claiming.js';

let city: ClaimingCity;
/** Servers of one city: each with a pool and with kept claims of its own. On the embedded back end there is only one. */
let servers: Services[];
const others: Database[] = [];

beforeAll(async () => {
  city = await openClaimingCity();
  const url = await urlOf(city.database);
  const urls = url === null ? [] : [url, url];
  for (const each of urls) others.push(await openDatabase({ dataFolder: null, poolSize: 8, statementMs: 20_000, acquireMs: 20_000, entities: [], migrations, log: openLog({ level: 'silent' }), url: each }));
  servers = [city.services, ...others.map(database => ({ ...city.services, database }))];
});

afterAll(async () => {
  for (const database of others) await database.close();
  await city.database.close();
});

/** One claim in a transaction of its own, as a caller would make it. */
async function claimAlone(services: Services, one: ClaimAsk): Promise<string> {
  const outcome = await transaction(scopeOf(services), async unit => (await claimSpaces(unit, [one]))[0]!);
  return isRefusal(outcome) ? outcome.problems[0].code : 'CLAIMED';
}

/** Minutes of a facility at which more is promised than the pool lends, and buckets in which the counters differ from the claims: by brute force. */
async function broken(facilityId: string, quota: number): Promise<unknown[]> {
  const { clock } = city.services;
  return city.database.query(
    `with minute as (select generate_series(to_timestamp($2 / 1000.0), to_timestamp($3 / 1000.0), interval '1 minute') as at),
       standing as (select * from claim where facility_id = $1 and ended_at is null and (held_until is null or held_until > to_timestamp($5 / 1000.0))),
       promised as (select m.at, coalesce(sum(c.spaces), 0)::int as spaces, coalesce(sum(c.spaces) filter (where c.held_until is null), 0)::int as counted
         from minute m left join standing c on c.starts_at <= m.at and m.at < c.ends_at group by m.at)
     select p.at, p.spaces, p.counted, d.spaces as counters from promised p
     cross join lateral (select coalesce(sum(d.claimed[1 + (extract(epoch from p.at)::bigint % 86400) / 300]), 0)::int as spaces from claim_day d where d.facility_id = $1 and d.day = (p.at at time zone 'UTC')::date) as d
     where p.spaces > $4 or p.counted <> d.spaces order by p.at limit 5`,
    [facilityId, at('00:00', -1), at('00:00', 3), quota, clock.now()],
  );
}

test('200 parallel bookings on a quota of 7, from several servers: 7 succeed, 193 are refused by name, and nobody sees an error', async () => {
  const id = await city.lot([{ quota: quotaOf({ STANDARD: 7 }) }]);

  const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => claimAlone(servers[i % servers.length]!, ask(id))));

  expect({ claimed: answers.filter(answer => answer === 'CLAIMED').length, refused: answers.filter(answer => answer === 'NOT_ENOUGH_SPACES').length }).toEqual({ claimed: 7, refused: 193 });
  expect(await broken(id, 7)).toEqual([]);
});

test('random claims, changes, confirmations, returns and expiries from several servers never promise more than is lent', async () => {
  const random = seeded(7);
  const id = await city.lot([{ quota: quotaOf({ STANDARD: 4 }) }]);
  const made: string[] = [];
  const anyStay = () => {
    const startsAt = at('09:00') + random.int(0, 20 * 60) * 60_000;
    return { startsAt, endsAt: startsAt + random.int(1, 300) * 60_000 };
  };
  const act = async (services: Services): Promise<void> => {
    const choice = random.next();
    await inUnit(scopeOf(services), async unit => {
      const some = (): string => random.pick(made);
      if (choice < 0.6 || made.length === 0) {
        const asks = Array.from({ length: random.int(1, 4) }, () => ask(id, { during: anyStay(), spaces: random.int(1, 2), heldUntil: random.chance(0.5) ? unit.now + random.int(1, 3) * 60_000 : null, ...(made.length > 0 && random.chance(0.3) ? { replaces: some() } : {}) }));
        const outcomes = await claimSpaces(unit, asks);
        made.push(...outcomes.flatMap(outcome => (outcome.ok ? [outcome.value.claimId] : [])));
      } else if (choice < 0.75) await confirmClaims(unit, [some(), some()]);
      else await releaseSpaces(unit, [{ claimId: some(), from: random.chance(0.5) ? anyStay().startsAt : null, reason: 'CANCELLED' }]);
    });
  };

  for (let turn = 0; turn < 20; turn++) {
    await Promise.all(Array.from({ length: 12 }, (_, i) => act(servers[i % servers.length]!)));
    expect(await broken(id, 4)).toEqual([]);
    city.services.clock.advance(45_000);
    expect(await broken(id, 4)).toEqual([]);
    if (turn % 4 === 3) await endExpiredHolds(city.services);
  }
  const [{ standing }] = await city.database.query<{ standing: number }>('select count(*)::int as standing from claim where facility_id = $1 and ended_at is null', [id]) as [{ standing: number }];
  expect(standing).toBeGreaterThan(5);
});

test('numbered spaces raced by two apps: one has it, the other is told that it is taken; expired holds stand in nobody\'s way', async () => {
  const id = await city.lot([{ quota: quotaOf({ STANDARD: 9 }) }], { zones: [{ code: 'MAIN', capacity: [{ spaceClass: 'STANDARD', total: 20, shareable: 20 }], spaces: ['A1', 'A2'].map(number => ({ number, spaceClass: 'STANDARD' as const })) }] });
  const spaces = await city.database.query<{ id: string }>('select id from space where facility_id = $1 order by number', [id]);
  const [one, two] = spaces.map(space => space.id) as [string, string];
  const now = city.services.clock.now();

  for (let turn = 0; turn < 5; turn++) {
    const answers = await Promise.all(servers.flatMap(services => [one, two].map(spaceId => claimAlone(services, ask(id, { spaceId, during: during('18:00–20:00', turn) })))));
    expect(answers.filter(answer => answer === 'CLAIMED')).toHaveLength(2);
    expect(answers.filter(answer => answer === 'SPACE_TAKEN')).toHaveLength(answers.length - 2);
  }
  await claimAlone(city.services, ask(id, { spaceId: one, during: during('21:00–22:00'), heldUntil: now + 60_000 }));
  city.services.clock.advance(60_000);
  expect(await claimAlone(city.services, ask(id, { spaceId: one, during: during('21:00–22:00') }))).toBe('CLAIMED');
  expect(await claimAlone(city.services, ask(id, { spaceId: one, during: during('22:00–23:00'), asker: ANY_DRIVER }))).toBe('CLAIMED');
});

test('what is out of service cannot be claimed at once, and a window that is changed waits for who claims', async () => {
  const id = await city.lot([{ quota: quotaOf({ STANDARD: 7 }) }], { zones: [{ code: 'MAIN', capacity: [{ spaceClass: 'STANDARD', total: 7, shareable: 7 }] }] });
  await claimAlone(city.services, ask(id));
  const outOfService = (spaces: number): Promise<unknown> => inUnit(scopeOf(servers.at(-1)!), unit => unit.query(
    `update facility_search set lending = jsonb_set(lending, '{capacities,0,outOfService}', to_jsonb($2::int)), version = nextval('facility_search_version') where facility_id = $1`, [id, spaces],
  ));

  await outOfService(4);
  const after = await Promise.all(Array.from({ length: 4 }, () => claimAlone(city.services, ask(id))));
  expect(after.filter(answer => answer === 'CLAIMED')).toHaveLength(2);
  await outOfService(0);
  await Promise.all([...Array.from({ length: 8 }, (_, i) => claimAlone(servers[i % servers.length]!, ask(id))), outOfService(0), outOfService(0)]);

  expect(await broken(id, 7)).toEqual([]);
});

test('a server that dies in the middle of claiming leaves nothing behind, and keeps nobody waiting', async () => {
  const id = await city.lot([{ quota: quotaOf({ STANDARD: 3 }) }]);
  await claimAlone(city.services, ask(id));
  const [dying] = others;
  if (!dying) return;

  const died = dying.session(async sql => {
    await sql.query('begin');
    const unit = Object.create({ now: city.services.clock.now(), scope: scopeOf({ ...city.services, database: dying }), announce: () => undefined, query: sql.query, write: (text: string, params: readonly unknown[]) => void sql.query(text, params) }) as Parameters<typeof claimSpaces>[0];
    expect((await claimSpaces(unit, [ask(id), ask(id)])).every(outcome => outcome.ok)).toBe(true);
    const [{ pid }] = await sql.query<{ pid: number }>('select pg_backend_pid() as pid') as [{ pid: number }];
    await city.database.query('select pg_terminate_backend($1)', [pid]);
    await sql.query('select 1');
  });

  await expect(died).rejects.toThrow();
  // The dead server's kept claims say that the pool is full; the stamp says that they never stood.
  expect(await Promise.all([0, 1, 2].map(() => claimAlone({ ...city.services, database: dying }, ask(id))))).toEqual(expect.arrayContaining(['CLAIMED', 'CLAIMED', 'NOT_ENOUGH_SPACES']));
  expect(await broken(id, 3)).toEqual([]);
});

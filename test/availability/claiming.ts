import { isRefusal, type Outcome, type Problem } from '../../src/kernel/index.js';
import { ANY_DRIVER, availabilityRoom, claimSpaces, confirmClaims, releaseSpaces, type ClaimAsk, type MadeClaim } from '../../src/availability/index.js';
import { keepOccupancyDays } from '../../src/availability/keep-days.js';
import { newId, type Database, type Services } from '../../src/platform/index.js';
import { facilitiesRoom, type FacilityDraft } from '../../src/facilities/index.js';
import { identityRoom } from '../../src/identity/index.js';
import { sharingRoom, type TermsDraft } from '../../src/sharing/index.js';
import { addFacilities, addWindows, facilityDraft, foundCity, inUnit, termsDraft } from '../support/city.js';
import { openTestDatabase } from '../support/database.js';
import { scopeOf, testServices } from '../support/scope.js';

/** Claims stand on these rooms alone. */
const ROOMS = [identityRoom, facilitiesRoom, sharingRoom, availabilityRoom];

/** An instant of the day at which these tests live, Wednesday 2026-02-11, in Quanzhou; minutes beyond 24 h are the next day's. */
export function at(time: string, day = 0): number {
  return Date.parse(`2026-02-11T${time}:00+08:00`) + day * 86_400_000;
}

/** From one time of the day to another. */
export function during(text: string, day = 0): { startsAt: number; endsAt: number } {
  const [from, until] = text.split('–') as [string, string];
  const startsAt = at(from, day);
  const endsAt = at(until, day);
  return { startsAt, endsAt: endsAt > startsAt ? endsAt : endsAt + 86_400_000 };
}

export interface ClaimingCity {
  readonly database: Database;
  readonly services: ReturnType<typeof testServices>;
  /** A car park with these windows (default: five ordinary spaces to everybody, day and night). */
  lot(windows?: ReadonlyArray<Partial<TermsDraft> & { readonly zone?: string }>, facility?: Partial<FacilityDraft>): Promise<string>;
  claim(asks: readonly ClaimAsk[], services?: Services): Promise<ReadonlyArray<Outcome<MadeClaim>>>;
  confirm(...claimIds: string[]): Promise<ReadonlyArray<Outcome<void>>>;
  release(claimId: string, from?: number | null): Promise<void>;
  /** Claims, counters and heads: 'and nothing was written' compares two of these. */
  written(): Promise<unknown>;
}

export async function openClaimingCity(overrides: Partial<Services> = {}): Promise<ClaimingCity> {
  const database = await openTestDatabase(ROOMS.flatMap(room => room.entities));
  const services = testServices(database, overrides);
  services.clock.set('2026-02-11T09:00:00+08:00');
  await keepOccupancyDays(services);
  const system = scopeOf(services);
  await foundCity(system);
  let made = 0;
  return {
    database,
    services,
    async lot(windows = [{}], facility = {}) {
      const [id] = await addFacilities(system, [facilityDraft(`claimed-${++made}`, { longitude: 118.6 + made * 0.0001, latitude: 24.9 }, facility)]);
      await addWindows(system, windows.map(({ zone, ...terms }) => ({ facility: { id: id! }, ...(zone === undefined ? {} : { zone: { code: zone } }), terms: termsDraft(terms) })));
      return id!;
    },
    claim: (asks, own = services) => inUnit(scopeOf(own), unit => claimSpaces(unit, asks)),
    confirm: (...claimIds) => inUnit(scopeOf(services), unit => confirmClaims(unit, claimIds)),
    release: (claimId, from = null) => inUnit(scopeOf(services), unit => releaseSpaces(unit, [{ claimId, from, reason: 'CANCELLED' }])),
    async written() {
      return database.query(
        `select (select count(*)::int from claim) as claims, (select coalesce(sum(e), 0)::int from claim_day, unnest(claimed) e) as counted, (select coalesce(max(version), 0) from claim_head) as stamp`,
      );
    },
  };
}

/** One ordinary space for any driver, this evening; everything else as told. */
export function ask(facilityId: string, told: Partial<ClaimAsk> = {}): ClaimAsk {
  return {
    facilityId, zoneIds: null, spaceId: null, spaceClass: 'STANDARD', during: during('18:00–20:00'), spaces: 1, asker: ANY_DRIVER,
    cause: { kind: 'RESERVATION', id: newId('reservation', at('09:00')) }, heldUntil: null, ...told,
  };
}

export function made(outcome: Outcome<MadeClaim> | undefined): MadeClaim {
  if (!outcome || isRefusal(outcome)) throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

export function problemsOf(outcome: Outcome<unknown> | undefined): Array<Pick<Problem, 'code' | 'data'>> {
  if (!outcome || !isRefusal(outcome)) throw new Error(`not refused: ${JSON.stringify(outcome)}`);
  return outcome.problems.map(({ code, data }) => ({ code, ...(data ? { data } : {}) }));
}

/** What the counters say, unpacked, as runs: 'zone class eligibility from–until spaces', times in UTC. */
export async function countedRuns(database: Database, facilityId: string): Promise<string[]> {
  const rows = await database.query<{ eligibility: string; from: number; spaces: number }>(
    `select d.eligibility, epoch_ms(d.day::timestamp at time zone 'UTC') + (b.n - 1) * 300000 as from, b.spaces
     from claim_day d, unnest(d.claimed) with ordinality as b (spaces, n) where d.facility_id = $1 and b.spaces > 0 order by 1, 2`,
    [facilityId],
  );
  const runs: Array<{ eligibility: string; from: number; until: number; spaces: number }> = [];
  for (const { eligibility, from, spaces } of rows) {
    const last = runs.at(-1);
    if (last && last.eligibility === eligibility && last.until === from && last.spaces === spaces) last.until = from + 300_000;
    else runs.push({ eligibility, from, until: from + 300_000, spaces });
  }
  const time = (instant: number): string => Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO('Asia/Shanghai').toPlainDateTime().toString({ smallestUnit: 'minute' });
  return runs.map(run => `${run.eligibility} ${time(run.from)}–${time(run.until)} ${run.spaces}`);
}

import { ANY_DRIVER, decideStay, type Asker, type StayAsk, type StayDecision } from '../../availability/index.js';
import type { Problem } from '../../kernel/index.js';
import type { SpaceClass } from '../../facilities/index.js';
import type { RequestScope, Unit } from '../../platform/index.js';
import { askerFor } from '../asker-for.js';
import { admit, bookedProblem, type GateBasis, type Option } from '../rules/admission.js';
import { comesFor } from '../rules/booked-first.js';
import { fitsColour, type GateVehicle } from '../rules/gate-vehicle.js';
import { admissionsOfVehicles, reservationsOfVehicles, type AdmittedRow, type BookedRow, type VehicleAt } from './gate.sql.js';
import { suggestBooked } from './suggest-plates.js';

/** A vehicle at the gate of a facility that is known. */
export interface EntryAsk {
  readonly facilityId: string;
  readonly vehicle: GateVehicle;
  readonly plateHash: string;
  readonly plateKey: string;
  readonly at: number;
  /** How long a vehicle without a reservation would like to stay. */
  readonly stayMs: number;
  readonly spaceClass: SpaceClass;
}

/** One right by which a vehicle might enter, with what the one decision is asked. */
interface Right {
  readonly basis: GateBasis;
  readonly booked: BookedRow | null;
  readonly admission: AdmittedRow | null;
  /** Why it does not hold whatever is lent; null: the decision says. */
  readonly problem: Problem | null;
  readonly ask: StayAsk;
}

export interface JudgedEntry {
  /** null where nothing admits. */
  readonly right: Right | null;
  readonly decision: StayDecision | null;
  readonly reasons: readonly Problem[];
  /** Readings that a camera may have meant and that a reservation here has: for a person to choose from. */
  readonly suggestions: readonly string[];
}

/**
 * Judges entries by every right that a vehicle may have, in their order: its reservation, an admission, what is lent to
 * anybody. What is lent is asked of the one decision (P2). As many statements for hundreds as for one.
 */
export async function judgeEntries(on: RequestScope | Unit, asks: readonly EntryAsk[]): Promise<readonly JudgedEntry[]> {
  const sql = 'database' in on ? on.database : on;
  const vehicles = asks.map((ask): VehicleAt => ({ facilityId: ask.facilityId, plateHash: ask.plateHash, at: ask.at }));
  const booked = Map.groupBy(await reservationsOfVehicles(sql, vehicles), row => `${row.facilityId} ${row.plateHash}`);
  const admitted = Map.groupBy(await admissionsOfVehicles(sql, vehicles), row => `${row.facilityId} ${row.plateHash}`);
  const rights = asks.map(ask => {
    const key = `${ask.facilityId} ${ask.plateHash}`;
    return rightsOf(ask, booked.get(key) ?? [], admitted.get(key) ?? []);
  });
  const asked = rights.flat().filter(right => right.problem === null);
  const decisions = new Map((await decideStay(on, asked.map(right => right.ask))).map((decision, nth) => [asked[nth]!, decision]));
  const suggestions = await suggest(on, asks.filter((_, nth) => !rights[nth]!.some(right => right.booked !== null)));

  return asks.map((ask, nth) => {
    const options = rights[nth]!.map((right): Option & { readonly right: Right } => ({ right, basis: right.basis, problems: right.problem ? [right.problem] : problemsOf(decisions.get(right)!) }));
    const { admitted: chosen, reasons } = admit(options);
    return { right: chosen?.right ?? null, decision: chosen ? decisions.get(chosen.right)! : null, reasons, suggestions: suggestions.get(ask) ?? [] };
  });
}

function problemsOf({ decision }: StayDecision): readonly Problem[] {
  return decision.allowed ? [] : decision.problems;
}

function rightsOf(ask: EntryAsk, booked: readonly BookedRow[], admitted: readonly AdmittedRow[]): readonly Right[] {
  const { at, facilityId, spaceClass, stayMs } = ask;
  const drivingIn = (asker: Asker, more: Partial<StayAsk> = {}): StayAsk => ({ facilityId, zoneIds: null, spaceId: null, spaceClass, during: { startsAt: at, endsAt: at + stayMs }, spaces: 1, entersAt: at, asker, ...more });
  return [
    ...bookingsOf(ask, booked).map(({ row, problem }): Right => ({
      basis: 'RESERVATION', booked: row, admission: null, problem,
      ask: {
        facilityId, zoneIds: [row.zoneId], spaceId: row.spaceId, spaceClass: row.spaceClass, during: { startsAt: Math.max(at, row.startsAt), endsAt: row.endsAt }, spaces: row.spaces, entersAt: at, asker: askerFor(row.audiences), replaces: row.claimId,
      },
    })),
    ...admitted.filter(row => fitsColour(ask.vehicle, row.colour)).map((row): Right => ({
      basis: row.audience === 'RESIDENTS' ? 'RESIDENT' : 'AGREEMENT', booked: null, admission: row, problem: null,
      ask: drivingIn(askerFor([row.audience]), row.claimId === null ? {} : { replaces: row.claimId }),
    })),
    { basis: 'WALK_IN', booked: null, admission: null, problem: null, ask: drivingIn(ANY_DRIVER) },
  ];
}

/** The reservation that a vehicle comes for, and the others that would let it in where that does not. */
function bookingsOf({ facilityId, vehicle, plateKey, at }: EntryAsk, booked: readonly BookedRow[]): ReadonlyArray<{ readonly row: BookedRow; readonly problem: Problem | null }> {
  return booked
    .filter(row => row.facilityId === facilityId && fitsColour(vehicle, row.colour))
    .sort(comesFor(at))
    .map(row => ({ row, problem: bookedProblem(row, at, row.inside.filter(key => key !== plateKey).length) }))
    .filter(({ problem }, nth) => nth === 0 || problem === null);
}

/** For vehicles that have no booking there: what may have been misread. */
async function suggest(on: RequestScope | Unit, asks: readonly EntryAsk[]): Promise<ReadonlyMap<EntryAsk, readonly string[]>> {
  const [sql, { sealer }] = 'database' in on ? [on.database, on.services] : [on, on.scope.services];
  const readings = new Map(asks.filter(({ vehicle }) => vehicle.kind !== 'TICKET').map(ask => [ask, { facilityId: ask.facilityId, number: ask.vehicle.number, at: ask.at }]));
  const suggested = await suggestBooked(sql, sealer, [...readings.values()]);
  return new Map([...readings].map(([ask, reading]) => [ask, suggested.get(reading)!]));
}

import { Zone, done, isRefusal, localTime, problem, refuse, type Outcome, type Problem } from '../kernel/index.js';
import type { SpaceClass } from '../facilities/index.js';
import { newId, transaction, type RequestScope, type Unit } from '../platform/index.js';
import { workCalendarWithin } from '../sharing/index.js';
import { bookQuotes } from './book-quotes.js';
import { audiencesOfStays, knownVehicles } from './known-vehicles.js';
import { judgeStays, type JudgedStay } from './judge-stays.js';
import { bookingParty, keepStays } from './quote-stay.js';
import type { DemandClass } from './reservation.sql.js';
import { seriesNights, type Night, type SeriesDates, type SeriesHours } from './rules/series-nights.js';
import { spacesProblem } from './rules/stay-input.js';
import { checkVehicles, platesProblem, type GivenPlate } from './rules/vehicles.js';
import { insertSeries, type RefusedNight, type SeriesMode } from './series.sql.js';
import { tellSeriesConfirmed } from './tell-confirmed.js';
import { termsInForce } from './terms.sql.js';

export interface ReserveSeries {
  readonly facilityId: string;
  readonly spaceClass: SpaceClass;
  readonly spaces: number;
  readonly on: SeriesDates;
  readonly hours: SeriesHours;
  readonly mode: SeriesMode;
  readonly plates: readonly GivenPlate[];
  readonly partyId: string | null;
  readonly demandClass: DemandClass;
  readonly idempotencyKey: string;
}

/** Books the same hours on many dates, such as every workday night of a month: all of them or none, or as many as there are, naming the others (2.6-5). */
export function reserveSeries(scope: RequestScope, input: ReserveSeries): Promise<Outcome<{ readonly seriesId: string }>> {
  const partyId = bookingParty(scope, input.partyId);
  return transaction(scope, async unit => {
    const vehicles = checkVehicles(input.plates);
    if (isRefusal(vehicles)) return vehicles;
    const unfit = spacesProblem(input.spaces) ?? platesProblem(vehicles.value.length, input.spaces);
    if (unfit) return refuse(unfit);
    const [facility] = await termsInForce(unit, [input.facilityId], unit.now);
    if (!facility) return refuse(problem('FACILITY_UNKNOWN', { zh: `没有停车设施 ${input.facilityId.slice(0, 40)}`, en: `there is no facility ${input.facilityId.slice(0, 40)}`, field: 'facilityId' }));
    const nights = await nightsOf(unit, input, facility.zoneName);
    if (isRefusal(nights)) return nights;

    const { facilityId, spaceClass, spaces, mode, demandClass } = input;
    const known = knownVehicles(scope.services.sealer, vehicles.value);
    const audiences = await audiencesOfStays(unit, nights.value.map(({ during }) => ({ facilityId, partyId, during, vehicles: known })));
    const judged = await judgeStays(unit, nights.value.map(({ during }, nth) => ({ facilityId, during, spaceClass, spaces, spaceId: null, audiences: audiences[nth]!, bookedFor: { partyId, vehicles: known } })), unit.now);
    const refused: RefusedNight[] = [];
    const refuseNight = (night: Night, problems: readonly Problem[]): void => void refused.push({ on: localTime.formatDay(night.on), problems });
    const had: Array<{ readonly night: Night; readonly stay: JudgedStay }> = [];
    judged.forEach((outcome, index) => (isRefusal(outcome) ? refuseNight(nights.value[index]!, outcome.problems) : had.push({ night: nights.value[index]!, stay: outcome.value })));
    if (mode === 'ALL_OR_NOTHING' && refused.length > 0) return refusedNights(refused);

    const seriesId = newId('series', unit.now);
    const quotes = await keepStays(unit, had.map(({ stay }) => ({ stay, holder: { partyId, demandClass, changes: null, vehicles: known.map(({ vehicle }) => vehicle) } })));
    const booked = await bookQuotes(unit, quotes.map(quote => ({ quoteId: quote.id, vehicles: vehicles.value, by: scope.viewer, seriesId })));
    booked.forEach((outcome, nth) => isRefusal(outcome) && refuseNight(had[nth]!.night, outcome.problems));
    if (refused.length === nights.value.length || (mode === 'ALL_OR_NOTHING' && refused.length > 0)) return refusedNights(refused);
    refused.sort((a, b) => (a.on < b.on ? -1 : 1));
    await insertSeries(unit, { city: facility.city, id: seriesId, partyId, facilityId, mode, refused: refused.map(withoutVehicles), createdAt: unit.now, createdBy: scope.viewer.actorId });
    await tellSeriesConfirmed(unit, seriesId, booked.flatMap(outcome => (isRefusal(outcome) ? [] : [outcome.value])));
    return done({ seriesId });
  }, { operation: 'reserveSeries', key: input.idempotencyKey, input });
}

async function nightsOf(unit: Unit, { on, hours }: ReserveSeries, zoneName: string): Promise<Outcome<readonly Night[]>> {
  const zone = Zone.of(zoneName);
  if (isRefusal(zone)) return zone;
  return seriesNights(on, hours, { calendar: await workCalendarWithin(unit), zone: zone.value });
}

/** Every date that was refused, each problem naming its own. */
function refusedNights(refused: readonly RefusedNight[]): Outcome<never> {
  return refuse(refused.flatMap(({ on, problems }) => problems.map(each => ({ ...each, zh: `${on}：${each.zh}`, en: `${on}: ${each.en}`, data: { ...each.data, on } }))));
}

/** What is kept of a refused date names no vehicle (P10). */
function withoutVehicles({ on, problems }: RefusedNight): RefusedNight {
  return { on, problems: problems.map(each => (each.data?.stay ? { ...each, data: { ...each.data, stay: { ...(each.data.stay as object), bookedFor: null } } } : each)) };
}

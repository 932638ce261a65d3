import { done, isRefusal, problem, refuse, type Outcome, type Span } from '../kernel/index.js';
import { decideStay, type StayAsk, type StayDecision } from '../availability/index.js';
import { priceStays, type StayPrice } from '../billing/index.js';
import type { SpaceClass } from '../facilities/index.js';
import type { RequestScope, Unit } from '../platform/index.js';
import { askerFor } from './asker-for.js';
import type { AdmittedAudience, AdmittedVehicle } from './rules/admitted-as.js';
import { wholeTerms, type BookingTerms } from './rules/booking-terms.js';
import { stayProblems } from './rules/stay-input.js';
import { stayParts } from './rules/stay-parts.js';
import { termsInForce, type FacilityTermsRow } from './terms.sql.js';

/** A party with the vehicles that it named. */
export interface BookedFor {
  readonly partyId: string;
  readonly vehicles: readonly AdmittedVehicle[];
}

/** A stay that somebody would like to have. */
export interface WantedStay {
  readonly facilityId: string;
  /** The pools that will do; absent: any. */
  readonly zoneIds?: readonly string[];
  readonly during: Span;
  readonly spaceClass: SpaceClass;
  readonly spaces: number;
  /** One numbered space (2.6-5); null: any of the class. */
  readonly spaceId: string | null;
  /** As which audiences its vehicles are admitted; absent or empty: it is for anybody. */
  readonly audiences?: readonly AdmittedAudience[];
  /** Whose vehicles they are: as what these are admitted elsewhere alternatives are judged; absent: any driver's. */
  readonly bookedFor?: BookedFor;
  /** A claim that would give way to it. */
  readonly replaces?: string;
  /** When the stay began that it would change: it may have begun by now. */
  readonly begunAt?: number;
}

/** A stay that can be had, on these terms and at this price. */
export interface JudgedStay {
  readonly stay: WantedStay;
  readonly city: string;
  readonly terms: BookingTerms;
  readonly zoneId: string;
  readonly windowIds: readonly string[];
  /** The calendar of some day of it is not published yet (P4). */
  readonly isProvisional: boolean;
  readonly price: StayPrice;
}

/** Judges stays by their terms, by the one decision and by their tariffs, each by itself; as many statements for a thousand as for one (P2). */
export async function judgeStays(on: RequestScope | Unit, stays: readonly WantedStay[], now: number): Promise<ReadonlyArray<Outcome<JudgedStay>>> {
  const sql = 'database' in on ? on.database : on;
  const facilities = new Map((await termsInForce(sql, [...new Set(stays.map(stay => stay.facilityId))], now)).map(row => [row.facilityId, row]));
  const outcomes = stays.map(stay => atFacility(stay, facilities.get(stay.facilityId) ?? null, now));

  const asked = outcomes.flatMap((outcome, index) => (isRefusal(outcome) ? [] : [{ index, ...outcome.value }]));
  const decisions = asked.length === 0 ? [] : await decideStay(on, asked.map(({ stay }) => askOf(stay)));
  const had = asked.map((each, nth) => ({ ...each, decision: decisions[nth]! })).filter(each => each.decision.decision.allowed && each.decision.zoneId !== null);
  const prices = had.length === 0 ? [] : await priceStays(on, had.map(({ stay, decision }) => ({ facilityId: stay.facilityId, parts: stayParts(decision.windows, stay.during), spaceClass: stay.spaceClass, spaces: stay.spaces, at: now })));

  const judged = new Map(had.map(({ index, stay, facility, decision }, nth) => [index, judge({ stay, facility, decision, price: prices[nth]! })]));
  const refused = new Map(asked.flatMap(({ index, stay }, nth) => (judged.has(index) ? [] : [[index, refuse(decisions[nth]!.decision.problems.map(each => withStay(each, stay)))]])));
  return outcomes.map((outcome, index): Outcome<JudgedStay> => (isRefusal(outcome) ? outcome : (judged.get(index) ?? refused.get(index)!)));
}

interface Placed {
  readonly stay: WantedStay;
  readonly facility: FacilityTermsRow;
}

function atFacility(stay: WantedStay, facility: FacilityTermsRow | null, now: number): Outcome<Placed> {
  if (facility === null) return refuse(problem('FACILITY_UNKNOWN', { zh: `没有停车设施 ${stay.facilityId.slice(0, 40)}`, en: `there is no facility ${stay.facilityId.slice(0, 40)}`, field: 'facilityId' }));
  const problems = stayProblems(stay, wholeTerms(facility.terms ?? {}), now);
  return problems.length > 0 ? refuse(problems) : done({ stay, facility });
}

export function askOf({ replaces, begunAt: _begunAt, bookedFor: _bookedFor, audiences, ...stay }: WantedStay): StayAsk {
  return { zoneIds: null, ...stay, asker: askerFor(audiences ?? []), ...(replaces === undefined ? {} : { replaces }) };
}

function judge({ stay, facility, decision, price }: Placed & { readonly decision: StayDecision; readonly price: Outcome<StayPrice> }): Outcome<JudgedStay> {
  if (isRefusal(price)) return price;
  return done({
    stay,
    city: facility.city,
    terms: wholeTerms(facility.terms ?? {}),
    zoneId: decision.zoneId!,
    windowIds: [...new Set(decision.windows.map(window => window.windowId))],
    isProvisional: price.value.isProvisional || decision.windows.some(window => window.provisional),
    price: price.value,
  });
}

/** A conflict keeps which stay it was about, and for whom, so that alternatives to it can be looked for; the vehicles are never stored with it. */
export function withStay<P extends { readonly code: string; readonly data?: Readonly<Record<string, unknown>> }>(each: P, { facilityId, during, spaceClass, spaces, bookedFor }: WantedStay): P {
  if (each.code !== 'NOT_ENOUGH_SPACES') return each;
  const known = bookedFor && { partyId: bookedFor.partyId, vehicles: bookedFor.vehicles.map(({ hash, colour }) => ({ hash, colour })) };
  return { ...each, data: { ...each.data, stay: { facilityId, startsAt: during.startsAt, endsAt: during.endsAt, spaceClass, spaces, bookedFor: known ?? null } } };
}

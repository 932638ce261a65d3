import { problem, type Problem, type Span } from '../../kernel/index.js';

/** Audiences of windows whose vehicles are named one by one (2.5-5, 3.2-4). */
export const AUDIENCES = ['RESIDENTS', 'AGREEMENT_HOLDERS'] as const;
export type AdmittedAudience = (typeof AUDIENCES)[number];

/** A vehicle of a party that a facility has admitted, for a time; without an end as long as nobody ends it. */
export interface Admission {
  readonly facilityId: string;
  /** Whose vehicle it is. */
  readonly partyId: string;
  readonly audience: AdmittedAudience;
  readonly plateHash: string;
  /** null: the plate of any colour. */
  readonly colour: string | null;
  readonly startsAt: number;
  readonly endsAt: number | null;
}

/** A vehicle that would stay. */
export interface AdmittedVehicle {
  readonly hash: string;
  readonly colour: string | null;
}

/** Where and when vehicles would stay, and for which party. */
export interface StayPlace {
  readonly facilityId: string;
  /** Who books: a plate proves nothing about whoever names it, so another party’s admission is none. */
  readonly partyId: string;
  readonly during: Span;
}

/** As which audiences every one of the vehicles is admitted as the party’s own, from the first instant of the stay to its last: as those the stay is decided. */
export function admittedAs(vehicles: readonly AdmittedVehicle[], admissions: readonly Admission[], place: StayPlace): readonly AdmittedAudience[] {
  return vehicles.length === 0 ? [] : AUDIENCES.filter(audience => vehicles.every(vehicle => isAdmitted(vehicle, audience, admissions, place)));
}

/** Each vehicle that is not admitted as what a stay was decided for: such a stay is no longer its to have (P2). */
export function notAdmittedProblems(vehicles: ReadonlyArray<AdmittedVehicle & { readonly masked: string }>, audiences: readonly AdmittedAudience[], admissions: readonly Admission[], place: StayPlace & { readonly field: string }): readonly Problem[] {
  return audiences.flatMap(audience => vehicles.filter(vehicle => !isAdmitted(vehicle, audience, admissions, place)).map(({ masked }) => problem('VEHICLE_NOT_ADMITTED', {
    zh: `车辆 ${masked} 在该时段未登记为${audience === 'RESIDENTS' ? '住户' : '协议'}车辆，不适用所报时段`, en: `the vehicle ${masked} is not admitted ${audience === 'RESIDENTS' ? 'as a resident’s' : 'by an agreement'} for all of the stay, for which this was quoted`,
    field: place.field, clause: audience === 'RESIDENTS' ? '2.5-5' : '3.2-4', data: { audience },
  })));
}

/** Vehicles for which a quote was not made; none where it was made for any. */
export function otherPlatesProblems(vehicles: ReadonlyArray<{ readonly vehicle: string; readonly masked: string }>, quotedFor: readonly string[]): readonly Problem[] {
  if (quotedFor.length === 0) return [];
  return vehicles.filter(({ vehicle }) => !quotedFor.includes(vehicle)).map(({ masked }) => problem('QUOTE_OF_OTHER_PLATES', { zh: `报价只适用于报价时给出的号牌，不含 ${masked}`, en: `the quote was made for the plates that were given with it, and ${masked} is none of them`, field: 'plates' }));
}

/** Admissions that follow one another without a gap are as good as one. */
function isAdmitted({ hash, colour }: AdmittedVehicle, audience: AdmittedAudience, admissions: readonly Admission[], { facilityId, partyId, during }: StayPlace): boolean {
  let until = during.startsAt;
  const own = admissions.filter(each => each.facilityId === facilityId && each.partyId === partyId && each.audience === audience && each.plateHash === hash && (each.colour === null || each.colour === colour)).sort((one, other) => one.startsAt - other.startsAt);
  for (const { startsAt, endsAt } of own) if (startsAt <= until) until = Math.max(until, endsAt ?? Number.POSITIVE_INFINITY);
  return until >= during.endsAt;
}

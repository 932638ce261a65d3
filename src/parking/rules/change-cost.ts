import { money, problem, type Fen, type Problem } from '../../kernel/index.js';
import type { RevocationState } from './revocation-lifecycle.js';
import { cancelFeeOf, givesUp, noShowFeeOf, type EndedStay, type Occupied } from './settle-end.js';
import { wasTakenBack, type TakenBack } from './taken-back.js';

/** A reservation as far as a change of it costs something. */
export interface Changing extends Occupied, EndedStay {
  readonly claimId: string;
}

/** What became of it before, the newest first. */
export interface Relocated extends TakenBack {
  readonly id: string;
  readonly state: RevocationState;
  readonly movedToFacilityId: string | null;
  readonly supplierFen: Fen | null;
}

/** What a change costs beside the new price: what is added to it, and what of it is not the driver's. */
export interface ChangeCost {
  /** The fee for giving up late what was promised; 0 for none. */
  readonly changeFeeFen: Fen;
  /** What of the new price the supplier bears that had the reservation moved; 0 for nothing. */
  readonly supplierFen: Fen;
}

/**
 * What changing a reservation costs now. Giving up late what was promised costs what cancelling late costs, and nothing
 * once its spaces were taken back or it was moved (P9). Where it was moved, what the other place cost more than was agreed
 * stays the supplier's: a driver that stays there pays its own changes alone. One that goes elsewhere goes by its own
 * choice, and pays what it costs there.
 */
export function changeCost(before: Changing, after: Occupied & { readonly priceFen: Fen }, relocations: readonly Relocated[], now: number): ChangeCost {
  const changeFeeFen = givesUp(before, after) && !wasTakenBack(before, relocations) ? cancelFeeOf(before, now) : 0;
  const borneFen = after.facilityId === before.facilityId ? borneBy(relocationsOf(before, relocations)) : 0;
  return { changeFeeFen, supplierFen: stillBorne({ agreedFen: before.amountFen, borneFen }, after.priceFen) };
}

/**
 * By what a reservation came to where it is, the newest first: to the facility, and from pool to pool of it. None where its
 * driver chose that place. `relocations`: the newest first.
 */
export function relocationsOf<R extends Relocated>({ facilityId }: Pick<Occupied, 'facilityId'>, relocations: readonly R[]): readonly R[] {
  const moved = relocations.filter(each => each.state === 'MOVED');
  const elsewhere = moved.findIndex(each => each.movedToFacilityId !== facilityId);
  return elsewhere < 0 ? moved : moved.slice(0, elsewhere);
}

/** What suppliers bear by relocations. */
export function borneBy(relocations: ReadonlyArray<Pick<Relocated, 'supplierFen'>>): Fen {
  return money.add(0, ...relocations.map(each => each.supplierFen ?? 0));
}

/**
 * What of another price the supplier still bears, where it bore a part of one: of a higher price the same sum, of a lower
 * one the same share, half a fen upwards. Example: 6 yuan agreed and 4 borne; of 15 yuan 4 are borne, and of 5 yuan 2.
 */
export function stillBorne({ agreedFen, borneFen }: { readonly agreedFen: Fen; readonly borneFen: Fen }, priceFen: Fen): Fen {
  const wholeFen = money.add(agreedFen, borneFen);
  return borneFen === 0 || priceFen >= wholeFen ? borneFen : money.multiply(priceFen, { numerator: borneFen, denominator: wholeFen }, 'HALF_UP');
}

/**
 * What of a borne difference still arises where nobody came: what not coming costs at the whole price, less what the driver
 * pays of it. Example: 6 yuan agreed and 4 borne, of which not coming costs the half: 5 in all, 3 the driver's, 2 are borne.
 */
export function borneOfNoShow(agreed: EndedStay, borneFen: Fen): Fen {
  return money.add(noShowFeeOf({ ...agreed, amountFen: money.add(agreed.amountFen, borneFen) }), -noShowFeeOf(agreed));
}

/** Why a change is not made by its quote: beside the same price it would cost more by now than was quoted, as after the deadline for changing free. Null where it costs no more. */
export function dearerChangeProblem(quoted: ChangeCost, { changeFeeFen, supplierFen }: ChangeCost): Problem | null {
  const moreFen = money.add(changeFeeFen, quoted.supplierFen, -quoted.changeFeeFen, -supplierFen);
  if (moreFen <= 0) return null;
  return problem('CHANGE_COSTS_MORE', {
    zh: `变更现在比报价时多 ${moreFen} 分（变更费报价 ${quoted.changeFeeFen} 分，现为 ${changeFeeFen} 分）：请重新报价`,
    en: `the change costs ${moreFen} fen more by now than was quoted (a fee of ${quoted.changeFeeFen} fen was quoted, and it is ${changeFeeFen} fen): ask for a quote again`,
    field: 'quoteId',
    data: { quotedFeeFen: quoted.changeFeeFen, feeFen: changeFeeFen, moreFen },
  });
}

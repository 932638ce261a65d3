import { tellParties } from '../identity/index.js';
import type { Unit } from '../platform/index.js';
import { placesOfStays, zoneNameOf } from './confirmation.sql.js';
import { noticeOf } from './reactions.js';
import type { Recharged } from './recharge-changed.js';
import type { ReservationRow } from './reservation.sql.js';
import { changedWords } from './rules/changed-words.js';
import { spanText } from './rules/span-text.js';

/** Tells the party of a reservation what it has after a change, and what that cost or gave back: an app may have made it for the driver. */
export async function tellChanged(unit: Unit, row: ReservationRow, { onTopFen, givenBackFen, lessenedFen }: Omit<Recharged, 'charges'>, changeFeeFen: number): Promise<void> {
  const [facility] = await placesOfStays(unit, [row.facilityId]);
  const zoneName = await zoneNameOf(unit, row.zoneId);
  const words = changedWords({
    place: zoneName === null ? facility!.name : `${facility!.name}（${zoneName}）`, span: spanText(row, facility!.zoneName), spaces: row.spaces, amountFen: row.amountFen,
    onTopFen, givenBackFen, lessenedFen, changeFeeFen,
  });
  await tellParties(unit, [noticeOf(row, 'reservation.changed', words)]);
}

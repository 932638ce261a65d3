import { tellParties, type NoticeDraft } from '../../identity/index.js';
import type { Unit } from '../../platform/index.js';
import { placesOfStays, zoneNameOf } from '../confirmation.sql.js';
import { gateFacilities } from '../gate/gate.sql.js';
import type { ReservationRow } from '../reservation.sql.js';
import { lessenedDebtWords, movedWords, owedWords, type LessenedDebt, type Words } from '../rules/revoked-words.js';
import { spanText } from '../rules/span-text.js';

/** Tells the driver, and whoever the facility belongs to. */
export async function tellRevoked(unit: Unit, row: ReservationRow, topic: string, words: Words): Promise<void> {
  const parties = (await gateFacilities(unit, [row.facilityId])).flatMap(facility => facility.partyIds);
  await tellParties(unit, noticesOf(row.id, topic, [[row.partyId], words], [parties, words]));
}

/** Tells the parties of the facility that took spaces back, where the driver has seen to its booking itself. */
export function tellSupplier(unit: Unit, revocation: TakenBackAt, words: Words): Promise<void> {
  return tellPartiesOf(unit, revocation, 'reservation.revoked', words);
}

/** Tells the parties of the facility that took spaces back that it owes less for the move than they were told. */
export function tellLessened(unit: Unit, revocation: TakenBackAt, debt: LessenedDebt): Promise<void> {
  return tellPartiesOf(unit, revocation, 'reservation.relocationLessened', lessenedDebtWords(debt));
}

type TakenBackAt = { readonly reservationId: string; readonly facilityId: string };

async function tellPartiesOf(unit: Unit, { reservationId, facilityId }: TakenBackAt, topic: string, words: Words): Promise<void> {
  const parties = (await gateFacilities(unit, [facilityId])).flatMap(facility => facility.partyIds);
  await tellParties(unit, noticesOf(reservationId, topic, [parties, words]));
}

/** What became of a moved booking besides its row. */
export interface MovedTo {
  readonly reason: string;
  readonly walkingMetres: number | null;
  readonly givenBackFen: number;
  readonly lessenedFen: number;
  /** What the supplier owes for it; 0 for nothing. */
  readonly owedFen: number;
}

/** Tells the driver where its booking is now; the supplier of the old place, with what it owes; and that of the new one. */
export async function tellMoved(unit: Unit, before: ReservationRow, after: ReservationRow, { owedFen, ...told }: MovedTo): Promise<void> {
  const [facility] = await placesOfStays(unit, [after.facilityId]);
  const zoneName = await zoneNameOf(unit, after.zoneId);
  const words = movedWords({
    ...told, place: zoneName === null ? facility!.name : `${facility!.name}（${zoneName}）`, isSameFacility: after.facilityId === before.facilityId, amountFen: after.amountFen,
    span: spanText(after, facility!.zoneName), keepsInterval: after.startsAt === before.startsAt && after.endsAt === before.endsAt,
  });
  const parties = new Map((await gateFacilities(unit, [before.facilityId, after.facilityId])).map(({ id, partyIds }) => [id, partyIds]));
  await tellParties(unit, noticesOf(
    before.id, 'reservation.moved', [[before.partyId], words], [parties.get(after.facilityId) ?? [], words],
    [parties.get(before.facilityId) ?? [], owedFen > 0 ? owedWords(words, owedFen) : words],
  ));
}

function noticesOf(reservationId: string, topic: string, ...told: ReadonlyArray<readonly [readonly string[], Words]>): readonly NoticeDraft[] {
  return told.flatMap(([parties, words]) => parties.map(partyId => ({ partyId, topic, subjectKind: 'Reservation', subjectId: reservationId, ...words })));
}

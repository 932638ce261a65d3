import { money } from '../kernel/index.js';
import { tellParties, type NoticeDraft } from '../identity/index.js';
import type { Unit } from '../platform/index.js';
import { placesOfStays, type PlaceOfStay } from './confirmation.sql.js';
import type { ReservationRow } from './reservation.sql.js';
import { spanText } from './rules/span-text.js';

/**
 * Tells parties that their reservations stand: where, when and what was agreed, because the notice goes out by SMS to a
 * driver that an app has booked for. The nights of a series are told in one. `known`: the places, where they were read.
 */
export async function tellConfirmed(unit: Unit, rows: readonly ReservationRow[], known: readonly PlaceOfStay[] | null = null): Promise<void> {
  const confirmed = rows.filter(row => row.state === 'CONFIRMED');
  if (confirmed.length === 0) return;
  const listed = known ?? (await placesOfStays(unit, [...new Set(confirmed.map(row => row.facilityId))]));
  const places = new Map(listed.map(place => [place.facilityId, place]));
  await tellParties(unit, confirmed.map(row => noticeOf(row, places.get(row.facilityId)!)));
}

/** Tells the party of a series how many of its nights stand by now; those that are held are told when they are paid. */
export async function tellSeriesConfirmed(unit: Unit, seriesId: string, rows: readonly ReservationRow[]): Promise<void> {
  const confirmed = rows.filter(row => row.state === 'CONFIRMED');
  const [first] = confirmed;
  if (!first) return;
  const [place] = await placesOfStays(unit, [first.facilityId]);
  await tellParties(unit, [{
    partyId: first.partyId, topic: 'reservation.confirmed', subjectKind: 'Series', subjectId: seriesId,
    zh: `连续预约已成立 ${confirmed.length} 次：${place!.name}，首次 ${spanText(first, place!.zoneName)}`,
    en: `${confirmed.length} reservations of the series stand: ${place!.name}, the first ${spanText(first, place!.zoneName)}`,
  }]);
}

function noticeOf(row: ReservationRow, { name, zoneName }: PlaceOfStay): NoticeDraft {
  const span = spanText(row, zoneName);
  const yuan = money.yuanDigits(row.amountFen);
  return {
    partyId: row.partyId, topic: 'reservation.confirmed', subjectKind: 'Reservation', subjectId: row.id,
    zh: `预约已成立：${name}，${span}，${row.spaces} 个泊位，${row.amountFen === 0 ? '免费' : `${yuan} 元`}`,
    en: `your reservation stands: ${name}, ${span}, spaces: ${row.spaces}, ${row.amountFen === 0 ? 'free' : `${yuan} yuan`}`,
  };
}

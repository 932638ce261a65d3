import { localTime, WorkCalendar, Zone, type DaySelector, type DayRule, type PatternContext } from '../../src/kernel/index.js';
import { isRefusal } from '../../src/kernel/index.js';
import { priceStay } from '../../src/billing/rules/price-stay.js';
import type { BandPrice, TariffBand, TariffCap, TariffTerms } from '../../src/billing/rules/tariff.js';

export type Cells = Readonly<Record<string, string>>;

/** Where a source's cars stand: its clock, and its holidays, which its tariffs name. */
export function contextIn(zoneName: string, holidays: readonly string[] = []): PatternContext {
  const zone = Zone.of(zoneName);
  if (isRefusal(zone)) throw new Error(zone.problems[0].en);
  const notice = { noticeId: 'public holidays', year: 2026, publishedOn: localTime.dayOf(2025, 1, 1), title: 'public holidays' };
  const rows = holidays.map(text => ({ day: dayOf(text), dayType: 'HOLIDAY' as const, noticeId: notice.noticeId, name: text }));
  return { zone: zone.value, calendar: WorkCalendar.of(rows, [notice]), closingMinuteOf: () => null };
}

function dayOf(text: string): number {
  const day = localTime.parseDay(text);
  if (isRefusal(day)) throw new Error(day.problems[0].en);
  return day.value;
}

/** A local time of a context, '2026-03-03 08:00', as an instant. */
export function instantIn({ zone }: PatternContext, text: string): number {
  return zone.instant(dayOf(text.slice(0, 10)), minuteOf(text.slice(11)));
}

export const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

/** Cents of an amount written with decimals. */
export const centsOf = (text: string): number => Math.round(Number(text) * 100);

export const terms = (bands: readonly TariffBand[], more: Partial<TariffTerms> = {}): TariffTerms => ({ bands, caps: [], freeMinutes: null, rounding: { rule: 'HALF_UP', toFen: 1 }, blocksAtEdges: 'ANEW', ...more });

export function priceOf(tariff: TariffTerms, stay: { readonly from: number; readonly minutes: number }, context: PatternContext): number {
  const during = { startsAt: stay.from, endsAt: stay.from + stay.minutes * 60_000 };
  const outcome = priceStay({ parts: [{ windowId: 'win', tariffId: 'tar', agreementId: null, during, versions: [{ version: 1, inForceFrom: 0, terms: tariff }] }], spaceClass: 'STANDARD', spaces: 1 }, context);
  if (isRefusal(outcome)) throw new Error(outcome.problems[0].en);
  return outcome.value.amountFen;
}

const EVERY_DAY: DaySelector = { weekdays: [1, 2, 3, 4, 5, 6, 7] };

/** Hours of selected dates; an end no later than the start is on the next day, equal ones are the whole day, and 23:59 means midnight. */
export function hoursOf(from: string, until: string, days: DaySelector = EVERY_DAY): DayRule {
  const start = minuteOf(from);
  const end = until.startsWith('23:59') ? 1_440 : minuteOf(until);
  return { days, from: { minute: start }, until: { durationMinutes: end > start ? end - start : end - start + 1_440 } };
}

const isWholeDay = (from: string, until: string): boolean => from.slice(0, 5) === until.slice(0, 5);

/** Heidelberg: a ladder by day and another by night, minutes to price; the first minutes are a grace. */
export function heidelbergTariff({ day_start: from, day_end: until, goodwill_minutes: goodwill }: Cells, ladders: { readonly day: readonly Cells[]; readonly night: readonly Cells[] }): TariffTerms {
  const ladder = (rows: readonly Cells[]): BandPrice => ({
    kind: 'LADDER', then: null, repeatsAfterMinutes: null,
    steps: rows.map(row => ({ untilMinutes: Number(row.minutes), fen: centsOf(row.price_eur!) })).sort((a, b) => a.untilMinutes - b.untilMinutes),
  });
  const allDay = isWholeDay(from!, until!) || ladders.night.length === 0;
  const night = { name: 'Night', when: null, spaceClasses: null, price: ladder(ladders.night) };
  const bands: TariffBand[] = [{ name: 'Day', when: allDay ? null : hoursOf(from!, until!), spaceClasses: null, price: ladder(ladders.day) }, ...(allDay ? [] : [night])];
  return terms(bands, { freeMinutes: Number(goodwill) > 0 ? { minutes: Number(goodwill), kind: 'GRACE' } : null });
}

/** Taipei: an hourly fare by kind of day and hours, charged by half hours where the text says so; a block begun runs out over an edge. */
export function taipeiTariff(fares: readonly Cells[], tariffText: string): { readonly tariff: TariffTerms; readonly blockMinutes: number } {
  const blockMinutes = /半小時/.test(tariffText) ? 30 : 60;
  const bands = fares.map(({ day_kind: kind, period, fare_twd_per_hour: fare }): TariffBand => {
    const [from, until] = period!.split('~').map(hour => `${hour}:00`);
    const days: DaySelector = { dayTypes: kind === 'holiday' ? ['REST', 'HOLIDAY'] : ['WORKDAY', 'MAKEUP_WORKDAY'] };
    return { name: `${kind} ${period}`, when: hoursOf(from!, until!, days), spaceClasses: null, price: { kind: 'PER_BLOCK', blockMinutes, fenPerBlock: (centsOf(fare!) * blockMinutes) / 60 } };
  });
  return { tariff: terms(bands, { blocksAtEdges: 'RUN_OUT' }), blockMinutes };
}

/** What one step costs in each stretch of a Swiss stay: `0:300; 60:100` is 300 for steps within the first hour, 100 after it. */
export function swissSegments(text: string): ReadonlyArray<{ readonly from: number; readonly rappen: number }> {
  return text.split(';').map(each => each.trim().split(':').map(Number)).map(([from, rappen]) => ({ from: from!, rappen: rappen! }));
}

/** Swiss railways: so much a step, by segments, at least the shortest stay that is sold, capped by the day, within opening hours. */
export function swissTariff(row: Cells): TariffTerms {
  const step = Number(row.step_minutes);
  const segments = swissSegments(row.segments_rappen!);
  const last = segments.at(-1)!;
  const stepped = Math.max(step, last.from, Number(row.min_minutes));
  let fen = 0;
  const all = Array.from({ length: Math.ceil(stepped / step) }, (_, index) => ({ untilMinutes: (index + 1) * step, fen: (fen += segments.findLast(each => each.from <= index * step)!.rappen) }));
  const least = all.find(each => each.untilMinutes >= Number(row.min_minutes))!;
  const weekdays = [...row.days!].flatMap((flag, index) => (flag === '1' ? [index + 1] : []));
  const when = isWholeDay(row.open_from!, row.open_to!) && weekdays.length === 7 ? null : hoursOf(row.open_from!, row.open_to!, { weekdays });
  return terms(
    [{ name: 'Tarif', when, spaceClasses: null, price: { kind: 'LADDER', steps: [least, ...all.filter(each => each.untilMinutes > least.untilMinutes)], then: { everyMinutes: step, fen: last.rappen }, repeatsAfterMinutes: null } }],
    { caps: [{ name: 'Tageshöchsttarif', period: { kind: 'DAY', days: null }, fen: Number(row.max_day_rappen), bands: null }] },
  );
}

const UNITS: Readonly<Record<string, number>> = { Stunde: 60, '2 Stunden': 120, '30 Minuten': 30, Halbstunde: 30, '20 Minuten': 20 };

/** Passes and rebates are sold beside parking; they price no stay. */
export const isPass = ({ description }: Cells): boolean => /Zeitkarte|Kombiticket|Rabatt/.test(description!);

/** The dates of a row's flags, Monday to Sunday and holiday; none at all says nothing, which is every day. */
function datesOf({ days }: Cells): readonly DaySelector[] {
  const weekdays = [...days!.slice(0, 7)].flatMap((flag, index) => (flag === '1' ? [index + 1] : []));
  if (weekdays.length === 0 || weekdays.length === 7) return [EVERY_DAY];
  return [{ weekdays }, ...(days![7] === '1' ? [{ dayTypes: ['HOLIDAY' as const] }] : [])];
}

/** State garages of Baden-Wuerttemberg: steps, evenings and Sundays that cost at most so much, evenings at one price. */
export function badenTariff(rows: readonly Cells[]): TariffTerms {
  const stays = rows.filter(row => !isPass(row));
  const isEvening = (row: Cells): boolean => row.step === 'Pauschal' && /Feierabend|Abendtarif$/.test(row.description!);
  const isCap = (row: Cells): boolean => !isEvening(row) && /höchstsatz|max\./i.test(`${row.description} ${row.step}`);
  const [flat, dear] = [stays.filter(isEvening), stays.filter(isCap)];
  const timed = stays.filter(row => !flat.includes(row) && !dear.includes(row));
  const bounded = timed.filter(row => !isWholeDay(row.valid_from!, row.valid_to!));
  return terms([...flat.flatMap(row => bandsOf(row, { kind: 'FLAT_AFTER_CLOSING', fen: centsOf(row.price_eur!) })), ...bounded.flatMap(row => bandsOf(row, blocks(row))), { name: 'Grundtarif', when: null, spaceClasses: null, price: basicPrice(timed.filter(row => !bounded.includes(row))) }], { caps: dear.flatMap(capsOf) });
}

const blocks = ({ step, price_eur: price }: Cells): BandPrice => ({ kind: 'PER_BLOCK', blockMinutes: UNITS[step!] ?? 1_440, fenPerBlock: centsOf(price!) });

function basicPrice(rows: readonly Cells[]): BandPrice {
  const first = rows.find(row => /^(erste|1\. bis 3\.)/.test(row.description!));
  if (first === undefined) return rows.length === 0 ? { kind: 'FREE' } : blocks(rows[0]!);
  const rest = rows.find(row => /weitere/.test(row.description!))!;
  const unit = UNITS[first.step!]!;
  const count = first.description!.startsWith('1. bis 3.') ? 3 : 1;
  return { kind: 'LADDER', steps: Array.from({ length: count }, (_, index) => ({ untilMinutes: (index + 1) * unit, fen: (index + 1) * centsOf(first.price_eur!) })), then: { everyMinutes: UNITS[rest.step!]!, fen: centsOf(rest.price_eur!) }, repeatsAfterMinutes: null };
}

function bandsOf(row: Cells, price: BandPrice): TariffBand[] {
  return datesOf(row).map((days, index) => ({ name: `${row.description} ${index}`, when: hoursOf(row.valid_from!, row.valid_to!, days), spaceClasses: null, price }));
}

function capsOf(row: Cells): TariffCap[] {
  return datesOf(row).map((days, index) => ({ name: `${row.description} ${index}`, fen: centsOf(row.price_eur!), bands: null, period: row.valid_from!.startsWith('00:00') ? { kind: 'DAY', days } : { kind: 'LOCAL_SPAN', when: hoursOf(row.valid_from!, row.valid_to!, days) } }));
}

import { expect, test } from '@jest/globals';
import { checkTariff } from '../../src/billing/rules/tariff-check.js';
import { decodeTariff, encodeTariff } from '../../src/billing/stored-terms.js';
import { checkTariffHours } from '../../src/billing/tariff-of-input.js';
import type { TariffTerms } from '../../src/billing/rules/tariff.js';
import { recorded, rowsOf } from './recorded.js';
import { badenTariff, centsOf, contextIn, heidelbergTariff, instantIn, isPass, minuteOf, priceOf, swissSegments, swissTariff, taipeiTariff, type Cells } from './tariffs-of-sources.js';

const cellsOf = (path: string): readonly Cells[] => rowsOf(recorded(path)).map(({ cells }) => cells);

/** Sound by the rules of publication, and the same once it was stored. */
function expectSound(tariff: TariffTerms): void {
  expect([...checkTariff(tariff), ...checkTariffHours(tariff)]).toEqual([]);
  expect(decodeTariff(JSON.stringify(encodeTariff(tariff)))).toEqual(tariff);
}

test('Heidelberg: every step of the day and night ladders of 21 garages that its hours leave room for is what a stay of that length costs', () => {
  const berlin = contextIn('Europe/Berlin');
  const prices = Map.groupBy(cellsOf('facilities-heidelberg/prices.csv'), row => row.id!);
  const garages = cellsOf('facilities-heidelberg/facilities.csv').filter(row => prices.has(row.id!));
  let [checked, beyond] = [0, 0];

  for (const garage of garages) {
    const rows = prices.get(garage.id!)!;
    const ladders = { day: rows.filter(row => row.tariff === 'Day'), night: rows.filter(row => row.tariff === 'Night') };
    const tariff = heidelbergTariff(garage, ladders);
    expectSound(tariff);
    const isSplit = tariff.bands.length === 2;
    const [dawn, dusk] = isSplit ? [minuteOf(garage.day_start!), minuteOf(garage.day_end!)] : [0, 1_440];
    for (const row of rows) {
      const isDay = row.tariff === 'Day';
      const room = isDay ? (isSplit ? dusk - dawn : Number.POSITIVE_INFINITY) : isSplit ? 1_440 - dusk + dawn : 0;
      const from = instantIn(berlin, `2026-03-03 ${isDay ? (isSplit ? garage.day_start : '00:00') : garage.day_end}`);
      // A step that is longer than its hours can never be asked for.
      if (Number(row.minutes) > room) beyond += 1;
      else if (Number(row.minutes) > (tariff.freeMinutes?.minutes ?? 0)) {
        expect([garage.id, row.tariff, row.minutes, priceOf(tariff, { from, minutes: Number(row.minutes) }, berlin)]).toEqual([garage.id, row.tariff, row.minutes, centsOf(row.price_eur!)]);
        checked += 1;
      }
    }
    if (tariff.freeMinutes) expect(priceOf(tariff, { from: instantIn(berlin, '2026-03-03 10:00'), minutes: tariff.freeMinutes.minutes }, berlin)).toBe(0);
  }
  expect({ garages: garages.length, checked, beyond }).toEqual({ garages: 21, checked: 358, beyond: 36 });
});

test('Heidelberg: an evening that runs into the night climbs the one ladder and then the other', () => {
  const berlin = contextIn('Europe/Berlin');
  const rows = cellsOf('facilities-heidelberg/prices.csv').filter(row => row.id === 'P1');
  const garage = cellsOf('facilities-heidelberg/facilities.csv').find(row => row.id === 'P1')!;
  const tariff = heidelbergTariff(garage, { day: rows.filter(row => row.tariff === 'Day'), night: rows.filter(row => row.tariff === 'Night') });

  // Two hours by day 5.00, three by night 1.50; a whole night of ten hours 5.00, and then the day's first hour.
  expect(priceOf(tariff, { from: instantIn(berlin, '2026-03-03 19:00'), minutes: 300 }, berlin)).toBe(650);
  expect(priceOf(tariff, { from: instantIn(berlin, '2026-03-03 21:00'), minutes: 660 }, berlin)).toBe(750);
});

/** A Taipei stay walked block by block: each costs what holds at its start. */
function walkTaipei(fares: readonly Cells[], blockMinutes: number, stay: { readonly from: number; readonly minutes: number }, isRest: (at: number) => boolean): { readonly cents: number; readonly unknown: number } {
  const fareAt = (at: number): number | null => {
    const minute = (at / 60_000 + 480) % 1_440;
    const row = fares.find(({ day_kind: kind, period }) => {
      const [from, until] = period!.split('~').map(hour => Number(hour) * 60);
      const speaks = (day: number): boolean => (kind === 'holiday') === isRest(day);
      if (from! < until!) return speaks(at) && from! <= minute && minute < until!;
      return (speaks(at) && minute >= from!) || (speaks(at - 86_400_000) && minute < until!);
    });
    return row === undefined ? null : centsOf(row.fare_twd_per_hour!);
  };
  let [cents, unknown] = [0, 0];
  for (let at = stay.from; at < stay.from + stay.minutes * 60_000;) {
    const fare = fareAt(at);
    if (fare === null) unknown += 1;
    else cents += (fare * blockMinutes) / 60;
    at += (fare === null ? 1 : blockMinutes) * 60_000;
  }
  return { cents, unknown };
}

test('Taipei: the fares of 65 car parks price stays over nights, weekends and edges as a walk from block to block does', () => {
  const holidays = ['2026-01-01'];
  const taipei = contextIn('Asia/Taipei', holidays);
  const isRest = (at: number): boolean => taipei.calendar.isRestday(taipei.zone.dayOf(at));
  const texts = new Map(cellsOf('facilities-taipei/facilities.csv').map(row => [row.id!, row.tariff_text!]));
  const parks = Map.groupBy(cellsOf('facilities-taipei/fares.csv'), row => row.id!);
  const starts = ['2025-12-31 20:15', '2026-01-02 21:40', '2026-01-03 07:50', '2026-01-04 21:35', '2026-01-05 09:00'];
  const gaps = new Set<string>();

  for (const [id, fares] of parks) {
    const { tariff, blockMinutes } = taipeiTariff(fares, texts.get(id)!);
    expectSound(tariff);
    for (const start of starts) {
      for (const minutes of [1, 30, 31, 90, 200, 725, 1_500]) {
        const stay = { from: instantIn(taipei, start), minutes };
        const { cents, unknown } = walkTaipei(fares, blockMinutes, stay, isRest);
        if (unknown > 0) gaps.add(id);
        expect([id, start, minutes, priceOf(tariff, stay, taipei)]).toEqual([id, start, minutes, cents]);
      }
    }
  }
  expect(parks.size).toBe(65);
  // What these publish for rest days leaves hours out: nothing is charged there, and nothing made up.
  expect([...gaps].sort()).toEqual(['TPE0010', 'TPE0062', 'TPE1218', 'TPE1705']);
});

test('Switzerland: the segments of 429 railway car parks, their shortest stay and their cap by the day', () => {
  const zurich = contextIn('Europe/Zurich');
  const parks = cellsOf('facilities-swiss-rail/facilities.csv');
  let checked = 0;

  for (const row of parks) {
    const tariff = swissTariff(row);
    expectSound(tariff);
    const [step, least, most] = [Number(row.step_minutes), Number(row.min_minutes), Number(row.max_day_rappen)];
    const segments = swissSegments(row.segments_rappen!);
    for (const minutes of [1, step, step + 1, least, least + 1, 61, 125, 480]) {
      const steps = Math.ceil(Math.max(minutes, least) / step);
      const asked = Array.from({ length: steps }, (_, index) => segments.findLast(each => each.from <= index * step)!.rappen).reduce((sum, rappen) => sum + rappen, 0);
      expect([row.id, minutes, priceOf(tariff, { from: instantIn(zurich, '2026-03-03 08:00'), minutes }, zurich)]).toEqual([row.id, minutes, Math.min(asked, most)]);
      checked += 1;
    }
  }
  expect({ parks: parks.length, checked }).toEqual({ parks: 429, checked: 3_432 });
});

test('Baden-Wuerttemberg: every tariff of the state garages is expressible, and worked examples come out', () => {
  const berlin = contextIn('Europe/Berlin', ['2026-06-04']);
  const rows = cellsOf('facilities-state-garages-bw/tariffs.csv');
  const published = [...Map.groupBy(rows, row => row.id!)];
  const garages = new Map(published.filter(([, own]) => !own.every(isPass)).map(([id, own]) => [id, badenTariff(own)]));
  for (const tariff of garages.values()) expectSound(tariff);
  const price = (id: string, start: string, hours: number): number => priceOf(garages.get(id)!, { from: instantIn(berlin, start), minutes: hours * 60 }, berlin);

  // One sells passes alone: that is no price of a stay, and it is not free either.
  expect(published.map(([id]) => id).filter(id => !garages.has(id))).toEqual(['PBW323']);
  expect({ garages: garages.size, rows: rows.length, passes: rows.filter(isPass).length }).toEqual({ garages: 12, rows: 60, passes: 15 });
  // The state parliament: 1.20 each half hour, 12 a day, 4 an evening, 4 a Sunday or holiday; Corpus Christi is a Thursday.
  expect([price('PBW243', '2026-03-03 10:00', 2.25), price('PBW243', '2026-03-03 06:00', 9), price('PBW243', '2026-03-03 18:00', 5), price('PBW243', '2026-03-03 16:00', 7)]).toEqual([600, 1_200, 400, 880]);
  expect([price('PBW243', '2026-03-08 10:00', 10), price('PBW243', '2026-06-04 10:00', 7), price('PBW243', '2026-06-05 10:00', 4)]).toEqual([400, 400, 960]);
  // The art academy: 1 for two hours, 5 a day, an evening at 1 whatever of it is used, Saturdays 1 at most.
  expect([price('PBW52', '2026-03-03 09:00', 3), price('PBW52', '2026-03-03 17:00', 2), price('PBW52', '2026-03-03 17:00', 9), price('PBW52', '2026-03-03 15:00', 4), price('PBW52', '2026-03-07 09:00', 6)]).toEqual([200, 100, 100, 200, 100]);
  // The first hour 2.50, each further one 2.70; and the three hours of the spa town at 1.50, then 2.
  expect([price('PBW288', '2026-03-03 08:00', 1), price('PBW288', '2026-03-03 08:00', 3.5), price('PBW138', '2026-03-03 08:00', 3), price('PBW138', '2026-03-03 08:00', 4.25)]).toEqual([250, 1_060, 450, 850]);
  // Every 24 hours from entry 3; the early hours of a working day cheaper.
  expect([price('PBW370', '2026-03-03 08:00', 24), price('PBW370', '2026-03-03 08:00', 24.5), price('PBW381', '2026-03-03 09:00', 4)]).toEqual([300, 600, 700]);
});

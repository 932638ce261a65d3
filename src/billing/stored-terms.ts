import { z } from 'zod';
import { DAY_TYPES, money } from '../kernel/index.js';
import { words } from '../facilities/index.js';
import { EDGE_RULES, type TariffTerms } from './rules/tariff.js';

const whole = z.int().nonnegative();
const dayTypes = z.array(z.enum(DAY_TYPES));
const days = z.union([z.strictObject({ weekdays: z.array(z.int()) }), z.strictObject({ dayTypes }), z.strictObject({ eveOfRest: z.literal(true) })]);
const hours = z.strictObject({
  days,
  from: z.union([z.strictObject({ minute: whole }), z.strictObject({ afterCloseMinutes: whole })]),
  until: z.union([z.strictObject({ durationMinutes: whole }), z.strictObject({ minute: whole, dayOffset: whole }), z.strictObject({ untilNext: z.strictObject({ dayTypes, minute: whole }) })]),
});
const price = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('FREE') }),
  z.strictObject({ kind: z.literal('PER_HOUR'), fenPerHour: whole }),
  z.strictObject({ kind: z.literal('PER_BLOCK'), blockMinutes: whole, fenPerBlock: whole }),
  z.strictObject({ kind: z.literal('LADDER'), steps: z.array(z.strictObject({ untilMinutes: whole, fen: whole })).min(1), then: z.strictObject({ everyMinutes: whole, fen: whole }).nullable(), repeatsAfterMinutes: whole.nullable() }),
  z.strictObject({ kind: z.literal('PER_ENTRY'), fen: whole }),
  z.strictObject({ kind: z.literal('FLAT_AFTER_CLOSING'), fen: whole }),
]);
const period = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('LOCAL_SPAN'), when: hours }),
  z.strictObject({ kind: z.literal('DAY'), days: days.nullable() }),
  z.strictObject({ kind: z.literal('ROLLING_24H') }),
  z.strictObject({ kind: z.literal('STAY') }),
]);
const stored = z.strictObject({
  v: z.literal(1),
  bands: z.array(z.strictObject({ name: z.string(), when: hours.nullable(), spaceClasses: z.array(z.enum(words.SPACE_CLASSES)).nullable(), price })).min(1),
  caps: z.array(z.strictObject({ name: z.string(), period, fen: whole, bands: z.array(z.string()).nullable() })),
  freeMinutes: z.strictObject({ minutes: whole, kind: z.enum(['DEDUCTED', 'GRACE']) }).nullable(),
  rounding: z.strictObject({ rule: z.enum(money.ROUNDINGS), toFen: z.int().positive() }),
  blocksAtEdges: z.enum(EDGE_RULES),
});

/** Terms as they stand in the database. */
export function encodeTariff(terms: TariffTerms): object {
  return { v: 1, ...terms };
}

const MOST_KEPT = 10_000;
const kept = new Map<string, TariffTerms>();

/**
 * Reads stored terms back from their text; what it cannot read is damage, so it throws. A text is read once a process:
 * versions never change, and a search prices hundreds of stays by a few of them.
 */
export function decodeTariff(text: string): TariffTerms {
  const known = kept.get(text);
  if (known) return known;
  const { v: _v, ...terms } = stored.parse(JSON.parse(text));
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(text, terms);
  return terms;
}

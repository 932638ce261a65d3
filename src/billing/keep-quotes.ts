import type { Span } from '../kernel/index.js';
import type { SpaceClass } from '../facilities/index.js';
import { newId, type Sql, type Unit } from '../platform/index.js';
import { findQuotes, insertQuotes, type QuoteRow } from './quotes.sql.js';
import type { StayPrice } from './rules/stay-price.js';

/** A price that somebody is to be held to. */
export interface QuoteDraft {
  readonly facilityId: string;
  readonly zoneId: string | null;
  readonly windowIds: readonly string[];
  readonly spaceClass: SpaceClass;
  readonly spaces: number;
  readonly during: Span;
  /** For whom it was made; null for anybody. */
  readonly holderId: string | null;
  readonly price: StayPrice;
  /** Epoch ms, after the unit's own instant. */
  readonly expiresAt: number;
  /** What its maker wants back with it, in plain JSON; opaque here. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A quote as it was made: an id, an expiry, and lines that no later tariff touches (I9). Whether it is still good is for its user to ask. */
export interface Quote extends QuoteDraft {
  readonly id: string;
  readonly madeAt: number;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Keeps quotes in one statement, however many; answers their ids in order. */
export async function keepQuotes(unit: Unit, quotes: readonly QuoteDraft[]): Promise<readonly string[]> {
  if (quotes.length === 0) return [];
  const rows = quotes.map(({ during, details, ...rest }): QuoteRow => ({ ...rest, ...during, details: details ?? {}, id: newId('quote', unit.now), madeAt: unit.now }));
  await insertQuotes(unit, rows);
  return rows.map(row => row.id);
}

/** Quotes by id, in the order asked; null where there is none. Expired ones are answered too. */
export async function quotesForUse(sql: Sql, ids: readonly string[]): Promise<ReadonlyArray<Quote | null>> {
  if (ids.length === 0) return [];
  const found = new Map((await findQuotes(sql, ids)).map(({ startsAt, endsAt, ...rest }) => [rest.id, { ...rest, during: { startsAt, endsAt } }]));
  return ids.map(id => found.get(id) ?? null);
}

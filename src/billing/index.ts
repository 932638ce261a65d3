import type { Room } from '../platform/index.js';

export { keepQuotes, quotesForUse } from './keep-quotes.js';
export type { Quote, QuoteDraft } from './keep-quotes.js';
export type { AgreedPrice, LineRule, PriceLine, StayPart, StayPrice, StayPriceAsk } from './rules/stay-price.js';
export type { TariffTerms } from './rules/tariff.js';

/** What a stay costs, who owes it, and where the money goes. */
export const billingRoom: Room = {
  name: 'billing',
  entities: [],
  resolvers: [],
  orphanedTypes: [],
  nodes: [],
};

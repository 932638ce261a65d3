import type { Room } from '../platform/index.js';
import { chargesPart } from './charges-part.js';
import { erasePayer } from './erase-payer.js';
import { paymentsPart } from './payments/payments-part.js';
import { BILLING_REFUSALS } from './refusals.js';
import { tariffsPart } from './tariffs-part.js';

export { unpaidCharges } from './mark-unpaid.js';
export { paymentRoutes } from './payments/payment-routes.js';
export { findLocalProvider } from './payments/providers.js';
export { visibleCharges } from './charge.loaders.js';
export { Charge } from './charge.type.js';
export { openCharges } from './open-charges.js';
export type { ChargeCause, ChargeDraft } from './open-charges.js';
export { refundCharge } from './refund-charge.js';
export { refundSent } from './refund-sent.js';
export type { RefundCharge } from './refund-charge.js';
export { settlePayment } from './settle-payment.js';
export type { ProvedPayment } from './settle-payment.js';
export type { ChargeLine, ChargePurpose, ChargeState } from './rules/charge.js';
export { findCharges, listChargesOfCauses } from './charge.sql.js';
export type { ChargeRow } from './charge.sql.js';
export { openMoneyOf } from './erase-payer.js';
export { forgetQuotes } from './forget-quotes.js';
export { keepQuotes, quotesForUse } from './keep-quotes.js';
export type { Quote, QuoteDraft } from './keep-quotes.js';
export { TARIFF_BY_ID } from './tariff.loaders.js';
export { publishTariff, putTariffs } from './publish-tariff.js';
export type { PublishTariff, TariffDraft } from './publish-tariff.js';
export { Tariff } from './tariff.type.js';
export { priceStays } from './price-stays.js';
export type { AgreedPrice, LineRule, PriceLine, StayPart, StayPrice, StayPriceAsk } from './rules/stay-price.js';
export type { TariffTerms } from './rules/tariff.js';

/** What a stay costs, who owes it, and where the money goes. */
export const billingRoom: Room = {
  name: 'billing',
  entities: [],
  resolvers: [...tariffsPart.resolvers, ...chargesPart.resolvers, ...paymentsPart.resolvers],
  orphanedTypes: [...tariffsPart.orphanedTypes, ...chargesPart.orphanedTypes, ...paymentsPart.orphanedTypes],
  refusals: BILLING_REFUSALS,
  nodes: [...tariffsPart.nodes, ...chargesPart.nodes, ...paymentsPart.nodes],
  reactions: [...tariffsPart.reactions, erasePayer],
  jobs: [...chargesPart.jobs, ...paymentsPart.jobs],
};

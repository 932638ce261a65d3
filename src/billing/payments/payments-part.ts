import type { Room, Services } from '../../platform/index.js';
import { askProviders } from './ask-providers.js';
import { PAYMENT_FINDING_BY_ID } from './payment-finding.loaders.js';
import { PaymentFindingResolver } from './payment-finding.resolver.js';
import { PaymentFinding } from './payment-finding.type.js';
import { PAYMENT_BY_ID } from './payment.loaders.js';
import { ChargePaymentsResolver, PaymentResolver } from './payment.resolver.js';
import { Payment } from './payment.type.js';
import { findLocalProvider } from './providers.js';
import { sendRefunds } from './send-refunds.js';

/** What the payments bring to the room. */
export const paymentsPart = {
  resolvers: [PaymentResolver, PaymentFindingResolver, ChargePaymentsResolver],
  orphanedTypes: [Payment, PaymentFinding],
  nodes: [
    { kind: 'payment', loader: PAYMENT_BY_ID },
    { kind: 'paymentFinding', loader: PAYMENT_FINDING_BY_ID },
  ],
  jobs: [
    { name: 'ask-payments', everyMs: 5_000, isSingle: true, run: askProviders },
    { name: 'send-refunds', everyMs: 5_000, isSingle: true, run: sendRefunds },
    { name: 'deliver-local-notices', everyMs: 1_000, isSingle: true, run: async (services: Services) => findLocalProvider(services)?.deliver() },
  ],
} as const satisfies Partial<Room>;

import type { MigrationObject } from '@mikro-orm/core';
import { platform } from './20261122000100-platform.js';
import { auditChain } from './20261122000110-audit-chain.js';
import { identity } from './20261122000200-identity.js';
import { notices } from './20261122000210-notices.js';
import { erasedParties } from './20261122000220-erasure.js';
import { facilities } from './20261122000300-facilities.js';
import { sharing } from './20261122000400-sharing.js';
import { availability } from './20261122000500-availability.js';
import { claims } from './20261122000510-claims.js';
import { pastClaims } from './20261122000520-past-claims.js';
import { billing } from './20261122000700-billing.js';
import { ledgerOfCharges } from './20261122000710-ledger.js';
import { payments } from './20261122000720-payments.js';
import { paymentFindings } from './20261122000730-payment-findings.js';
import { relocations } from './20261122000740-relocations.js';
import { quotesOfHolders } from './20261122000750-quotes-of-holders.js';
import { parking } from './20261122000900-parking.js';
import { gateOfParking } from './20261122000910-gate.js';
import { bookingLimits } from './20261122000920-booking-limits.js';
import { endedCharges } from './20261122000930-ended-charges.js';
import { turnedAway } from './20261122000940-turned-away.js';
import { pastVehicles } from './20261122000950-past-vehicles.js';
import { erasedPlates } from './20261122000990-erased-plates.js';
import { discovery } from './20261122001000-discovery.js';
import { exchange } from './20261122001300-exchange.js';

/** Every migration in its order; a migration that has run anywhere is never edited. */
export const migrations: readonly MigrationObject[] = [platform, auditChain, identity, notices, erasedParties, facilities, sharing, availability, claims, pastClaims, billing, ledgerOfCharges, payments, paymentFindings, relocations, quotesOfHolders, parking, gateOfParking, bookingLimits, endedCharges, turnedAway, pastVehicles, erasedPlates, discovery, exchange];

import type { Room } from '../platform/index.js';
import { TARIFF_BY_ID } from './tariff.loaders.js';
import { FacilityTariffResolver, TariffMutationResolver, TariffResolver, WindowTariffResolver } from './tariff.resolver.js';
import { Tariff } from './tariff.type.js';
import { windowTariffReactions } from './usable-tariff.js';

/** What the room registers of tariffs. */
export const tariffsPart = {
  resolvers: [TariffResolver, TariffMutationResolver, WindowTariffResolver, FacilityTariffResolver],
  orphanedTypes: [Tariff],
  nodes: [{ kind: 'tariff', loader: TARIFF_BY_ID }],
  reactions: windowTariffReactions,
} as const satisfies Partial<Room>;

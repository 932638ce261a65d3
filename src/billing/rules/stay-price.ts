import type { Fen, Span } from '../../kernel/index.js';
import type { SpaceClass } from '../../facilities/index.js';
import type { BandPrice, TariffTerms, TariffVersion } from './tariff.js';

/** Why a line costs what it does: a band's price, free minutes, an hour of which no band speaks, or a window without a tariff. */
export type LineRule = BandPrice['kind'] | 'FREE_MINUTES' | 'UNCHARGED_HOURS' | 'NO_TARIFF';

/** One line of a price: a stretch of the stay under one rule. Amounts are whole fen for all spaces; the price is the sum of its lines. */
export interface PriceLine extends Span {
  readonly windowId: string | null;
  /** Null where the time has no tariff, or the price was agreed. */
  readonly tariffId: string | null;
  readonly tariffVersion: number | null;
  /** The agreement whose price holds; null where it is a tariff's. */
  readonly agreementId: string | null;
  readonly rule: LineRule;
  /** The band's name; null where no band speaks. */
  readonly band: string | null;
  readonly spaces: number;
  /** Before the caps. */
  readonly uncappedFen: Fen;
  readonly amountFen: Fen;
  /** The cap that took the most recent part away; null where none did. */
  readonly cappedBy: string | null;
}

/** What a stay costs, and by which versions (`tar_…@3`). */
export interface StayPrice {
  readonly tariffVersionIds: readonly string[];
  readonly lines: readonly PriceLine[];
  readonly amountFen: Fen;
  /** Whether it rests on a work calendar that is not published yet (T8). */
  readonly isProvisional: boolean;
}

/** A price that an agreement fixed; its terms are versioned with the agreement (3.2-5). */
export interface AgreedPrice {
  readonly agreementId: string;
  readonly terms: TariffTerms;
}

/** A stretch of a stay under one window, or under none: then the facility's registered tariff holds (I8). */
export interface StayPart {
  readonly windowId: string | null;
  /** The window's tariff. Null in a window is free of charge; null outside every window asks for the registered tariff. */
  readonly tariffId: string | null;
  readonly during: Span;
  /** Comes before every tariff. */
  readonly agreed?: AgreedPrice | null;
}

/** What is to be priced. Parts follow one another in time and do not overlap. */
export interface StayPriceAsk {
  readonly facilityId: string;
  readonly parts: readonly StayPart[];
  readonly spaceClass: SpaceClass;
  readonly spaces: number;
  /** The instant whose knowledge prices: versions recorded by then. */
  readonly at: number;
}

/** A part with what prices it: the versions of its tariff in ascending order; empty is free of charge. */
export interface PricedPart {
  readonly windowId: string | null;
  readonly tariffId: string | null;
  readonly agreementId: string | null;
  readonly during: Span;
  readonly versions: readonly TariffVersion[];
}

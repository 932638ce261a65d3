import type { Problem, Span } from '../../kernel/index.js';
import type { Asker } from './audience.js';

/** One occurrence that lends to a stay, clipped to it. */
export interface StayWindow extends Span {
  readonly windowId: string;
  readonly zoneId: string;
  readonly name: string;
  /** Opaque here; null is free of charge. */
  readonly tariffId: string | null;
  readonly leastCredit: number | null;
  readonly provisional: boolean;
}

/** What a check sees of a stay. */
export interface CheckedStay {
  readonly facilityId: string;
  readonly spaceId: string | null;
  readonly during: Span;
  readonly spaces: number;
  readonly asker: Asker;
}

/** One rule of a room above that the decision asks in its turn: admission, entitlement, credit (2.2-4, 2.2-7). Pure. */
export type Check = (stay: CheckedStay, windows: readonly StayWindow[]) => Problem | null;

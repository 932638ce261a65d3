import type { Refusal } from '../kernel/index.js';
import type { Unit } from './unit.js';

/**
 * What a room does when a lower one announces a topic, in the same transaction: a lower room never calls up. It gets all
 * announcements of the topic at once; a refusal undoes everything, whoever began it.
 */
export interface Reaction {
  readonly topic: string;
  readonly react: (unit: Unit, payloads: readonly object[]) => Promise<Refusal | null>;
}

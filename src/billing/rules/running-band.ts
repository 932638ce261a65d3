import type { VersionReading } from './cut-stay.js';
import type { TariffBand } from './tariff.js';

/** Which band of which version speaks. */
interface Speaking {
  readonly reading: VersionReading | null;
  readonly band: TariffBand | null;
}

/**
 * Whether a run of blocks or of a ladder goes on from a stretch to the one that follows it at once: under the same band, and under a
 * later version's band of the same name that goes on counting alike, by blocks as long or by a ladder. A block that was begun is then
 * not asked twice, and a ladder is climbed on from where the stay stands, at the later version's prices: a new version takes nothing
 * back and begins nothing anew, as with caps, prices per entry and free minutes.
 */
export function goesOnRunning(before: Speaking, next: Speaking): boolean {
  if (before.reading === next.reading) return before.band === next.band;
  if (before.reading?.owner !== next.reading?.owner || before.band === null || before.band.name !== next.band?.name) return false;
  const [was, is] = [before.band.price, next.band.price];
  return (was.kind === 'LADDER' && is.kind === 'LADDER') || (was.kind === 'PER_BLOCK' && is.kind === 'PER_BLOCK' && was.blockMinutes === is.blockMinutes);
}

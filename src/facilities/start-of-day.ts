import { Zone, isRefusal, localTime } from '../kernel/index.js';

/** The instant at which a checked ISO date begins in a checked zone. */
export function startOfDay(date: string, zoneName: string): number {
  const day = localTime.parseDay(date);
  const zone = Zone.of(zoneName);
  if (isRefusal(day) || isRefusal(zone)) throw new Error(`not checked before: ${date} in ${zoneName}`);
  return zone.value.instant(day.value, 0);
}

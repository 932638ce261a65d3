import { jurisdictionCodeOf, resolveWhere, type FacilityWhere, type ResolvedWhere } from '../facilities/index.js';
import { badInput } from '../platform/graphql/index.js';
import type { RequestScope } from '../platform/index.js';
import { positionOf, type WatchPosition } from './rules/watch-cursor.js';
import { watchOf, type WatchAsk } from './watch.js';
import type { Outlet, Watcher } from './watcher.js';

const LONGEST_INTERVAL_MS = 60_000;

export interface WatchArguments {
  readonly where?: FacilityWhere | null;
  readonly since?: string | null;
  readonly minIntervalMs?: number | null;
}

/** Subscribes a caller to the live availability of what a filter finds; everything wrong with the arguments is refused first. */
export async function watchAvailability(scope: RequestScope, args: WatchArguments, outlet: Outlet): Promise<Watcher> {
  return watchOf(scope.services).watch(await askOf(scope, args), outlet);
}

/** Ends a subscription; ending it twice does nothing. */
export function endWatch(scope: RequestScope, watcher: Watcher): void {
  watchOf(scope.services).leave(watcher);
}

async function askOf(scope: RequestScope, { where, since, minIntervalMs }: WatchArguments): Promise<WatchAsk> {
  return { filter: await filterOf(scope, where), viewer: scope.viewer, since: since == null ? null : cursorGiven(since, 'since'), minIntervalMs: intervalGiven(minIntervalMs) };
}

/** A filter with the codes of the jurisdictions that it names. */
export function filterOf(scope: RequestScope, where: FacilityWhere | null | undefined): Promise<ResolvedWhere> {
  return resolveWhere(where ?? {}, id => jurisdictionCodeOf(scope.database, id));
}

/** The position of a cursor that a caller handed back. */
export function cursorGiven(text: string, field: string): WatchPosition {
  const position = positionOf(text);
  if (position) return position;
  throw badInput({ zh: `${field} 不是本平台的游标：请使用此前事件的 cursor`, en: `\`${field}\` is not one of our cursors: use the \`cursor\` of an earlier event` }, field);
}

/** The interval that a caller asks for between two changes, checked. */
export function intervalGiven(milliseconds: number | null | undefined): number {
  const interval = milliseconds ?? 0;
  if (interval >= 0 && interval <= LONGEST_INTERVAL_MS) return interval;
  throw badInput({ zh: `minIntervalMs 须在 0 到 ${LONGEST_INTERVAL_MS} 之间，收到 ${interval}`, en: `minIntervalMs is 0 to ${LONGEST_INTERVAL_MS}, got ${interval}` }, 'minIntervalMs');
}

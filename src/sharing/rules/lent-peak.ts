import { weekPattern, type Day, type PatternContext } from '../../kernel/index.js';
import { horizonsOf, mostOf, quotaChanges, type QuotaBearer } from './quota-fit.js';
import { quotaOf, SPACE_CLASSES, type Quota } from './window.js';

/**
 * The most that the windows of one zone lend at any instant from `fromDay` on, by class: what its shareable capacity
 * may not fall below (P1, C6). Walked as far as the fit is; windows that all lend at the same hours need no walk.
 */
export function lentPeak(windows: readonly QuotaBearer[], fromDay: Day, context: PatternContext): Quota {
  const lending = bySameHours(windows.filter(({ terms }) => terms.status === 'PUBLISHED' && (terms.validUntil === null || terms.validUntil + weekPattern.LONGEST_DAYS > fromDay)));
  const [only, ...others] = lending;
  if (only === undefined) return quotaOf({});
  if (others.length === 0) return quotaOf(Object.fromEntries(SPACE_CLASSES.map(each => [each, mostOf(only.terms, each)])));
  const peak = { ...quotaOf({}) };
  for (const horizon of horizonsOf(lending, fromDay, context)) {
    const lent = { ...quotaOf({}) };
    for (const { sign, quota } of quotaChanges(lending, horizon, context)) {
      for (const each of SPACE_CLASSES) {
        lent[each] += sign * quota[each];
        peak[each] = Math.max(peak[each], lent[each]);
      }
    }
  }
  return peak;
}

/** One bearer for all windows of the same hours, with their quotas added up: a thousand private spaces lent at night are walked as one. */
function bySameHours(windows: readonly QuotaBearer[]): readonly QuotaBearer[] {
  const groups = Map.groupBy(windows, ({ id, terms: { rules, exceptions, releasePlan, validFrom, validUntil } }) => JSON.stringify(exceptions.length === 0 && releasePlan === null ? [rules, validFrom, validUntil] : id));
  return [...groups.values()].map(([first, ...rest]): QuotaBearer => {
    if (rest.length === 0) return first!;
    const quota = quotaOf(Object.fromEntries(SPACE_CLASSES.map(each => [each, rest.reduce((sum, { terms }) => sum + terms.quota[each], first!.terms.quota[each])])));
    return { id: first!.id, terms: { ...first!.terms, quota } };
  });
}

/** What the rules call a field, as the schema's inputs call it; applied in this order. */
const WORDS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^terms\.exceptions\b/, 'exceptions'],
  [/^zone$/, 'zoneId'],
  [/^facility$/, 'facilityId'],
  [/^(ownersResolution|businessRegistration|procurementReference)\b/, 'proof.$1'],
  [/\bvalidFrom$/, 'validFromOn'],
  [/\bvalidUntil$/, 'validUntilOn'],
  [/\bfromDay$/, 'fromOn'],
  [/\buntilDay$/, 'untilOn'],
  [/\.effect\b/, ''],
  // The schema lists a quota class by class, in the caller's order and with gaps: the list is as near as a path comes.
  [/\bquota\.\w+$/, 'quota'],
  [/\breleasePlan\.atMinute$/, 'releasePlan.time'],
  [/\bfrom\.minute$/, 'from.time'],
  [/\bfrom\.afterCloseMinutes$/, 'from.minutesAfterClose'],
  [/\buntil\.minute$/, 'until.at.time'],
  [/\buntil\.dayOffset$/, 'until.at.dayOffset'],
  [/\buntil\.untilNext\.minute$/, 'until.next.time'],
  [/\buntil\.untilNext\b/, 'until.next'],
];

/**
 * The path in a mutation's input of what the rules name by a path of their own. Undefined where the input, whose members
 * are given, has no such field: the problem lies in what was stored before, a proof or a delegation.
 */
export function inputPath(rulePath: string, members: readonly string[]): string | undefined {
  const path = WORDS.reduce((told, [pattern, word]) => told.replace(pattern, word), rulePath);
  return members.includes(/^\w+/.exec(path)?.[0] ?? '') ? path : undefined;
}

import { inProgress, claimKeys, keepAnswers, keyReused, type Idempotency } from './idempotency.sql.js';
import type { Fault } from './graphql/faults.js';
import type { RequestScope } from './scope.js';
import { Unit } from './unit.js';

/** What became of one of several calls. BUSY: its key is at work elsewhere, and it was left out. */
export type Settled<T> = { readonly kind: 'ANSWER'; readonly answer: T } | { readonly kind: 'FAULT'; readonly fault: Fault } | { readonly kind: 'BUSY' };

/**
 * Runs the same use case for several callers in one transaction, exact for each (P6): a call that was answered before
 * gets its first answer, a key with another input its conflict, and neither harms its neighbours. `work` gets the calls
 * that are new, by their index, and answers plain JSON for each. Whatever it throws rolls back all. An answer that
 * is not kept leaves its key free, as a refusal does: nothing happened.
 */
export async function jointTransaction<T>(
  scope: RequestScope,
  calls: readonly Idempotency[],
  work: (unit: Unit, fresh: readonly number[]) => Promise<readonly T[]>,
  { isPatient, isKept = () => true }: { readonly isPatient: boolean; readonly isKept?: (answer: T) => boolean },
): Promise<ReadonlyArray<Settled<T>>> {
  let wakes: ReadonlySet<string> = new Set();
  const settled = await scope.database.transactional(async (em, sql) => {
    const unit = new Unit(scope, em, sql, scope.clock.now());
    wakes = unit.wakes;
    const claims = await claimKeys(sql, calls, isPatient);
    const fresh = claims.flatMap((claim, index) => (claim.kind === 'OURS' ? [index] : []));
    const answers = fresh.length === 0 ? [] : await work(unit, fresh);
    if (answers.length !== fresh.length) throw new Error(`${fresh.length} calls got ${answers.length} answers`);
    const refusal = await unit.react();
    // Nobody of several can be told that it was theirs: alone, each is refused or not by itself.
    if (refusal) throw new Error(`a reaction refused a joint transaction: ${refusal.problems.map(each => each.code).join(', ')}`);
    const answerOf = new Map(fresh.map((index, nth) => [index, answers[nth]!]));
    const kept = fresh.filter(index => isKept(answerOf.get(index)!));
    keepAnswers(sql, kept.map(index => ({ call: calls[index]!, answer: answerOf.get(index) })), unit.now);
    await unit.flush();
    return claims.map((claim, index): Settled<T> => {
      if (claim.kind === 'OURS') return { kind: 'ANSWER', answer: answerOf.get(index)! };
      if (claim.kind === 'ANSWERED') return { kind: 'ANSWER', answer: claim.answer as T };
      if (claim.kind === 'REUSED') return { kind: 'FAULT', fault: keyReused(calls[index]!.key) };
      return isPatient ? { kind: 'FAULT', fault: inProgress(calls[index]!.key) } : { kind: 'BUSY' };
    });
  }, { isGathered: true });
  for (const topic of wakes) scope.services.live.publish(topic, '');
  return settled;
}

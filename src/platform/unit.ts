import type { EntityManager } from '@mikro-orm/sql';
import { done, isRefusal, type Outcome, type Refusal } from '../kernel/index.js';
import { badInput } from './graphql/faults.js';
import { ensureSeenTexts } from './graphql/seen-texts.js';
import { appendAudit, type AuditFact } from './audit.sql.js';
import { claimKey, keepAnswer } from './idempotency.sql.js';
import { newId } from './ids.js';
import { insertOutbox } from './outbox.sql.js';
import type { RequestScope } from './scope.js';
import type { Sql, TransactionSql } from './sql.js';
import type { Viewer } from './viewer.js';

/** One transaction of one use case: what it writes, what it announces and what the audit keeps commit together or not at all. */
export class Unit implements TransactionSql {
  readonly #facts: AuditFact[] = [];
  readonly #announcements: Array<{ readonly topic: string; readonly payload: object }> = [];
  readonly #wakes = new Set<string>();
  #answered = 0;

  constructor(
    readonly scope: RequestScope,
    readonly em: EntityManager,
    private readonly sql: TransactionSql,
    /** The instant of this unit, read once. */
    readonly now: number,
  ) {}

  query<Row extends object = Record<string, unknown>>(text: string, params?: readonly unknown[]): Promise<Row[]> {
    return this.sql.query<Row>(text, params);
  }

  /** Sends a statement whose rows nobody waits for; its failure is the unit's. */
  write(text: string, params?: readonly unknown[]): void {
    this.sql.write(text, params);
  }

  /**
   * What stands for good at once, whatever becomes of this unit: for rows that are the same whoever makes them, so that nobody
   * who makes them too waits for this unit's commit. The embedded back end has one connection, and nobody who could wait.
   */
  get beside(): Sql {
    return this.scope.database.beside ?? this;
  }

  /** Announces a fact to the rooms above and to other systems, through the outbox. */
  announce(topic: string, payload: object): void {
    this.#announcements.push({ topic, payload });
  }

  /** Wakes the readers of a topic on every server, once this unit has committed. */
  wake(topic: string): void {
    this.#wakes.add(topic);
  }

  /** The topics to wake. Called by who committed the unit. */
  get wakes(): ReadonlySet<string> {
    return this.#wakes;
  }

  /** Records a fact in the audit log (4.5-8): who did what to which object, and why. `by`: who of several that share this unit. */
  record(fact: Omit<AuditFact, 'id' | 'at' | 'actorId' | 'keyId' | 'source' | 'traceId'>, by: Viewer = this.scope.viewer): void {
    const { traceId } = this.scope;
    this.#facts.push({ ...fact, id: newId('auditEntry', this.now), at: this.now, actorId: by.actorId, keyId: by.keyId, source: by.kind, traceId });
  }

  /** Lets the rooms above do their part for what was announced, and for what they announce in turn; the first refusal ends it. */
  async react(): Promise<Refusal | null> {
    const { reactions } = this.scope.services;
    while (this.#answered < this.#announcements.length) {
      const news = this.#announcements.slice(this.#answered);
      this.#answered = this.#announcements.length;
      for (const { topic, react } of reactions) {
        const payloads = news.filter(each => each.topic === topic).map(each => each.payload);
        const refusal = payloads.length > 0 ? await react(this, payloads) : null;
        if (refusal) return refusal;
      }
    }
    return null;
  }

  /** Writes what waits. Called by `transaction` alone, last, because the audit chain is serial and its lock must be short. */
  async flush(): Promise<void> {
    await this.em.flush();
    if (this.#announcements.length > 0) insertOutbox(this, this.#announcements, this.now);
    if (this.#facts.length > 0) appendAudit(this, this.#facts);
  }
}

class RolledBack extends Error {
  constructor(readonly refusal: Refusal) {
    super('refused');
  }
}

/** How a use case may be retried: its name and the key and input it was called with. */
export interface Retry {
  readonly operation: string;
  /** null where the caller gave none and the mutation does not ask for one. */
  readonly key: string | null;
  readonly input: unknown;
}

/**
 * Runs a use case in one transaction. A refusal rolls back: a refusal never half-writes. With a retry key the first
 * answer is kept in that same transaction and returned to every later call (P6); a refusal is not kept, because
 * nothing happened. The value must therefore be plain JSON: ids and numbers, not entities.
 */
export async function transaction<T>(scope: RequestScope, work: (unit: Unit) => Promise<Outcome<T>>, retry?: Retry): Promise<Outcome<T>> {
  const call = retry?.key == null ? null : { actorId: scope.viewer.actorId, operation: retry.operation, key: retry.key, input: retry.input };
  if (call) ensureKey(call.key);
  let wakes: ReadonlySet<string> = new Set();
  try {
    const answer = await scope.database.transactional(async (em, sql) => {
      const unit = new Unit(scope, em, sql, scope.clock.now());
      wakes = unit.wakes;
      const earlier = call && (await claimKey(sql, call, unit.now));
      if (earlier) return done(earlier.answer as T);
      const outcome = await work(unit);
      if (isRefusal(outcome)) throw new RolledBack(outcome);
      const refusal = await unit.react();
      if (refusal) throw new RolledBack(refusal);
      if (call) keepAnswer(sql, call, outcome.value);
      await unit.flush();
      return outcome;
    });
    for (const topic of wakes) scope.services.live.publish(topic, '');
    return answer;
  } catch (error) {
    if (error instanceof RolledBack) return error.refusal;
    throw error;
  }
}

const KEY_MAXIMUM = 255;

/** A key of a length that no caller reaches by chance, and that can be read in a log. */
export function ensureKey(key: string): void {
  ensureSeenTexts(key, 'idempotencyKey');
  const { length } = key;
  if (length >= 1 && length <= KEY_MAXIMUM) return;
  throw badInput({ zh: `幂等键须为 1–${KEY_MAXIMUM} 个字符，收到 ${length} 个`, en: `an idempotency key has 1 to ${KEY_MAXIMUM} characters; this has ${length}` }, 'idempotencyKey');
}

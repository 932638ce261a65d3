import { CompiledQuery, type DatabaseConnection, type Kysely } from 'kysely';
import type { RecurringTexts } from './recurring-texts.js';
import type { TransactionSql } from './sql.js';

/** What every statement behind one that failed is answered. */
const IN_FAILED_TRANSACTION = '25P02';

/**
 * The statements of one transaction, on its one connection. Each is sent right behind the one before it, whoever waits for
 * which: writes whose rows nobody asks for cost no round trip of their own while locks are held.
 */
export class TransactionLine implements TransactionSql {
  readonly #underWay = new Set<Promise<unknown>>();
  /** The first statement that failed, whoever heard of it: those behind it fail too, and say less. */
  #failure: { readonly cause: unknown; readonly isWrite: boolean } | null = null;
  #isOver = false;
  #isCommitting = false;

  private constructor(
    private readonly connection: DatabaseConnection,
    private readonly recurring: RecurringTexts | null,
    /** Whether it begins and ends the transaction itself. */
    private readonly isOwn: boolean,
  ) {}

  /** Begins a transaction on a connection that `bound` has for itself, with what is sent first. `recurring`: what the connection prepares. */
  static async begin(bound: Kysely<any>, recurring: RecurringTexts, beginning: string): Promise<TransactionLine> {
    const line = new TransactionLine(await connectionOf(bound), recurring, true);
    line.write(beginning);
    return line;
  }

  /** Within a transaction that whoever began it ends. */
  static async within(transaction: Kysely<any>): Promise<TransactionLine> {
    return new TransactionLine(await connectionOf(transaction), null, false);
  }

  async query<Row extends object = Record<string, unknown>>(text: string, params: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#send<Row>(text, params, false)).rows;
  }

  write(text: string, params: readonly unknown[] = []): void {
    this.#send(text, params, true).catch(() => undefined);
  }

  /**
   * Ends a transaction whose work is done; throws what the first statement that failed threw. The commit goes right behind
   * what was sent last, so that locks are held no longer than the statements take: behind one that failed PostgreSQL
   * makes a rollback of it.
   */
  async finish(): Promise<void> {
    if (this.isOwn) {
      this.#isCommitting = true;
      this.write('commit');
      // What is sent from here on would run after it.
      this.#isOver = true;
    }
    await this.#quiet();
    this.#isOver = true;
    if (this.#failure) throw this.#failure.cause;
  }

  /**
   * Ends a transaction that is given up: what is under way is waited for, and what failed work still sends afterwards, beside
   * what failed first, is refused, for it would run after the rollback. Answers why it failed: for the reason given, unless
   * a write that nobody waited for had failed before, or the reason says only that something had.
   */
  async abandon(cause: unknown): Promise<unknown> {
    this.#isOver = true;
    await this.#quiet();
    // A connection that was lost cannot roll back, and need not.
    if (this.isOwn && !this.#isCommitting) await this.connection.executeQuery(CompiledQuery.raw('rollback')).catch(() => undefined);
    const isLater = (cause as { readonly code?: unknown } | null)?.code === IN_FAILED_TRANSACTION;
    return this.#failure && (this.#failure.isWrite || isLater) ? this.#failure.cause : cause;
  }

  async #quiet(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  #send<Row extends object>(text: string, params: readonly unknown[], isWrite: boolean): Promise<{ readonly rows: Row[] }> {
    if (this.#isOver) return Promise.reject(new Error('the transaction of this statement is over'));
    const name = params.length === 0 ? undefined : this.recurring?.nameOf(text);
    const query = CompiledQuery.raw(text, [...params]);
    // The driver takes a statement with its name where it takes a text.
    const sent = this.connection.executeQuery<Row>(name === undefined ? query : { ...query, sql: { name, text } as unknown as string });
    this.#underWay.add(sent);
    sent.then(
      () => this.#underWay.delete(sent),
      (cause: unknown) => {
        this.#failure ??= { cause, isWrite };
        this.#underWay.delete(sent);
      },
    );
    return sent;
  }
}

function connectionOf(bound: Kysely<any>): Promise<DatabaseConnection> {
  return bound.getExecutor().provideConnection(async connection => connection);
}

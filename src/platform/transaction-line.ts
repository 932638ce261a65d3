import { CompiledQuery, type DatabaseConnection, type Transaction } from 'kysely';
import type { RecurringTexts } from './recurring-texts.js';
import type { TransactionSql } from './sql.js';

/**
 * The statements of one transaction, on its one connection. Each is sent right behind the one before it, whoever waits for
 * which: writes whose rows nobody asks for cost no round trip of their own while locks are held.
 */
export class TransactionLine implements TransactionSql {
  readonly #underWay = new Set<Promise<unknown>>();
  #failure: { readonly cause: unknown } | null = null;
  #isOver = false;

  private constructor(
    private readonly connection: DatabaseConnection,
    private readonly recurring: RecurringTexts | null,
  ) {}

  /** `recurring`: what its connection prepares; null where the back end prepares nothing. */
  static async on(transaction: Transaction<any>, recurring: RecurringTexts | null): Promise<TransactionLine> {
    return new TransactionLine(await transaction.getExecutor().provideConnection(async connection => connection), recurring);
  }

  async query<Row extends object = Record<string, unknown>>(text: string, params: readonly unknown[] = []): Promise<Row[]> {
    return (await this.#send<Row>(text, params)).rows;
  }

  write(text: string, params: readonly unknown[] = []): void {
    this.#send(text, params).catch((cause: unknown) => (this.#failure ??= { cause }));
  }

  /** Waits until everything that was sent is done; throws what the first write that failed threw. */
  async finish(): Promise<void> {
    await this.#quiet();
    if (this.#failure) throw this.#failure.cause;
    this.#isOver = true;
  }

  /**
   * Ends a transaction that is given up: what is under way is waited for, and what failed work still sends afterwards, beside
   * what failed first, is refused, for it would run after the rollback. Answers why it failed: the statements
   * behind a failed write fail too, and say less.
   */
  async abandon(cause: unknown): Promise<unknown> {
    this.#isOver = true;
    await this.#quiet();
    return this.#failure ? this.#failure.cause : cause;
  }

  async #quiet(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  #send<Row extends object>(text: string, params: readonly unknown[]): Promise<{ readonly rows: Row[] }> {
    if (this.#isOver) return Promise.reject(new Error('the transaction of this statement is over'));
    const name = params.length === 0 ? undefined : this.recurring?.nameOf(text);
    const query = CompiledQuery.raw(text, [...params]);
    // The driver takes a statement with its name where it takes a text.
    const sent = this.connection.executeQuery<Row>(name === undefined ? query : { ...query, sql: { name, text } as unknown as string });
    this.#underWay.add(sent);
    sent.finally(() => this.#underWay.delete(sent)).catch(() => undefined);
    return sent;
  }
}

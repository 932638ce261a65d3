/** What every raw statement runs on: the database itself, or one transaction of it. Placeholders are $1, $2, … */
export interface Sql {
  /**
   * Runs one statement. Instants come back as the text of the driver: select `epoch_ms(column)` for a number of
   * milliseconds. bigint comes back as text, jsonb parsed, arrays as arrays.
   */
  query<Row extends object = Record<string, unknown>>(text: string, params?: readonly unknown[]): Promise<Row[]>;
}

/** What the raw statements of one transaction run on. */
export interface TransactionSql extends Sql {
  /**
   * Sends a statement whose rows nobody waits for. What the transaction asks next runs after it and sees what it wrote; where
   * it fails the transaction fails, with its error.
   */
  write(text: string, params?: readonly unknown[]): void;
}

/** The one row of a statement that must have exactly one. */
export async function one<Row extends object>(sql: Sql, text: string, params?: readonly unknown[]): Promise<Row> {
  const rows = await sql.query<Row>(text, params);
  if (rows.length !== 1) throw new Error(`expected one row, got ${rows.length}`);
  return rows[0]!;
}

import { Migration } from '@mikro-orm/migrations';
import type { MigrationObject } from '@mikro-orm/core';

/**
 * Splits a script where a line ends with a semicolon outside a $$ body: the embedded engine takes one statement a
 * call. Write `;` inside a $$ body freely, and none at a line's end inside a quoted text.
 */
export function statementsOf(script: string): readonly string[] {
  const statements: string[] = [];
  let current = '';
  let insideBody = false;
  for (const line of script.split('\n')) {
    current += `${line}\n`;
    if ((line.split('$$').length - 1) % 2 === 1) insideBody = !insideBody;
    if (insideBody || !line.trimEnd().endsWith(';')) continue;
    statements.push(current.trim());
    current = '';
  }
  if (current.trim() !== '') statements.push(current.trim());
  return statements;
}

/** A migration as data: its name and its statements, up and down. Its checksum is taken over the statements. */
export function defineMigration(name: string, upScripts: readonly string[], downScripts: readonly string[]): MigrationObject {
  const up = upScripts.flatMap(statementsOf);
  const down = downScripts.flatMap(statementsOf);
  class Defined extends Migration {
    static readonly statements = up;

    override up(): void {
      // A migration that cannot get its lock gives up at once instead of queueing the traffic behind itself (G19).
      this.addSql(`set local lock_timeout = '1s'`);
      // It runs on any connection of the pool, whose own limit is that of a request; a table may take longer to build.
      this.addSql('set local statement_timeout = 0');
      for (const statement of up) this.addSql(statement);
    }

    override down(): void {
      this.addSql(`set local lock_timeout = '1s'`);
      this.addSql('set local statement_timeout = 0');
      for (const statement of down) this.addSql(statement);
    }
  }
  return { name, class: Defined };
}

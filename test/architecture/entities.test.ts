import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database } from '../../src/platform/index.js';
import { rooms } from '../../src/server/rooms.js';
import { openTestDatabase } from '../support/database.js';

let database: Database;

beforeAll(async () => {
  database = await openTestDatabase(rooms.flatMap(room => room.entities));
});

afterAll(() => database.close());

test('entities and tables agree: every mapped column exists, and may be null on both sides or on neither', async () => {
  const columns = await database.query<{ table_name: string; column_name: string; is_nullable: string; column_default: string | null; is_generated: string }>(
    `select table_name, column_name, is_nullable, column_default, is_generated from information_schema.columns where table_schema = current_schema()`,
  );
  const byName = new Map(columns.map(column => [`${column.table_name}.${column.column_name}`, column]));
  const differences: string[] = [];

  for (const meta of database.orm.getMetadata().getAll().values()) {
    if (meta.embeddable || meta.virtual || meta.abstract) continue;
    for (const property of Object.values(meta.properties)) {
      if (property.persist === false || property.formula || !property.fieldNames) continue;
      for (const field of property.fieldNames) {
        const column = byName.get(`${meta.tableName}.${field}`);
        if (!column) differences.push(`${meta.tableName}.${field} is mapped and does not exist`);
        else if ((column.is_nullable === 'YES') !== (property.nullable === true)) differences.push(`${meta.tableName}.${field} is ${column.is_nullable === 'YES' ? 'nullable' : 'not null'} in the table, ${property.nullable ? 'nullable' : 'not null'} in the entity`);
      }
    }
  }

  expect(differences).toEqual([]);
});

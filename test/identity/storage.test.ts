import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ApiKeyEntity } from '../../src/identity/api-key.entity.js';
import { DelegationEntity } from '../../src/identity/delegation.entity.js';
import { MembershipEntity } from '../../src/identity/membership.entity.js';
import { PartyEntity } from '../../src/identity/index.js';
import { openCity, type City } from './city.js';

let city: City;

beforeAll(async () => {
  city = await openCity();
});

afterAll(() => city.database.close());

test.each([PartyEntity, MembershipEntity, DelegationEntity, ApiKeyEntity])('the columns of %p are those of its table, and may be null where its table says so', async entity => {
  const metadata = city.database.orm.getMetadata().get(entity as new () => object);
  const declared = Object.values(metadata.properties).map(property => ({ name: property.fieldNames[0], nullable: property.nullable === true }));
  const stored = await city.database.query<{ name: string; nullable: boolean }>(`select column_name as name, is_nullable = 'YES' as nullable from information_schema.columns where table_name = $1`, [metadata.tableName]);

  const byName = (a: { name?: string }, b: { name?: string }): number => (a.name! < b.name! ? -1 : 1);
  expect(declared.sort(byName)).toEqual(stored.sort(byName));
});

const insertParty = (columns: string, values: string) =>
  city.database.query(`insert into party (id, valid_from, registered_at, ${columns}) values ('pty_01kha862m0ed2s8a4j5ytzy83h', now(), now(), ${values})`);

test.each([
  ['a person’s name in clear', 'kind, name', `'PERSON', '张三'`],
  ['an authority without a department', 'kind, name', `'AUTHORITY', '局'`],
  ['a phone without its hash', 'kind, name, sealed_phone', `'ENTERPRISE', '店', 'a256gcm.x'`],
  ['a credit code without a verdict', 'kind, name, credit_code', `'ENTERPRISE', '店', '91110000600037341L'`],
  ['a source without a code', 'kind, name, source', `'ENTERPRISE', '店', 'census'`],
  ['a division code of seven digits', 'kind, name, jurisdiction_code', `'ENTERPRISE', '店', '3505021'`],
])('the database itself refuses %s', async (_name, columns, values) => {
  await expect(insertParty(columns, values)).rejects.toMatchObject({ code: '23514' });
});

test('the database itself refuses a second membership of a kind within one term', async () => {
  const member = await city.party({ kind: 'PERSON', name: '李四' });
  const party = await city.party({ kind: 'OPERATOR' });
  await city.join(member, party, 'FACILITY_OPERATOR');

  await expect(city.database.query(
    `insert into membership (id, member_party_id, party_id, role, starts_at, valid_from) values ('mem_01kha862m0ed2s8a4j5ytzy83h', $1, $2, 'FACILITY_OPERATOR', now(), now())`, [member, party],
  )).rejects.toMatchObject({ code: '23P01' });
});

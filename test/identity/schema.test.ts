import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { graphql, isObjectType, isInterfaceType, isEnumType, isInputObjectType, type GraphQLSchema } from 'graphql';
import { ACTIONS, anonymousViewer, authenticate, systemViewer } from '../../src/identity/index.js';
import { isAction } from '../../src/identity/rules/actions.js';
import type { Viewer } from '../../src/platform/index.js';
import { identitySchema, openCity, type City } from './city.js';

let city: City;
let schema: GraphQLSchema;

beforeAll(async () => {
  city = await openCity();
  schema = await identitySchema();
});

afterAll(() => city.database.close());

async function ask(source: string, variableValues: Record<string, unknown> = {}, viewer: Viewer = systemViewer): Promise<any> {
  const { data, errors } = await graphql({ schema, source, variableValues, contextValue: city.as(viewer) });
  if (errors) throw errors[0]!;
  return data;
}

test('every root field of the room names a right from the list', () => {
  const roots = [schema.getQueryType()!, schema.getMutationType()!, schema.getSubscriptionType()!].flatMap(type => Object.values(type.getFields()));

  expect(roots.map(field => field.name).sort()).toEqual([
    'addMembership', 'apiKeys', 'endDelegation', 'endMembership', 'eraseDriver', 'issueApiKey', 'markNoticesRead', 'noticeReceived', 'notices', 'parties', 'party', 'recordDelegation', 'registerParty', 'revealPersonalField', 'revokeApiKey', 'rotateApiKey', 'signOffDriver', 'signUpDriver', 'viewer',
  ]);
  expect(roots.filter(field => !isAction(String(field.extensions.allow)))).toEqual([]);
});

test('everything of the room is described in Chinese and in English', () => {
  const own = Object.values(schema.getTypeMap()).filter(type => !type.name.startsWith('__') && !['String', 'Int', 'Boolean', 'ID', 'Float', 'Query', 'Mutation', 'Subscription'].includes(type.name));
  const described = [
    ...own.map(type => [type.name, type.description] as const),
    ...own.filter(isEnumType).flatMap(type => type.getValues().map(value => [`${type.name}.${value.name}`, value.description] as const)),
    ...own.filter(type => isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)).flatMap(type => Object.values(type.getFields()).map(field => [`${type.name}.${field.name}`, field.description] as const)),
  ];
  expect(described.filter(([, text]) => !/\p{Script=Han}/u.test(text ?? '') || !/[A-Za-z]{2}/.test(text ?? '')).map(([name]) => name)).toEqual([]);
});

test('from a party to its key, by the schema alone', async () => {
  const { registerParty } = await ask(
    `mutation ($input: RegisterPartyInput!) { registerParty(input: $input) { party { __typename id kind name phone creditCodeVerdict jurisdictionCode } userErrors { code } } }`,
    { input: { kind: 'OPERATOR', name: '泉州停车有限公司', phone: '0595-22281234', creditCode: '91110000600037341L', jurisdictionCode: '350500' } },
  );
  const party = registerParty.party;
  expect(registerParty.userErrors).toEqual([]);
  expect(party).toMatchObject({ __typename: 'Party', kind: 'OPERATOR', name: '泉州停车有限公司', phone: '**********34', creditCodeVerdict: 'VALID', jurisdictionCode: '350500' });

  const { issueApiKey } = await ask(
    `mutation ($input: IssueApiKeyInput!) { issueApiKey(input: $input) { apiKey { id shownPrefix scopes limitClass expiresAt party { name } } secret userErrors { code } } }`,
    { input: { partyId: party.id, name: '接入', scopes: ['facility:write', 'key:read'], limitClass: 'OPERATOR', expiresAt: '2026-12-31T00:00:00+08:00' } },
  );
  expect(issueApiKey.apiKey).toMatchObject({ shownPrefix: issueApiKey.secret.slice(0, 17), limitClass: 'OPERATOR', expiresAt: '2026-12-31T00:00:00+08:00', party: { name: '泉州停车有限公司' } });

  const caller = await authenticate(city.services, `Bearer ${issueApiKey.secret}`);
  const { viewer, apiKeys } = await ask(`{ viewer { kind limitClass parties { id } actions } apiKeys { totalCount edges { node { id lastUsedAt } } } }`, {}, caller);
  expect(viewer).toMatchObject({ kind: 'API_KEY', limitClass: 'OPERATOR', parties: [{ id: party.id }] });
  expect(viewer.actions).toEqual(Object.entries(ACTIONS).filter(([action, words]) => words.anonymous || ['facility:write', 'key:read', 'key:rotate'].includes(action)).map(([action]) => action));
  expect(apiKeys).toEqual({ totalCount: 1, edges: [{ node: { id: issueApiKey.apiKey.id, lastUsedAt: '2026-02-13T09:00:00+08:00' } }] });
});

test('roles and delegations show on the party, and end', async () => {
  const make = async (kind: 'ENTERPRISE' | 'OPERATOR' | 'PERSON') => city.party({ kind, jurisdictionCode: '350502', ...(kind === 'PERSON' ? { name: '王小明' } : {}) });
  const [mall, operator, person] = [await make('ENTERPRISE'), await make('OPERATOR'), await make('PERSON')];
  const { addMembership } = await ask(`mutation ($input: AddMembershipInput!) { addMembership(input: $input) { membership { id role member { name } party { id } endsAt } userErrors { code } } }`, { input: { memberId: person, partyId: mall, role: 'SUPPLIER' } });
  expect(addMembership).toMatchObject({ membership: { role: 'SUPPLIER', member: { name: '王**' }, party: { id: mall }, endsAt: null }, userErrors: [] });
  const { recordDelegation } = await ask(
    `mutation ($input: RecordDelegationInput!) { recordDelegation(input: $input) { delegation { id powers } userErrors { code clause message } } }`,
    { input: { principalId: mall, agentId: operator, powers: ['SHARE', 'MANAGE'], startsAt: '2026-02-13T00:00:00+08:00', endsAt: '2026-12-31T00:00:00+08:00' } },
  );
  const seen = `query ($id: ID!) { party(id: $id) { memberships { id } delegationsGiven { id powers agent { id } } } }`;
  expect(await ask(seen, { id: mall })).toEqual({ party: { memberships: [{ id: addMembership.membership.id }], delegationsGiven: [{ id: recordDelegation.delegation.id, powers: ['SHARE', 'MANAGE'], agent: { id: operator } }] } });
  expect(await ask(seen, { id: mall }, anonymousViewer)).toEqual({ party: { memberships: null, delegationsGiven: null } });

  city.services.clock.advance(1_000);
  const ended = await ask(
    `mutation ($m: EndMembershipInput!, $d: EndDelegationInput!) { endMembership(input: $m) { membership { endsAt } } endDelegation(input: $d) { delegation { endsAt } } }`,
    { m: { membershipId: addMembership.membership.id }, d: { delegationId: recordDelegation.delegation.id, reason: '协商' } },
  );
  expect(ended).toEqual({ endMembership: { membership: { endsAt: '2026-02-13T09:00:01+08:00' } }, endDelegation: { delegation: { endsAt: '2026-02-13T09:00:01+08:00' } } });
  expect(await ask(seen, { id: mall })).toEqual({ party: { memberships: [], delegationsGiven: [] } });
});

test('a refusal is a userError in the caller’s language with its clause', async () => {
  const school = await city.party({ kind: 'PUBLIC_INSTITUTION' });
  const operator = await city.party({ kind: 'OPERATOR' });
  const { recordDelegation } = await ask(
    `mutation ($input: RecordDelegationInput!) { recordDelegation(input: $input) { delegation { id } userErrors { __typename code clause field message } } }`,
    { input: { principalId: school, agentId: operator, powers: ['SHARE'], startsAt: '2026-02-13T00:00:00+08:00', endsAt: '2026-12-31T00:00:00+08:00' } },
  );
  expect(recordDelegation).toEqual({
    delegation: null,
    userErrors: [{ __typename: 'RuleRefusal', code: 'PROCUREMENT_REFERENCE_MISSING', clause: '3.5-2', field: 'procurementReference', message: 'a public institution delegates under the Government Procurement Law: give the procurement reference' }],
  });
});

test.each(['%', '\\', '_', "'", '', '泉州%停车'])('a name filter is text, not a pattern: %j finds no more than it says', async nameContains => {
  const { parties } = await ask(`query ($n: String) { parties(where: { nameContains: $n }) { edges { node { name } } } }`, { n: nameContains });
  expect(parties.edges.filter((edge: { node: { name: string } }) => !edge.node.name.includes(nameContains))).toEqual([]);
});

test.each([['after', 'bm90IG91cnM'], ['after', ''], ['first', 0], ['first', 101], ['first', -1]])('a page asked for with %s = %j is the caller’s mistake', async (name, value) => {
  await expect(ask(`query ($v: ${name === 'first' ? 'Int!' : 'String'}) { parties(${name}: $v) { edges { cursor } } }`, { v: value })).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
});

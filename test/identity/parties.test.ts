import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Fault } from '../../src/platform/graphql/index.js';
import type { Viewer } from '../../src/platform/index.js';
import { addMembership, anonymousViewer, ensureMayActFor, findPartyOfSource, issueApiKey, partyLoader, recordDelegation, registerParty, revokeApiKey, rotateApiKey } from '../../src/identity/index.js';
import { endMembership } from '../../src/identity/add-membership.js';
import { listParties } from '../../src/identity/list-parties.js';
import { endDelegation } from '../../src/identity/record-delegation.js';
import { revealPersonalField } from '../../src/identity/reveal-personal-field.js';
import { ROLES, type Role } from '../../src/identity/rules/roles.js';
import { codesOf, officer, openCity, valueOf, type City } from './city.js';

const DAY = 86_400_000;
let city: City;
let bureau: string;
let school: string;
let operator: string;
let person: string;
let membershipId: string;
let delegationId: string;
let keyId: string;

beforeAll(async () => {
  city = await openCity();
  bureau = await city.party({ kind: 'AUTHORITY', department: 'PUBLIC_SECURITY', jurisdictionCode: '350502', name: '鲤城公安分局' });
  school = await city.party({ kind: 'PUBLIC_INSTITUTION', jurisdictionCode: '350502', name: '第一中学' });
  operator = await city.party({ kind: 'OPERATOR', name: '停车公司' });
  person = await city.party({ kind: 'PERSON', name: '欧阳志明', phone: '138 0595 1234', jurisdictionCode: '350502' });
  membershipId = await city.join(person, operator, 'FACILITY_OPERATOR');
  delegationId = valueOf(await recordDelegation(city.system, { principalId: school, agentId: operator, powers: ['SHARE'], startsAt: now(), endsAt: now() + 30 * DAY, procurementReference: '[350502]CG[2026]001' })).delegationId;
  keyId = valueOf(await issueApiKey(city.system, { partyId: operator, name: '接入', scopes: ['facility:write'] })).keyId;
});

afterAll(() => city.database.close());

const now = (): number => city.services.clock.now();

describe('1-4, G24: every use case, asked by every kind of caller: who may not is refused and nothing is written', () => {
  const callers: Record<string, () => Viewer> = {
    nobody: () => anonymousViewer,
    ...Object.fromEntries((Object.keys(ROLES) as Role[]).map(role => [role, () => officer(role, ROLES[role].scope === 'JURISDICTION' ? { jurisdictionCode: '350503' } : { partyId: 'pty_00000000000000000000000009' })])),
  };
  const useCases: Record<string, { readonly by: readonly string[]; readonly run: (viewer: Viewer) => Promise<unknown> }> = {
    registerParty: { by: ['PLATFORM_ADMINISTRATOR'], run: viewer => registerParty(city.as(viewer), { kind: 'ENTERPRISE', name: '某公司', jurisdictionCode: '350502' }) },
    addMembership: { by: ['SECURITY_ADMINISTRATOR'], run: viewer => addMembership(city.as(viewer), { memberId: person, partyId: school, role: 'SUPPLIER' }) },
    endMembership: { by: ['SECURITY_ADMINISTRATOR'], run: viewer => endMembership(city.as(viewer), { membershipId }) },
    recordDelegation: { by: ['SECURITY_ADMINISTRATOR'], run: viewer => recordDelegation(city.as(viewer), { principalId: school, agentId: operator, powers: ['MANAGE'], startsAt: now(), endsAt: now() + DAY, procurementReference: 'x' }) },
    endDelegation: { by: ['SECURITY_ADMINISTRATOR'], run: viewer => endDelegation(city.as(viewer), { delegationId, reason: '合同终止' }) },
    issueApiKey: { by: ['SECURITY_ADMINISTRATOR'], run: viewer => issueApiKey(city.as(viewer), { partyId: operator, name: '又一', scopes: ['facility:write'], expiresAt: now() + DAY }) },
    rotateApiKey: { by: ['SECURITY_ADMINISTRATOR'], run: viewer => rotateApiKey(city.as(viewer), { keyId }) },
    revokeApiKey: { by: ['SECURITY_ADMINISTRATOR'], run: viewer => revokeApiKey(city.as(viewer), { keyId, reason: '停用' }) },
  };
  const refused = Object.entries(useCases).flatMap(([name, { by, run }]) => Object.keys(callers).filter(caller => !by.includes(caller)).map(caller => [name, caller, run] as const));
  const allowed = Object.entries(useCases).flatMap(([name, { by, run }]) => by.map(caller => [name, caller, run] as const));

  const HELD: Readonly<Record<string, readonly string[]>> = {
    endMembership: ['SUPPLIER'],
    recordDelegation: ['AUTHORITY_OFFICER', 'SUPPLIER'],
    endDelegation: ['AUTHORITY_OFFICER', 'SUPPLIER'],
    issueApiKey: ['FACILITY_OPERATOR'],
    rotateApiKey: ['FACILITY_OPERATOR', 'PARTNER_APP'],
    revokeApiKey: ['FACILITY_OPERATOR'],
  };

  test.each(refused)('%s by %s', async (name, caller, run) => {
    const before = await city.counts();
    const error = await run(callers[caller]!()).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(Fault);
    // Whoever has the right elsewhere learns nothing of what there is here.
    const holds = HELD[name]?.includes(caller) ?? false;
    expect((error as Fault).code).toBe(caller === 'nobody' ? 'UNAUTHENTICATED' : holds ? 'NOT_FOUND' : 'FORBIDDEN');
    expect(await city.counts()).toEqual(before);
  });

  test.each(allowed)('%s by %s is done', async (_name, caller, run) => {
    expect(await run(callers[caller]!())).toMatchObject({ ok: true });
  });

  test('revealPersonalField beyond one’s district is refused, and the attempt is in the audit', async () => {
    const attempts = () => city.database.query(`select object_id, succeeded from audit_entry where action = 'personal:read-clear'`);
    await expect(revealPersonalField(city.as(officer('PERSONAL_DATA_OFFICER', { jurisdictionCode: '350503' })), { partyId: person, field: 'PHONE', purpose: '核对申诉' })).rejects.toMatchObject({ code: 'NOT_FOUND' });

    expect(await attempts()).toEqual([{ object_id: person, succeeded: false }]);
  });
});

describe('registering', () => {
  test('G26: a person’s name and phone are in no table in clear, the phone is found by its hash, and both are masked', async () => {
    const rows = await city.database.query<{ text: string }>(`select row_to_json(p)::text as text from party p union all select row_to_json(p)::text from party_version p union all select row_to_json(a)::text from audit_entry a union all select row_to_json(o)::text from outbox_event o`);
    expect(rows.filter(row => row.text.includes('欧阳') || row.text.includes('13805951234'))).toEqual([]);

    const seen = await listParties(city.as(officer('AUTHORITY_OFFICER', { jurisdictionCode: '350502' })), { phone: '+86 138-0595-1234' }, { first: 5, after: null });
    expect(seen.edges.map(edge => [edge.node.id, edge.node.name, edge.node.phone])).toEqual([[person, '欧***', '138****1234']]);
    expect((await listParties(city.as(officer('AUTHORITY_OFFICER', { jurisdictionCode: '350503' })), { phone: '13805951234' }, { first: 5, after: null })).edges).toEqual([]);
  });

  test('3.6-3: an officer lists the parties of the own district only, and pages through them without a gap', async () => {
    const scope = () => city.as(officer('STREET_OFFICER', { jurisdictionCode: '350502' }));
    const all = await listParties(scope(), {}, { first: 100, after: null });
    const first = await listParties(scope(), {}, { first: 2, after: null });
    const second = await listParties(scope(), {}, { first: 100, after: first.pageInfo.endCursor });

    expect(all.edges.map(edge => edge.node.jurisdictionCode).filter(code => !code?.startsWith('350502'))).toEqual([]);
    expect([...first.edges, ...second.edges].map(edge => edge.node.id)).toEqual(all.edges.map(edge => edge.node.id));
    expect(await all.totalCount()).toBe(all.edges.length);
  });

  test('a person is invisible to a stranger, an organisation is not', async () => {
    expect(await city.as(anonymousViewer).load(partyLoader, person)).toBeNull();
    expect(await city.as(anonymousViewer).load(partyLoader, operator)).toMatchObject({ name: '停车公司', phone: null });
  });

  test('a reading in clear needs a purpose and leaves its line before the field is shown', async () => {
    const scope = city.as(officer('PERSONAL_DATA_OFFICER', { jurisdictionCode: '350502' }));
    expect(codesOf(await revealPersonalField(scope, { partyId: person, field: 'NAME', purpose: ' ' }))).toEqual(['PURPOSE_MISSING']);

    expect(valueOf(await revealPersonalField(scope, { partyId: person, field: 'NAME', purpose: '核对投诉人身份' }))).toEqual({ value: '欧阳志明' });
    expect(valueOf(await revealPersonalField(scope, { partyId: person, field: 'PHONE', purpose: '核对投诉人身份' }))).toEqual({ value: '13805951234' });
    const lines = await city.database.query(`select reason, details from audit_entry where action = 'personal:read-clear' and succeeded order by sequence`);
    expect(lines).toEqual([{ reason: '核对投诉人身份', details: { field: 'NAME' } }, { reason: '核对投诉人身份', details: { field: 'PHONE' } }]);
  });

  test('I3: a credit code that fails its check digit is refused with the digit, and let through with a reason that the audit keeps', async () => {
    const statement = { kind: 'ENTERPRISE' as const, name: '错码公司', creditCode: '91110000600037341A' };
    const before = await city.counts();
    const refusedOutcome = await registerParty(city.system, statement);
    expect(codesOf(refusedOutcome)).toEqual(['CREDIT_CODE_INVALID']);
    expect(await city.counts()).toEqual(before);

    const { partyId } = valueOf(await registerParty(city.system, { ...statement, creditCodeOverrideReason: '营业执照原件如此' }));
    expect(await city.database.query('select credit_code_verdict from party where id = $1', [partyId])).toEqual([{ credit_code_verdict: 'OVERRIDDEN' }]);
    expect(await city.database.query('select reason from audit_entry where object_id = $1', [partyId])).toEqual([{ reason: '营业执照原件如此' }]);
  });

  test('one code of a source is one party, also when ten register it at once', async () => {
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => registerParty(city.system, { kind: 'ENTERPRISE', name: '万达广场', source: 'census-2026', code: 'A17' })));

    expect(outcomes.filter(outcome => outcome.ok).length).toBe(1);
    expect(new Set(outcomes.flatMap(codesOf))).toEqual(new Set(['PARTY_ALREADY_REGISTERED']));
    expect(await findPartyOfSource(city.database, 'census-2026', 'A17')).toBe(valueOf(outcomes.find(outcome => outcome.ok)!).partyId);
  });

  test('a kind or a department of no list is refused with the list, whoever typed it', async () => {
    const kind = await registerParty(city.system, { kind: 'WRONG' as never, name: '某部门', department: 'HOUSING' });
    const inherited = await registerParty(city.system, { kind: 'toString' as never, name: '某部门' });
    const department = await registerParty(city.system, { kind: 'AUTHORITY', name: '某部门', department: 'PARKS' as never });

    expect([kind, inherited, department].map(codesOf)).toEqual([['KIND_UNKNOWN'], ['KIND_UNKNOWN'], ['DEPARTMENT_UNKNOWN']]);
    expect(kind).toMatchObject({ problems: [{ field: 'kind', en: expect.stringContaining('AGENCY, PUBLIC_INSTITUTION') }] });
  });

  test('every problem of a party is told at once, and no phone number is repeated in a message', async () => {
    const outcome = await registerParty(city.system, { kind: 'AUTHORITY', name: '', phone: '12345678', jurisdictionCode: '35050', source: 'x' });

    expect(codesOf(outcome)).toEqual(['NAME_INVALID', 'DEPARTMENT_MISSING', 'JURISDICTION_CODE_INVALID', 'SOURCE_WITHOUT_CODE', 'PHONE_INVALID']);
    expect(JSON.stringify(outcome)).not.toContain('12345678');
  });
});

describe('memberships', () => {
  test('an officer’s jurisdiction lies within the office’s own, and nobody is an officer of a company', async () => {
    const before = await city.counts();
    expect(codesOf(await addMembership(city.system, { memberId: person, partyId: bureau, role: 'AUTHORITY_OFFICER', jurisdictionCode: '350503' }))).toEqual(['JURISDICTION_BEYOND_PARTY']);
    expect(codesOf(await addMembership(city.system, { memberId: person, partyId: operator, role: 'STREET_OFFICER', jurisdictionCode: '350502' }))).toEqual(['ROLE_NOT_OF_KIND', 'JURISDICTION_BEYOND_PARTY']);
    expect(codesOf(await addMembership(city.system, { memberId: person, partyId: bureau, role: 'AUTHORITY_OFFICER' }))).toEqual(['JURISDICTION_CODE_INVALID']);
    expect(codesOf(await addMembership(city.system, { memberId: bureau, partyId: bureau, role: 'SUPPLIER' }))).toEqual(['MEMBER_OF_ITSELF']);
    expect(await city.counts()).toEqual(before);
  });

  test('a supplier adds members to its own party, and can make no officer', async () => {
    const supplier = city.as(officer('SUPPLIER', { partyId: bureau }));
    await expect(addMembership(supplier, { memberId: person, partyId: bureau, role: 'AUTHORITY_OFFICER', jurisdictionCode: '350502' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(addMembership(supplier, { memberId: person, partyId: bureau, role: 'SECURITY_ADMINISTRATOR' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    valueOf(await addMembership(supplier, { memberId: person, partyId: bureau, role: 'SUPPLIER' }));
    expect(codesOf(await addMembership(supplier, { memberId: person, partyId: bureau, role: 'SUPPLIER' }))).toEqual(['MEMBERSHIP_EXISTS']);
  });

  test('an ended membership is ended once, and its past stays known', async () => {
    const guest = await city.party({ kind: 'PERSON', name: '陈一' });
    const id = await city.join(guest, operator, 'FACILITY_OPERATOR');
    city.services.clock.advance(DAY);
    valueOf(await endMembership(city.system, { membershipId: id }));

    expect(codesOf(await endMembership(city.system, { membershipId: id }))).toEqual(['MEMBERSHIP_ENDED']);
    const versions = await city.database.query(`select ends_at is null as open from membership_version where id = $1 and upper_inf(recorded_during) order by valid_during`, [id]);
    expect(versions).toEqual([{ open: true }, { open: false }]);
  });
});

describe('delegations', () => {
  let agent: Viewer;
  let mall: string;
  beforeAll(async () => {
    mall = await city.party({ kind: 'ENTERPRISE', jurisdictionCode: '350502' });
  });
  beforeEach(() => {
    agent = officer('FACILITY_OPERATOR', { partyId: operator });
  });
  const act = (viewer: Viewer, power: 'SHARE' | 'MANAGE') => ensureMayActFor(city.database, city.as(viewer), 'window:publish', { partyId: mall, jurisdictionCode: '350502' }, power);

  test('3.5-2: an organ or institution delegates with a procurement reference, an enterprise without', async () => {
    const term = { agentId: operator, powers: ['SHARE'] as const, startsAt: now(), endsAt: now() + DAY };
    const before = await city.counts();
    expect(codesOf(await recordDelegation(city.system, { ...term, principalId: school }))).toEqual(['PROCUREMENT_REFERENCE_MISSING']);
    expect(codesOf(await recordDelegation(city.system, { ...term, principalId: bureau, procurementReference: '  ' }))).toEqual(['PROCUREMENT_REFERENCE_MISSING']);
    expect(await city.counts()).toEqual(before);
    valueOf(await recordDelegation(city.system, { ...term, principalId: mall }));
  });

  test('I12: an agent acts within its term and its powers, from its first to before its last instant', async () => {
    city.services.clock.advance(2 * DAY);
    const startsAt = now() + DAY;
    await expect(act(agent, 'SHARE')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const { delegationId: id } = valueOf(await recordDelegation(city.system, { principalId: mall, agentId: operator, powers: ['SHARE'], startsAt, endsAt: startsAt + DAY }));

    city.services.clock.set(startsAt - 1);
    await expect(act(agent, 'SHARE')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    city.services.clock.set(startsAt);
    expect(await act(agent, 'SHARE')).toMatchObject({ id });
    await expect(act(agent, 'MANAGE')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(act(officer('DRIVER', { partyId: operator }), 'SHARE')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    city.services.clock.set(startsAt + DAY - 1);
    expect(await act(agent, 'SHARE')).toMatchObject({ id });
    city.services.clock.set(startsAt + DAY);
    await expect(act(agent, 'SHARE')).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  test('a delegation that was ended holds no longer, whatever its term said', async () => {
    const { delegationId: id } = valueOf(await recordDelegation(city.system, { principalId: mall, agentId: operator, powers: ['SHARE'], startsAt: now(), endsAt: now() + 30 * DAY }));
    expect(await act(agent, 'SHARE')).toMatchObject({ id });
    valueOf(await endDelegation(city.system, { delegationId: id, reason: '协商终止' }));
    await expect(act(agent, 'SHARE')).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(codesOf(await endDelegation(city.system, { delegationId: id, reason: '再次' }))).toEqual(['DELEGATION_ENDED']);
  });

  test('a principal acts for itself without any delegation', async () => {
    expect(await act(officer('SUPPLIER', { partyId: mall }), 'SHARE')).toBeNull();
  });
});

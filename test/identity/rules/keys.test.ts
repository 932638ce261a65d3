import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { delegationHolds, checkDelegation, POWERS, type Power } from '../../../src/identity/rules/delegation.js';
import { keyHolds } from '../../../src/identity/rules/api-key.js';
import { KEY_MARK, isWellFormedKey, shownPrefixOf, writeKey } from '../../../src/identity/rules/key-text.js';
import { DEPARTMENTS, PARTY_KINDS, roleFits, type PartyKind } from '../../../src/identity/rules/party-kinds.js';
import { maskName, maskPhone, normalisePhone } from '../../../src/identity/rules/personal-fields.js';
import { grantsOfMembership, reachOf } from '../../../src/identity/rules/reach.js';
import { may } from '../../../src/identity/rules/may.js';
import { ROLES, type Role } from '../../../src/identity/rules/roles.js';

const secrets = fc.uint8Array({ minLength: 32, maxLength: 32 });

test('every 256 bits write one well-formed key of 58 characters, and different bits write different keys', () => {
  fc.assert(fc.property(secrets, secrets, (a, b) => {
    const key = writeKey(a);
    expect(isWellFormedKey(key)).toBe(true);
    expect(key.length).toBe(KEY_MARK.length + 49);
    expect(key === writeKey(b)).toBe(Buffer.compare(a, b) === 0);
  }));
});

test('any one wrong character, and any two exchanged neighbours, are noticed before a look-up', () => {
  fc.assert(fc.property(secrets, fc.integer({ min: KEY_MARK.length, max: KEY_MARK.length + 48 }), fc.constantFrom(...'0Aaz9Zb'), (secret, at, character) => {
    const key = writeKey(secret);
    const changed = key.slice(0, at) + character + key.slice(at + 1);
    expect(isWellFormedKey(changed)).toBe(changed === key);
    const exchanged = key.slice(0, at) + (key[at + 1] ?? '') + key[at] + key.slice(at + 2);
    expect(isWellFormedKey(exchanged)).toBe(exchanged === key);
  }));
});

test('what may be shown of a key is its mark and eight characters', () => {
  expect(shownPrefixOf(writeKey(new Uint8Array(32).fill(255)))).toMatch(/^chw_live_[0-9A-Za-z]{8}$/);
});

test('a key holds until its end, exclusive, and never after it was revoked', () => {
  expect([99, 100].map(at => keyHolds({ expiresAt: 100, revokedAt: null }, at))).toEqual([true, false]);
  expect(keyHolds({ expiresAt: null, revokedAt: 5 }, 1)).toBe(false);
});

test('I12: a delegation holds exactly within its half-open term and for exactly its powers', () => {
  const powers = Object.keys(POWERS) as Power[];
  fc.assert(fc.property(fc.subarray(powers), fc.constantFrom(...powers), fc.nat(50), fc.nat(50), fc.nat(100), (given, asked, startsAt, length, at) => {
    const holds = delegationHolds({ powers: given, startsAt, endsAt: startsAt + length }, asked, at);
    expect(holds).toBe(given.includes(asked) && at >= startsAt && at < startsAt + length);
  }));
});

test('3.5-2: exactly organs, institutions, departments and street offices need a procurement reference', () => {
  const needs = (kind: PartyKind): boolean =>
    checkDelegation({ principal: { id: 'a', kind }, agent: { id: 'b', kind: 'OPERATOR' }, powers: ['SHARE'], startsAt: 0, endsAt: 1, procurementReference: null }).some(({ code }) => code === 'PROCUREMENT_REFERENCE_MISSING');

  expect((Object.keys(PARTY_KINDS) as PartyKind[]).filter(needs)).toEqual(['AGENCY', 'PUBLIC_INSTITUTION', 'STREET_OFFICE', 'AUTHORITY']);
});

test('4.2-1: the seven departments of the policy exist, with the digital office and the treasury', () => {
  expect(Object.values(DEPARTMENTS).map(({ zh }) => zh)).toEqual(['发改（价格）', '公安（交警）', '资源规划', '住建', '市场监管', '城管', '人防', '数字办', '财政']);
});

test('every role can be held in some kind of party, and no role of the whole platform outside a department', () => {
  const kindsOf = (role: Role): PartyKind[] => (Object.keys(PARTY_KINDS) as PartyKind[]).filter(kind => roleFits(role, kind));
  const roles = Object.keys(ROLES) as Role[];

  expect(roles.filter(role => kindsOf(role).length === 0)).toEqual([]);
  expect(roles.filter(role => ROLES[role].scope === 'PLATFORM').map(kindsOf)).toEqual([['AUTHORITY'], ['AUTHORITY'], ['AUTHORITY']]);
});

test('the rows of reachOf and the answer of may are one decision', () => {
  const codes = fc.constantFrom('350500', '350502', '350502001', '350503', '350600', 'QZ-TIA', 'QZ-TIA-N');
  const grant = fc.record({ action: fc.constantFrom('*', 'party:read', 'key:read'), partyId: fc.option(fc.constantFrom('a', 'b')), jurisdictionCode: fc.option(fc.oneof(codes, fc.constant('35050'))) });
  fc.assert(fc.property(fc.array(grant, { maxLength: 4 }), fc.constantFrom('a', 'b', 'c'), fc.option(codes), (grants, partyId, code) => {
    const byRows = reachOf({ grants }, 'party:read').some(part => (part.partyId === null || part.partyId === partyId) && (part.codes === null || (code !== null && (part.codes.endsWith('%') ? code.startsWith(part.codes.slice(0, -1)) : code === part.codes))));
    expect(byRows).toBe(may({ grants }, 'party:read', { partyId, jurisdictionCode: code }));
  }));
});

test('a role of government without its jurisdiction reaches nothing', () => {
  expect(grantsOfMembership({ role: 'STREET_OFFICER', partyId: 'a', jurisdictionCode: null })).toEqual([]);
});

test.each([['138 0595 1234', '13805951234'], ['+86-138-0595-1234', '13805951234'], ['１３８０５９５１２３４', '13805951234'], ['0595-2228 1234', '059522281234'], ['400-100-2000', '4001002000']])('the phone %s is kept as %s', (text, kept) => {
  expect(normalisePhone(text)).toEqual({ ok: true, value: kept });
});

test('a mask never shows more than four digits at the end and three before, nor more of a name than its first character', () => {
  expect([maskPhone('13805951234'), maskPhone('059522281234'), maskPhone('4001002000')]).toEqual(['138****1234', '**********34', '********00']);
  expect([maskName('张三'), maskName('欧阳志明'), maskName('阿卜杜拉·买买提'), maskName('王'), maskName('𠮷田')]).toEqual(['张*', '欧***', '阿***', '王*', '𠮷*']);
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ACTIONS, type Action } from '../../../src/identity/rules/actions.js';
import { isJurisdictionCode, jurisdictionPrefix, liesWithin } from '../../../src/identity/rules/jurisdiction-scope.js';
import { may } from '../../../src/identity/rules/may.js';
import { ACTOR_FAMILIES, ROLES, actionsOf, type Role } from '../../../src/identity/rules/roles.js';

const holder = (action: string, partyId: string | null = null, jurisdictionCode: string | null = null) => ({ grants: [{ action, partyId, jurisdictionCode }] });
const nobody = { grants: [] };

test('3.6-3: an officer of Licheng may write in Licheng and its sub-districts, not in Fengze, not in the city', () => {
  const officer = holder('facility:write', null, '350502');

  expect(may(officer, 'facility:write', { jurisdictionCode: '350502' })).toBe(true);
  expect(may(officer, 'facility:write', { jurisdictionCode: '350502001' })).toBe(true);
  expect(may(officer, 'facility:write', { jurisdictionCode: '350503' })).toBe(false);
  expect(may(officer, 'facility:write', { jurisdictionCode: '350500' })).toBe(false);
});

test('a right over the city code 350500 covers its districts, though the code is no prefix of theirs', () => {
  expect(may(holder('facility:write', null, '350500'), 'facility:write', { jurisdictionCode: '350502001' })).toBe(true);
  expect(may(holder('facility:write', null, '350500'), 'facility:write', { jurisdictionCode: '350602' })).toBe(false);
});

test('0-1: an officer of a development zone reaches what the zone counts, and neither a zone whose code begins alike nor the county around it', () => {
  const officer = holder('facility:write', null, 'QZ-TIA');

  expect(may(officer, 'facility:write', { jurisdictionCode: ['350521101', 'QZ-TIA'] })).toBe(true);
  expect(may(officer, 'facility:write', { jurisdictionCode: 'QZ-TIA-N' })).toBe(false);
  expect(may(officer, 'facility:write', { jurisdictionCode: ['350521102', '350521'] })).toBe(false);
  expect(may(officer, 'facility:write', { jurisdictionCode: [] })).toBe(false);
  expect(may(holder('facility:write', null, '350521'), 'facility:write', { jurisdictionCode: ['350521101', 'QZ-TIA'] })).toBe(true);
});

test('a jurisdiction is told by a division code of 6, 9 or 12 digits or by the own code of a development zone', () => {
  expect(['350500', '350502001', '350502001003', 'QZ-TIA', '3505-01'].map(isJurisdictionCode)).toEqual([true, true, true, true, true]);
  expect(['', '35', '3505', '3505021', 'QZ_TIA', 'qz-tia', 'QZ-', 'QZ-%', '-TIA', 'QZTIA'].map(isJurisdictionCode)).toEqual(Array(10).fill(false));
});

test.each([
  ['350500', '3505'],
  ['350000', '35'],
  ['350502000000', '350502'],
  ['350502100', '350502100'],
  ['350502100000', '350502100'],
  ['350582001003', '350582001003'],
])('the code %s reaches over everything that begins with %s', (code, prefix) => {
  expect(jurisdictionPrefix(code)).toBe(prefix);
});

test.each(['', '3', '35050', '3505021', '000000', '35050a', '350502 ', '%'])('a text that is no code (%j) covers nothing', scope => {
  expect(liesWithin('350502', scope)).toBe(false);
  expect(liesWithin(scope, '350500')).toBe(false);
});

test('a right for one party does not reach another, and a subject that names no party is refused', () => {
  const supplier = holder('window:publish', 'pty_a');

  expect(may(supplier, 'window:publish', { partyId: 'pty_a' })).toBe(true);
  expect(may(supplier, 'window:publish', { partyId: ['pty_b', 'pty_a'] })).toBe(true);
  expect(may(supplier, 'window:publish', { partyId: 'pty_b' })).toBe(false);
  expect(may(supplier, 'window:publish', { partyId: null })).toBe(false);
  expect(may(supplier, 'window:publish', {})).toBe(false);
  expect(may(supplier, 'window:publish')).toBe(true);
});

test('whoever holds nothing may do exactly what is open to everybody', () => {
  for (const action of Object.keys(ACTIONS) as Action[]) expect(may(nobody, action)).toBe(ACTIONS[action].anonymous);
});

test('one right gives no other right, whatever the subject', () => {
  const actions = Object.keys(ACTIONS) as Action[];
  fc.assert(
    fc.property(fc.constantFrom(...actions), fc.constantFrom(...actions), fc.option(fc.constantFrom('350500', '350502'), { nil: undefined }), (held, asked, jurisdictionCode) => {
      const allowed = may(holder(held), asked, { jurisdictionCode });
      expect(allowed).toBe(held === asked || ACTIONS[asked].anonymous);
    }),
  );
});

test("'*' gives every action, still within its party and jurisdiction", () => {
  expect(may(holder('*'), 'key:issue', {})).toBe(true);
  expect(may(holder('*', 'pty_a'), 'key:issue', { partyId: 'pty_b' })).toBe(false);
  expect(may(holder('*', null, '350502'), 'facility:write', { jurisdictionCode: '350503' })).toBe(false);
});

test('1-4: each of the four families has a role, and no two families have the same rights', () => {
  const rightsOf = (family: string): string =>
    [...new Set((Object.keys(ROLES) as Role[]).filter(role => ROLES[role].family === family).flatMap(role => actionsOf(role)))].sort().join();
  const rights = Object.keys(ACTOR_FAMILIES).map(rightsOf);

  expect(Object.keys(ACTOR_FAMILIES)).toEqual(['GOVERNMENT', 'MARKET_OPERATOR', 'COMMUNITY', 'INDIVIDUAL']);
  expect(new Set(rights).size).toBe(4);
});

test('8.1.4.2: the administrator cannot issue keys, the security officer cannot change facilities, the auditor changes nothing', () => {
  expect(actionsOf('PLATFORM_ADMINISTRATOR')).not.toContain('key:issue');
  expect(actionsOf('SECURITY_ADMINISTRATOR')).not.toContain('facility:write');
  expect(actionsOf('AUDITOR').filter(action => /:(write|issue|rotate|run|publish|suspend|operate|read-clear)$/.test(action))).toEqual([]);
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkDraft } from '../../../src/facilities/rules/check-draft.js';
import type { CitySetting } from '../../../src/facilities/rules/facility-draft.js';
import { obligationOf, obligationRows } from '../../../src/facilities/rules/obligation.js';
import { reportingUnitOf, type Division } from '../../../src/facilities/rules/reporting-unit.js';
import { FACILITY_LIFECYCLE, mayFollow } from '../../../src/facilities/rules/status.js';
import { effectOf, statusAfter } from '../../../src/facilities/rules/supersession.js';
import { facilityDraft } from '../city.js';

const QUANZHOU: CitySetting = { city: '350500', zoneName: 'Asia/Shanghai', box: { minLongitude: 117.4, maxLongitude: 119.1, minLatitude: 24.4, maxLatitude: 26 } };

test('a sound draft passes, and the same twice gives the same', () => {
  const outcome = checkDraft(facilityDraft('1'), QUANZHOU, '2026-02-13');
  expect(outcome.ok).toBe(true);
  expect(checkDraft(facilityDraft('1'), QUANZHOU, '2026-02-13')).toEqual(outcome);
});

test('no field, whatever it holds, makes the check throw; a refusal names at least one problem in both languages', () => {
  const names = Object.keys(facilityDraft('1')).filter(name => !['zones', 'entrances', 'closesAtMinutes'].includes(name));
  fc.assert(fc.property(fc.constantFrom(...names), fc.oneof(fc.string(), fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.object()), (name, value) => {
    const outcome = checkDraft({ ...facilityDraft('1'), [name]: value } as never, QUANZHOU, '2026-02-13');
    expect(outcome.ok || outcome.problems.every(problem => problem.zh !== '' && problem.en !== '')).toBe(true);
  }), { numRuns: 500 });
  expect(checkDraft({ ...facilityDraft('1'), insured: 'yes' as never }, QUANZHOU, '2026-02-13')).toMatchObject({ ok: false, problems: [{ code: 'NOT_YES_NO', field: 'insured' }] });
});

test('observations in any order leave the newest on record', () => {
  const observation = fc.record({ observedOn: fc.constantFrom('2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04'), contentHash: fc.constantFrom('a', 'b', 'c') });
  fc.assert(fc.property(fc.array(observation, { minLength: 1, maxLength: 12 }), observations => {
    let held: { observedOn: string; contentHash: string; source: string } | null = null;
    for (const one of observations) {
      const effect = effectOf(one, held);
      if (effect !== 'UNCHANGED' && effect !== 'SUPERSEDED') held = { ...one, source: 'x' };
    }
    const newest = observations.map(one => one.observedOn).sort().at(-1)!;
    const last = observations.filter(one => one.observedOn === newest).at(-1)!;
    expect(held).toMatchObject(last);
  }));
});

test('P11: every state is reached only by its events, and nothing follows CLOSED', () => {
  expect(FACILITY_LIFECYCLE.states.filter(state => FACILITY_LIFECYCLE.isTerminal(state))).toEqual(['CLOSED']);
  for (const from of FACILITY_LIFECYCLE.states) {
    expect(mayFollow(from, from)).toBe(true);
    expect(mayFollow(from, 'CLOSED')).toBe(true);
    expect(mayFollow(from, 'PLANNED')).toBe(from === 'PLANNED');
  }
  expect(mayFollow('SUSPENDED', 'OPEN')).toBe(true);
  expect(FACILITY_LIFECYCLE.transition('OPEN', 'ACCEPT')).toMatchObject({ ok: false, problems: [{ code: 'ILLEGAL_TRANSITION', data: { from: 'OPEN' } }] });
});

test('a survey does not undo a change of state that came after it', () => {
  const held = { status: 'SUSPENDED' as const, statusReason: '台风', statusSince: 1_000 };
  expect(statusAfter({ status: 'OPEN', statusReason: null, observedAt: 999 }, held)).toEqual({ ...held, problem: null });
  expect(statusAfter({ status: 'OPEN', statusReason: null, observedAt: 1_000 }, held)).toMatchObject({ status: 'OPEN', statusSince: 1_000, problem: null });
  expect(statusAfter({ status: 'PLANNED', statusReason: null, observedAt: 2_000 }, held).problem).toMatchObject({ code: 'ILLEGAL_TRANSITION', clause: '3.6-4' });
  expect(statusAfter({ status: null, statusReason: null, observedAt: 2_000 }, held)).toEqual({ ...held, problem: null });
});

test('2.2-1, 2.3-6, 2.4-2: the verb decides: an institution shall, a shop is encouraged, planned public spaces are never optional', () => {
  expect(obligationOf({ category: 'INSTITUTION', sector: 'AGENCY', planningRequiredSpaces: null })).toEqual({ level: 'SHALL', verb: '应', clause: '2.2-1' });
  expect(obligationOf({ category: 'INSTITUTION', sector: 'ENTERPRISE_OFFICE', planningRequiredSpaces: null })).toMatchObject({ level: 'SHALL' });
  expect(obligationOf({ category: 'COMMERCIAL', sector: 'ENTERPRISE_OFFICE', planningRequiredSpaces: 0 })).toMatchObject({ level: 'ENCOURAGED', clause: '2.4-2' });
  expect(obligationOf({ category: 'RESIDENTIAL', sector: 'RESIDENTIAL', planningRequiredSpaces: null })).toMatchObject({ level: 'MAY', clause: '2.5-5' });
  expect(obligationOf({ category: 'COMMERCIAL', sector: 'PARK', planningRequiredSpaces: null })).toMatchObject({ clause: '3.6-9' });
  expect(obligationRows().filter(row => row.planned).every(row => row.level === 'SHALL' && row.clause === '2.3-6')).toBe(true);
});

test('G8: a development zone counts its sub-districts, their county all others', () => {
  const division = (code: string, path: string[], isReportingUnit = false, memberOf: string | null = null): Division => ({ id: code, code, path, isReportingUnit, memberOf });
  const all = [division('C', ['C']), division('D', ['C', 'D'], true), division('S1', ['C', 'D', 'S1']), division('S2', ['C', 'D', 'S2'], false, 'ZONE'), division('V2', ['C', 'D', 'S2', 'V2'])];
  const byCode = new Map(all.map(one => [one.code, one]));
  expect(all.map(one => reportingUnitOf(one, byCode))).toEqual(['C', 'D', 'D', 'ZONE', 'ZONE']);
});

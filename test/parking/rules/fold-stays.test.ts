import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { REPEAT_MS, foldStays, type GateFact } from '../../../src/parking/rules/fold-stays.js';
import { gateVehicle } from '../../../src/parking/rules/gate-vehicle.js';
import { overstayFen, overstayOf } from '../../../src/parking/rules/overstay-price.js';
import { matchSessions } from '../../../src/parking/rules/refold-sessions.js';
import { whoGivesWay, type ShortSpan } from '../../../src/parking/rules/who-gives-way.js';

const MINUTE = 60_000;
const facts = fc.array(fc.record({ kind: fc.constantFrom('ENTRY' as const, 'EXIT' as const), minute: fc.nat(20), second: fc.constantFrom(0, 30) }), { maxLength: 14 })
  .map(drawn => drawn.map(({ kind, minute, second }, nth): GateFact => ({ id: `e${nth}`, name: `g${String(nth).padStart(2, '0')}`, kind, at: minute * MINUTE + second * 1_000 })));

test('the stays are the same in whichever order their events come', () => {
  fc.assert(fc.property(facts.chain(list => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))), ([list, shuffled]) => {
    expect(foldStays(shuffled)).toEqual(foldStays(list));
  }));
});

test('no passage is lost: each opens, closes, repeats or contradicts, and stays never overlap', () => {
  fc.assert(fc.property(facts, list => {
    const { stays, verdicts } = foldStays(list);
    expect([...verdicts.keys()].sort()).toEqual(list.map(fact => fact.id).sort());
    const told = [...verdicts.values()].filter(verdict => verdict !== 'REPEATED').length;
    expect(stays.flatMap(stay => [stay.entry, stay.exit]).filter(fact => fact !== null)).toHaveLength(told);
    stays.forEach((stay, nth) => {
      const next = stays[nth + 1];
      const beganAt = (stay.entry ?? stay.exit)!.at;
      if (stay.endedAt === null) expect(next).toBeUndefined();
      else expect(stay.endedAt).toBeGreaterThanOrEqual(beganAt);
      if (next) expect((next.entry ?? next.exit)!.at).toBeGreaterThanOrEqual(stay.endedAt!);
    });
    for (const [id, verdict] of verdicts) {
      if (verdict !== 'REPEATED') continue;
      const fact = list.find(each => each.id === id)!;
      expect(list.some(other => other.id !== id && other.kind === fact.kind && other.at <= fact.at && fact.at - other.at < REPEAT_MS)).toBe(true);
    }
  }));
});

test('entry 8:00, exit 9:00, exit 12:00 are two stays, the second without an entry', () => {
  const at = (id: string, kind: 'ENTRY' | 'EXIT', hour: number): GateFact => ({ id, name: id, kind, at: hour * 60 * MINUTE });
  const [entry, exit, late] = [at('a', 'ENTRY', 8), at('b', 'EXIT', 9), at('c', 'EXIT', 12)];
  expect(foldStays([late, exit, entry])).toEqual({
    stays: [{ entry, exit, endedAt: exit.at }, { entry: null, exit: late, endedAt: late.at }],
    verdicts: new Map([['a', 'OPENED'], ['b', 'CLOSED'], ['c', 'EXIT_WITHOUT_ENTRY']]),
  });
});

test('a session keeps its id while one of its events is its own, and one that lost both is void', () => {
  fc.assert(fc.property(facts, fc.nat(13), (list, upTo) => {
    const before = foldStays(list.slice(0, upTo)).stays.map((stay, nth) => ({ id: `s${nth}`, entryEventId: stay.entry?.id ?? null, exitEventId: stay.exit?.id ?? null }));
    const { stays, voided } = matchSessions(foldStays(list).stays, before);
    const kept = stays.flatMap(({ session }) => session ?? []);
    expect(new Set(kept).size).toBe(kept.length);
    expect([...kept, ...voided].map(session => session.id).sort()).toEqual(before.map(session => session.id).sort());
    for (const { stay, session } of stays) if (session) expect([session.entryEventId, session.exitEventId].filter(id => id !== null)).toEqual(expect.arrayContaining([stay.entry?.id === session.entryEventId && stay.entry ? stay.entry.id : stay.exit!.id]));
  }));
});

test('who gives way: the rest fits what is lent at every instant, nobody who is in goes before somebody who is not, and nobody goes in vain', () => {
  const claims = fc.array(fc.record({ from: fc.nat(10), length: fc.integer({ min: 1, max: 6 }), spaces: fc.integer({ min: 1, max: 3 }), isIn: fc.boolean() }), { minLength: 1, maxLength: 7 });
  fc.assert(fc.property(claims, fc.nat(4), (drawn, lent) => {
    const all = drawn.map(({ from, length, spaces }, nth) => ({ claimId: `c${nth}`, spaces, during: { startsAt: from, endsAt: from + length } }));
    const promised = (at: number, left = all): number => left.filter(claim => claim.during.startsAt <= at && at < claim.during.endsAt).reduce((sum, claim) => sum + claim.spaces, 0);
    const instants = Array.from({ length: 17 }, (_, at) => at);
    const worst = Math.max(...instants.map(at => promised(at)));
    if (worst <= lent) return;
    const span: ShortSpan = { during: { startsAt: 0, endsAt: 17 }, missing: worst - lent, claims: all };
    const chosen = whoGivesWay([span], id => (drawn[Number(id.slice(1))]!.isIn ? 'IN' : 'FREE'));
    const left = all.filter(claim => !chosen.has(claim.claimId));
    for (const at of instants) expect(promised(at, left)).toBeLessThanOrEqual(lent);
    for (const id of chosen) {
      const { during } = all[Number(id.slice(1))]!;
      expect(instants.some(at => at >= during.startsAt && at < during.endsAt && promised(at) > lent)).toBe(true);
      if (drawn[Number(id.slice(1))]!.isIn) expect(instants.some(at => at >= during.startsAt && at < during.endsAt && promised(at, all.filter(claim => drawn[Number(claim.claimId.slice(1))]!.isIn)) > lent)).toBe(true);
    }
  }));
});

test('an overstay begins when the terms let nobody stay any longer, and costs from the end of the grace on', () => {
  const terms = { lateStopMinutes: 15, overstay: { graceMinutes: 5, tariffPercent: 150, fenPerHour: 100 } };
  expect(overstayOf(0, 15 * MINUTE, terms)).toBeNull();
  expect(overstayOf(0, 16 * MINUTE, terms)).toEqual({ startsAt: 5 * MINUTE, endsAt: 16 * MINUTE });
  expect(overstayFen(300, { startsAt: 0, endsAt: 61 * MINUTE }, terms)).toBe(650);
});

test('what a gate saw is a plate, a foreign plate or a ticket, never two of them; a bicycle is none', () => {
  const kindOf = (seen: object): string => {
    const outcome = gateVehicle(seen);
    return outcome.ok ? `${outcome.value.kind} ${outcome.value.number} ${outcome.value.colour}` : outcome.problems[0].code;
  };
  expect(kindOf({ plate: '闽c·12345' })).toBe('PLATE 闽C12345 BLUE');
  expect(kindOf({ plate: '闽C12345', colour: 'YELLOW' })).toBe('PLATE 闽C12345 YELLOW');
  expect(kindOf({ plate: '闽C12345', colour: 'GREEN' })).toBe('PLATE 闽C12345 BLUE');
  expect(kindOf({ plate: 'b xy-1234' })).toBe('FOREIGN BXY1234 null');
  expect(kindOf({ ticket: 'T1' })).toBe('TICKET T1 null');
  expect(kindOf({ ticket: 'T1', plate: '闽C12345' })).toBe('PLATE_OR_TICKET');
  expect(kindOf({ plate: '无牌' })).toBe('TICKET_NEEDED');
  expect(kindOf({ plate: '电动123456' })).toBe('NOT_MOTOR_VEHICLE');
});

import { expect, test } from '@jest/globals';
import { relocationDebt } from '../../../src/parking/rules/relocation-debt.js';
import { movedWords, refundedWords } from '../../../src/parking/rules/revoked-words.js';

const MOVED = { reason: '施工', place: '东街停车场', isSameFacility: false, walkingMetres: null, span: '2026-02-11 10:00–12:00', keepsInterval: true, amountFen: 0, givenBackFen: 0, lessenedFen: 0 };

test('a move names no walk that is not known, and says what is owed less where nobody had paid', () => {
  expect(movedWords(MOVED)).toEqual({
    zh: '原泊位不再可用（施工），预约已改到 东街停车场，时段不变（2026-02-11 10:00–12:00），不另加价',
    en: 'the spaces are not available any more (施工); the reservation was moved to 东街停车场, for the same time (2026-02-11 10:00–12:00), at no higher price',
  });
  expect(movedWords({ ...MOVED, keepsInterval: false, walkingMetres: 80, lessenedFen: 250 }).zh).toBe('原泊位不再可用（施工），预约已改到 东街停车场，步行约 80 米，时段为 2026-02-11 10:00–12:00，免费，应付减少 2.50 元');
});

test('what ends without a payment is told of no refund', () => {
  const ended = { reason: '施工', wasHeld: false, givenBackFen: 0, lessenedFen: 0 };

  expect(refundedWords(ended).en).toBe('the spaces are not available any more (施工), and nothing near can be booked; the reservation was cancelled: nothing was charged');
  expect(refundedWords({ ...ended, lessenedFen: 900 }).en).toBe('the spaces are not available any more (施工), and nothing near can be booked; the reservation was cancelled: nothing was charged, and 9.00 yuan are owed no more');
  expect(refundedWords({ ...ended, givenBackFen: 5, lessenedFen: 0 }).zh).toBe('原泊位不再可用（施工），附近没有可改往的泊位，预约已取消：退还 0.05 元');
  expect(refundedWords({ ...ended, wasHeld: true, lessenedFen: 900 }).zh).toBe('保留的泊位不再可用（施工），预约未成立：未收取任何款项');
});

test('the supplier that took its spaces back owes the difference; nobody does for another’s vehicle, the calendar, or to itself', () => {
  const moved = { side: 'SUPPLIER' as const, fromPartyIds: ['owner', 'operator'], toPartyIds: ['shop'], differenceFen: 400 };

  expect(relocationDebt(moved)).toEqual({ payerId: 'owner', amountFen: 400 });
  expect(relocationDebt({ ...moved, side: 'DRIVER' })).toBeNull();
  expect(relocationDebt({ ...moved, side: 'NOBODY' })).toBeNull();
  expect(relocationDebt({ ...moved, toPartyIds: ['owner'] })).toBeNull();
  expect(relocationDebt({ ...moved, fromPartyIds: [] })).toBeNull();
  expect(relocationDebt({ ...moved, differenceFen: 0 })).toBeNull();
});

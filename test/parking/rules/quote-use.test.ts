import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changeQuoteProblem, quoteProblem, type KeptQuote } from '../../../src/parking/rules/quote-use.js';

const NOW = 1_000_000_000;
const quotes = fc.option(fc.record({ id: fc.constant('quo_1'), changes: fc.constantFrom(null, 'rsv_1', 'rsv_2'), expiresAt: fc.integer({ min: NOW - 600_000, max: NOW + 600_000 }) }), { nil: null });
const users = fc.constantFrom(null, 'rsv_9');

test('a quote is booked once, while it holds, by its own party, and only where it was made for a new stay', () => {
  fc.assert(fc.property(quotes, users, (quote, usedBy) => {
    const found = quoteProblem('quo_1', quote, usedBy, NOW);

    const expected = quote === null ? 'QUOTE_UNKNOWN' : quote.changes !== null ? 'QUOTE_OF_A_CHANGE' : usedBy !== null ? 'QUOTE_USED' : quote.expiresAt <= NOW ? 'QUOTE_EXPIRED' : undefined;
    expect(found?.code).toBe(expected);
  }));
});

test('a quote changes the reservation that it was made for, once and while it holds, and books nothing', () => {
  fc.assert(fc.property(quotes, users, (quote, usedBy) => {
    const found = changeQuoteProblem('quo_1', quote, 'rsv_1', usedBy, NOW);

    const expected = quote?.changes !== 'rsv_1' ? 'QUOTE_UNKNOWN' : usedBy !== null ? 'QUOTE_USED' : quote.expiresAt <= NOW ? 'QUOTE_EXPIRED' : undefined;
    expect(found?.code).toBe(expected);
    if (quote !== null) expect(found === null && quoteProblem('quo_1', quote, usedBy, NOW) === null).toBe(false);
  }));
});

test('a refusal names what it is about: the reservation that a quote stands behind, and since when it has ended', () => {
  const quote: KeptQuote = { id: 'quo_1', changes: null, expiresAt: NOW - 61_000 };

  expect(quoteProblem('quo_1', quote, null, NOW)).toMatchObject({ code: 'QUOTE_EXPIRED', en: 'the quote ended 2 minutes ago', data: { expiredAt: quote.expiresAt } });
  expect(quoteProblem('quo_1', quote, 'rsv_9', NOW)).toMatchObject({ code: 'QUOTE_USED', data: { reservationId: 'rsv_9' } });
  expect(quoteProblem('quo_1', { ...quote, expiresAt: NOW }, null, NOW)?.code).toBe('QUOTE_EXPIRED');
});

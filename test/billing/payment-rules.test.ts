import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { questionWaitMs, refundWaitMs } from '../../src/billing/rules/back-off.js';
import { paymentLifecycle, refundLifecycle } from '../../src/billing/rules/payment-lifecycle.js';
import { flawOfProof, type ToldPayment } from '../../src/billing/rules/payment-proof.js';

const told = (change: Partial<ToldPayment> = {}): ToldPayment => ({ amountFen: 1_000, currency: 'CNY', isOurs: true, reference: 'tx-1', paidAt: 1_770_000_000_000, ...change });

test('a payment is proved by exactly what was asked for, in yuan, in our account, with its number and its time', () => {
  expect(flawOfProof({ amountFen: 1_000 }, told())).toBeNull();
  expect(flawOfProof({ amountFen: 1_000 }, told({ isOurs: false, currency: 'USD' }))).toBe('FOREIGN_ACCOUNT');
  expect(flawOfProof({ amountFen: 1_000 }, told({ currency: 'USD' }))).toBe('CURRENCY_MISMATCH');
  expect(flawOfProof({ amountFen: 1_000 }, told({ currency: null }))).toBe('CURRENCY_MISMATCH');
  expect(flawOfProof({ amountFen: 1_000 }, told({ reference: null }))).toBe('AMOUNT_MISMATCH');
  expect(flawOfProof({ amountFen: 1_000 }, told({ paidAt: null }))).toBe('AMOUNT_MISMATCH');
});

test('no other amount proves it', () => {
  const fen = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

  fc.assert(fc.property(fen, fc.option(fen), (asked, said) => {
    expect(flawOfProof({ amountFen: asked }, told({ amountFen: said })) === null).toBe(asked === said);
  }));
});

test('money that came is taken in every state but those that have it already', () => {
  expect(paymentLifecycle.states.filter(state => !paymentLifecycle.allows(state, 'prove'))).toEqual(['PAID']);
  expect(refundLifecycle.states.filter(state => !refundLifecycle.allows(state, 'finish'))).toEqual(['DONE', 'SETTLED']);
});

test('nothing leads out of a payment that is paid or a refund that is done, and nothing closes what may still be paid twice', () => {
  expect(paymentLifecycle.isTerminal('PAID')).toBe(true);
  expect(['DONE', 'SETTLED'].map(state => refundLifecycle.isTerminal(state as 'DONE'))).toEqual([true, true]);
  expect(refundLifecycle.states.filter(state => refundLifecycle.allows(state, 'resend'))).toEqual(['CLOSED']);
  expect(paymentLifecycle.states.filter(state => paymentLifecycle.allows(state, 'close'))).toEqual(['STARTING', 'PENDING']);
});

test('waits never shrink and never end', () => {
  for (const wait of [questionWaitMs, refundWaitMs]) {
    const waits = Array.from({ length: 30 }, (_, i) => wait(i + 1));
    expect(waits.every((ms, i) => ms > 0 && ms >= (waits[i - 1] ?? 0))).toBe(true);
    expect(wait(1_000)).toBe(waits.at(-1));
  }
  expect([questionWaitMs(1), refundWaitMs(1)]).toEqual([15_000, 60_000]);
});

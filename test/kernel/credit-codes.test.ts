import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { creditCodes } from '../../src/kernel/index.js';

const { judgeCreditCode } = creditCodes;

test.each(['91110000101623741K', '911101066976941872', '91350100M000100Y43', '91350502MA2Y3AN1X7', '121200004013590816'])('I3: %s is valid', code => {
  expect(judgeCreditCode(code)).toEqual({ verdict: 'VALID', code });
});

test('I3: a wrong check character is refused with the one expected', () => {
  expect(judgeCreditCode('91310115MA1H8R7C6D')).toMatchObject({ verdict: 'INVALID', reason: 'CHECK_DIGIT', expected: '7', zh: expect.stringContaining('“7”') });
  expect(judgeCreditCode('91350500MA31U1NB65')).toMatchObject({ verdict: 'INVALID', reason: 'CHECK_DIGIT' });
});

test('I3: length and alphabet are told apart', () => {
  expect(judgeCreditCode('12345')).toMatchObject({ verdict: 'INVALID', reason: 'LENGTH', zh: expect.stringContaining('5 位') });
  expect(judgeCreditCode('9111000060003IOZSV')).toMatchObject({ verdict: 'INVALID', reason: 'ALPHABET', zh: expect.stringContaining('“I”') });
});

test.each(['91350502M0000WC393', '91350211M0000XUF46', '91350100M0001TGQXM'])('I3: %s of the early trial is legacy, not a hard refusal', code => {
  expect(judgeCreditCode(code).verdict).toBe('LEGACY');
});

test('I3: case, width and spaces do not matter', () => {
  expect(judgeCreditCode(' 91350100m000100y43 ').verdict).toBe('VALID');
});

test('I3: every sum has a check character, also one divisible by 31, and any single slip is noticed', () => {
  const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  const first17 = fc.array(fc.constantFrom(...alphabet), { minLength: 17, maxLength: 17 }).map(each => each.join('')).filter(each => !each.startsWith('M000', 8));

  fc.assert(fc.property(first17, fc.nat(16), fc.constantFrom(...alphabet), (start, index, other) => {
    const verdicts = [...alphabet].map(last => judgeCreditCode(start + last));
    expect(verdicts.filter(each => each.verdict === 'VALID')).toHaveLength(1);
    const valid = verdicts.find(each => each.verdict === 'VALID')!.code;
    const slipped = valid.slice(0, index) + other + valid.slice(index + 1);
    if (slipped !== valid) expect(judgeCreditCode(slipped).verdict).not.toBe('VALID');
  }), { numRuns: 300 });
});

import { expect, test } from '@jest/globals';
import { afterTry, MOST_TRIES, waitAfter } from '../../../src/identity/rules/notice-delivery.js';
import { ownPartiesWith } from '../../../src/identity/rules/own-parties.js';

const NOW = Date.parse('2026-02-13T09:00:00+08:00');
const failed = (isFinal = false) => ({ isTaken: false, failure: 'HTTP_503', isFinal }) as const;

test('a delivery rests 15 s after its first failure, twice as long after each next, and never longer than 4 h', () => {
  expect([1, 2, 3, 10, 11, 12, 60].map(tries => waitAfter(tries) / 1_000)).toEqual([15, 30, 60, 7_680, 14_400, 14_400, 14_400]);
});

test('all its waits together are some eight hours: a provider may be away for a night', () => {
  const waits = Array.from({ length: MOST_TRIES - 1 }, (_, tries) => waitAfter(tries + 1));

  expect(waits.reduce((sum, wait) => sum + wait, 0) / 60_000).toBeCloseTo(495.75);
});

test('what is taken is delivered; what fails is tried again until the last try, and what is refused for good is given up at once', () => {
  expect(afterTry({ isTaken: true }, 3, NOW)).toEqual({ state: 'DELIVERED', nextTryAt: NOW, failure: null });
  expect(afterTry(failed(), 1, NOW)).toEqual({ state: 'PENDING', nextTryAt: NOW + 15_000, failure: 'HTTP_503' });
  expect(afterTry(failed(), MOST_TRIES - 1, NOW).state).toBe('PENDING');
  expect(afterTry(failed(), MOST_TRIES, NOW).state).toBe('DEAD');
  expect(afterTry(failed(true), 1, NOW).state).toBe('DEAD');
});

test('one’s own parties are those one belongs to and may act for: a right over a jurisdiction opens nobody’s notices', () => {
  const grant = (action: string, partyId: string | null, jurisdictionCode: string | null = null) => ({ action, partyId, jurisdictionCode });

  expect(ownPartiesWith({ partyIds: ['me', 'firm'], grants: [grant('notice:read', 'me')] }, 'notice:read')).toEqual(['me']);
  expect(ownPartiesWith({ partyIds: ['me', 'bureau'], grants: [grant('notice:read', null, '350502')] }, 'notice:read')).toEqual(['me', 'bureau']);
  expect(ownPartiesWith({ partyIds: ['me'], grants: [grant('notice:read', 'other'), grant('party:read', 'me')] }, 'notice:read')).toEqual([]);
  expect(ownPartiesWith({ partyIds: [], grants: [grant('*', null)] }, 'notice:read')).toEqual([]);
});

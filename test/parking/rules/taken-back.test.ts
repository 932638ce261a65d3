import { expect, test } from '@jest/globals';
import { takenBackProblem, wasBroken, wasTakenBack } from '../../../src/parking/rules/taken-back.js';

test('what is being taken back, or was moved, is no longer what was booked; what its driver has given up since is its own affair', () => {
  const own = { claimId: 'c' };

  expect((['PENDING', 'MOVED', 'REFUNDED', 'KEPT', 'LAPSED'] as const).map(state => wasTakenBack(own, [{ claimId: 'c', state }]))).toEqual([true, true, false, false, false]);
  expect([wasTakenBack(own, [{ claimId: 'before', state: 'PENDING' }]), wasTakenBack(own, [{ claimId: 'before', state: 'MOVED' }]), wasTakenBack(own, [])]).toEqual([false, true, false]);
});

test('nobody misses a reservation whose own spaces are being taken back', () => {
  const own = { id: 'res_1', claimId: 'c' };

  expect(takenBackProblem(own, [{ claimId: 'c', state: 'PENDING' }])).toMatchObject({ code: 'SPACES_TAKEN_BACK', en: expect.stringContaining('res_1') });
  expect([[], [{ claimId: 'before', state: 'PENDING' } as const], [{ claimId: 'c', state: 'KEPT' } as const]].map(each => takenBackProblem(own, each))).toEqual([null, null, null]);
});

test('3.2-7: a promise that was taken back was broken whatever became of its booking, unless its vehicle came in where it was booked', () => {
  const at = (facilityId: string) => (['HELD', 'CONFIRMED', 'CANCELLED', 'EXPIRED', 'NO_SHOW', 'CHECKED_IN', 'OVERSTAYED', 'COMPLETED'] as const).filter(state => wasBroken({ state, facilityId }, { facilityId: 'f' }));

  expect(at('f')).toEqual(['HELD', 'CONFIRMED', 'CANCELLED', 'EXPIRED', 'NO_SHOW']);
  expect(at('elsewhere')).toEqual(['HELD', 'CONFIRMED', 'CANCELLED', 'EXPIRED', 'NO_SHOW', 'CHECKED_IN', 'OVERSTAYED', 'COMPLETED']);
});

import { expect, test } from '@jest/globals';
import { wasTakenBack } from '../../../src/parking/rules/taken-back.js';

test('what is being taken back, or was moved, is no longer what was booked; what its driver has given up since is its own affair', () => {
  const own = { claimId: 'c' };

  expect((['PENDING', 'MOVED', 'REFUNDED', 'KEPT', 'LAPSED'] as const).map(state => wasTakenBack(own, [{ claimId: 'c', state }]))).toEqual([true, true, false, false, false]);
  expect([wasTakenBack(own, [{ claimId: 'before', state: 'PENDING' }]), wasTakenBack(own, [{ claimId: 'before', state: 'MOVED' }]), wasTakenBack(own, [])]).toEqual([false, true, false]);
});

import TestSequencer from '@jest/test-sequencer';

/** What is in the paths of suites that start processes of their own and wait for them: begun last, one of them would keep a worker busy alone. */
const FIRST = ['/test/cluster/', '/test/readme/', '/crash.', '/test/support/', '/test/server/', '/test/demo/', '/test/parking/'];

const rankOf = ({ path }) => {
  const rank = FIRST.findIndex(folder => path.includes(folder));
  return rank === -1 ? FIRST.length : rank;
};

/** The order of suites on a machine that has run none yet: the long ones first. */
export default class LongestFirst extends TestSequencer {
  sort(tests) {
    return super.sort(tests).toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}

import base from '../../jest.config.mjs';

/** The suite over recorded data, which stands outside the repository: TRIAL_DATA names its folder. */
export default { ...base, rootDir: '../..', testMatch: ['<rootDir>/test/trial/**/*.test.ts'], testPathIgnorePatterns: [], testTimeout: 180_000 };

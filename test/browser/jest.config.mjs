import base from '../../jest.config.mjs';

/** The suite that needs a browser: Debian's chromium, or the one that CHROMIUM_PATH names. */
export default { ...base, rootDir: '../..', testMatch: ['<rootDir>/test/browser/**/*.test.ts'], testPathIgnorePatterns: [], testTimeout: 120_000 };

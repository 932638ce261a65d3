const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true },
        target: 'es2024',
        keepClassNames: true,
      },
      module: { type: 'es6' },
    },
  ],
};

export default {
  testEnvironment: '<rootDir>/test/support/environment.mjs',
  roots: ['<rootDir>/test'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // The suites of several processes need PostgreSQL and Redis, those of the lent clusters the embedded back end; every other suite runs on both.
  testPathIgnorePatterns: ['/test/trial/', '/test/browser/', process.env.DATABASE_URL ? '/test/support/' : '/test/cluster/'],
  runtime: '<rootDir>/test/support/native-runtime.mjs',
  transform,
  testSequencer: '<rootDir>/test/support/sequencer.mjs',
  setupFiles: ['<rootDir>/test/support/property-seed.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  testTimeout: 60_000,
  maxWorkers: 2,
  // Each suite's embedded database and modules outlive it by a while: a worker that has grown so far begins anew.
  workerIdleMemoryLimit: '3GB',
  reporters: ['default', '<rootDir>/test/support/plain-reporter.mjs'],
};

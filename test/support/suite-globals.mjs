/** What a suite imports from '@jest/globals': evaluated anew for every suite, with what the framework made for it. */
export const { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest, test } = globalThis[Symbol.for('suite-globals')];

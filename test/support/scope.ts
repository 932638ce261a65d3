import { ManualClock, RequestScope, createSealer, openInProcessLive, openLog, readConfiguration, type Database, type Language, type Services, type Viewer } from '../../src/platform/index.js';

/** The instant at which tests live, unless they say otherwise: a Friday morning, the last workday before Spring Festival's make-up Saturday. */
export const TEST_NOW = '2026-02-13T09:00:00+08:00';

export const TEST_KEYS = { sealing: [{ id: 'test', key: Buffer.alloc(32, 7).toString('base64') }], lookup: Buffer.alloc(32, 9).toString('base64') };

/** Nobody in particular. */
export const anonymous: Viewer = { kind: 'ANONYMOUS', actorId: 'anonymous', partyIds: [], grants: [], limitClass: 'ANONYMOUS', expiresAt: null, keyId: null };

/** The platform itself: may do everything, everywhere. */
export const system: Viewer = { kind: 'SYSTEM', actorId: 'system', partyIds: [], grants: [{ action: '*', partyId: null, jurisdictionCode: null }], limitClass: 'OPERATOR', expiresAt: null, keyId: null };

export function testServices(database: Database, overrides: Partial<Services> = {}): Services & { readonly clock: ManualClock } {
  const log = openLog({ level: 'silent' });
  return {
    configuration: readConfiguration({}),
    clock: new ManualClock(TEST_NOW),
    database,
    live: openInProcessLive(log),
    sealer: createSealer(TEST_KEYS.sealing, TEST_KEYS.lookup),
    log,
    reactions: [],
    ...overrides,
  } as Services & { readonly clock: ManualClock };
}

export function scopeOf(services: Services, viewer: Viewer = system, language: Language = 'en'): RequestScope {
  return new RequestScope(services, viewer, language, 'test-trace');
}

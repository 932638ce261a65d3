import type { Viewer } from '../platform/index.js';

/** Nobody in particular: a caller that shows no credential. */
export const anonymousViewer: Viewer = { kind: 'ANONYMOUS', actorId: 'anonymous', partyIds: [], grants: [], limitClass: 'ANONYMOUS', expiresAt: null, keyId: null };

/** The platform itself: its jobs, its command and its demo. It may do everything, and the audit names it. */
export const systemViewer: Viewer = { kind: 'SYSTEM', actorId: 'system', partyIds: [], grants: [{ action: '*', partyId: null, jurisdictionCode: null }], limitClass: 'OPERATOR', expiresAt: null, keyId: null };

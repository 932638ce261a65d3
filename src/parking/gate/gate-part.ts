import type { Job, Reaction } from '../../platform/index.js';
import type { NodeKind } from '../../platform/graphql/index.js';
import { decideRevocations } from '../revocation/decide-revocations.js';
import { revokeBroken, revokeByCalendar } from '../revocation/find-broken.js';
import { RevocationResolver, RevokedReservationResolver } from '../revocation/revocation.resolver.js';
import { NotProvidedResolver } from '../revocation/not-provided.resolver.js';
import { AdmissionResolver } from './admission.resolver.js';
import { Admission } from './admission.type.js';
import { GATE_DECISION_BY_ID, SESSION_BY_ID } from './gate.loaders.js';
import { GateEventReceiptResolver, GateResolver, SessionResolver } from './gate.resolver.js';
import { GateDecision } from './gate.type.js';
import { ADMISSION_BY_ID } from './list-admissions.js';
import { prolongWalkIns } from './prolong-walk-ins.js';
import { Session } from './session.type.js';
import { settleSessions } from './settle-sessions.js';
import { warnNextHolders } from './warn-next-holders.js';
import { watchOverstays } from './watch-overstays.js';

const nodes: readonly NodeKind[] = [
  { kind: 'admission', loader: ADMISSION_BY_ID },
  { kind: 'gateDecision', loader: GATE_DECISION_BY_ID },
  { kind: 'session', loader: SESSION_BY_ID },
];
const jobs: readonly Job[] = [
  { name: 'decide-revocations', everyMs: 1_000, isSingle: true, run: decideRevocations },
  { name: 'watch-overstays', everyMs: 15_000, isSingle: true, run: watchOverstays },
  { name: 'warn-next-holders', everyMs: 15_000, isSingle: true, run: warnNextHolders },
  { name: 'prolong-walk-ins', everyMs: 15_000, isSingle: true, run: prolongWalkIns },
  { name: 'settle-sessions', everyMs: 15_000, isSingle: true, run: settleSessions },
];
const reactions: readonly Reaction[] = [revokeBroken, revokeByCalendar];

/** What the gate, and what becomes of broken promises, add to the room. */
export const gatePart = { resolvers: [AdmissionResolver, GateResolver, GateEventReceiptResolver, SessionResolver, RevokedReservationResolver, RevocationResolver, NotProvidedResolver], orphanedTypes: [Admission, GateDecision, Session], nodes, jobs, reactions };

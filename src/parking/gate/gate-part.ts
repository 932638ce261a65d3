import type { Job, Reaction } from '../../platform/index.js';
import type { NodeKind } from '../../platform/graphql/index.js';
import { GATE_DECISION_BY_ID, SESSION_BY_ID } from './gate.loaders.js';
import { GateEventReceiptResolver, GateResolver, SessionResolver } from './gate.resolver.js';
import { GateDecision } from './gate.type.js';
import { Session } from './session.type.js';

const nodes: readonly NodeKind[] = [
  { kind: 'gateDecision', loader: GATE_DECISION_BY_ID },
  { kind: 'session', loader: SESSION_BY_ID },
];
const jobs: readonly Job[] = [];
const reactions: readonly Reaction[] = [];

/** What the gate adds to the room. */
export const gatePart = { resolvers: [GateResolver, GateEventReceiptResolver, SessionResolver], orphanedTypes: [GateDecision, Session], nodes, jobs, reactions };

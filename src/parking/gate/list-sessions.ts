import type { RequestScope } from '../../platform/index.js';
import { decodeCursor, pageOf, pageSize, type Connection, type PageArgs } from '../../platform/graphql/index.js';
import { countFindings, listFindingRows, type FindingFilter } from './finding.sql.js';
import { findingOf, sessionOf } from './gate.loaders.js';
import { partiesRead } from './gate.policy.js';
import type { GateFindingWhere } from './gate-inputs.type.js';
import type { GateFinding } from './gate.type.js';
import { countSessions, listSessionRows, type SessionFilter } from './session.sql.js';
import type { Session, SessionWhere } from './session.type.js';

const afterOf = ({ after }: PageArgs): string | null => (after == null ? null : String(decodeCursor(after, ['string'])[0]));

/** The sessions at the facilities of the caller's parties, and of their reservations, the newest first. */
export async function listSessions({ viewer, database }: RequestScope, where: SessionWhere | null, page: PageArgs): Promise<Connection<Session>> {
  const partyIds = partiesRead(viewer, 'session:read');
  const filter: SessionFilter = { facilityId: where?.facilityId ?? null, reservationId: where?.reservationId ?? null, states: where?.states ?? null, from: where?.began?.startsAt ?? null, until: where?.began?.endsAt ?? null };
  const rows = await listSessionRows(database, partyIds, filter, { after: afterOf(page), limit: pageSize(page.first) + 1 });
  return pageOf(rows.map(sessionOf), { first: page.first, after: page.after ?? null, keyOf: session => [session.id], count: () => countSessions(database, partyIds, filter) });
}

/** What does not fit together at the gates of the caller's facilities, the newest first. */
export async function listGateFindings(scope: RequestScope, where: GateFindingWhere | null, page: PageArgs): Promise<Connection<GateFinding>> {
  const partyIds = partiesRead(scope.viewer, 'session:read');
  const filter: FindingFilter = { facilityId: where?.facilityId ?? null, kinds: where?.kinds ?? null, isOpen: where?.isOpen ?? true };
  const rows = await listFindingRows(scope.database, partyIds, filter, { after: afterOf(page), limit: pageSize(page.first) + 1 });
  return pageOf(rows.map(row => findingOf(scope, row)), { first: page.first, after: page.after ?? null, keyOf: finding => [finding.id], count: () => countFindings(scope.database, partyIds, filter) });
}

import { defineMigration } from '../src/platform/migration.js';

// A refund that was stuck and was given back elsewhere before it could be said by whose money stands as owed: its finding is asked again. What was said stays in the audit.
export const reopenedFindings = defineMigration('20261122000820-reopened-findings', [
  `update payment_finding n
   set state = 'OPEN', resolution = null, note = null, resolved_at = null, resolved_by = null
   from refund r
   where n.state = 'RESOLVED' and n.kind = 'REFUND_ABNORMAL' and n.resolution = 'SETTLED_ELSEWHERE' and n.settled_from is null and n.subject = r.id and r.state = 'ABNORMAL' and r.paid_attempt is null`,
], []);

import { defineLoader, type RequestScope } from '../../platform/index.js';
import { decodeCursor, pageOf, pageSize, type Connection, type PageArgs } from '../../platform/graphql/index.js';
import { Admission, type AdmissionWhere } from './admission.type.js';
import { admissionsById, countAdmissions, listAdmissionRows, type AdmissionFilter, type AdmissionRow } from './admissions.sql.js';
import { maySeeGate } from './gate.policy.js';
import { gateFacilities } from './gate.sql.js';

/** An admission as the facility's parties may see it; null for anybody else. */
export const ADMISSION_BY_ID = defineLoader<string, Admission | null>('ADMISSION_BY_ID', async (scope, ids) => {
  const rows = ids.length === 0 ? [] : await admissionsById(scope.database, ids);
  const seen = new Map(rows.filter(row => maySeeGate(scope.viewer, row)).map(row => [row.id, admissionOf(row)]));
  return ids.map(id => seen.get(id) ?? null);
});

/** The vehicles that are admitted at a facility, the newest first; none where it is not of the caller's parties. */
export async function listAdmissions({ viewer, database }: RequestScope, facilityId: string, where: AdmissionWhere | null, page: PageArgs): Promise<Connection<Admission>> {
  const [facility] = await gateFacilities(database, [facilityId]);
  const isSeen = facility !== undefined && maySeeGate(viewer, { facilityPartyIds: facility.partyIds });
  const filter: AdmissionFilter = { facilityId, audiences: where?.audiences ?? null, agreementId: where?.agreementId ?? null, partyId: where?.partyId ?? null, isNamed: where?.isNamed ?? null, at: where?.at ?? null };
  const after = page.after == null ? null : String(decodeCursor(page.after, ['string'])[0]);
  const rows = isSeen ? await listAdmissionRows(database, filter, { after, limit: pageSize(page.first) + 1 }) : [];
  return pageOf(rows.map(admissionOf), { first: page.first, after: page.after ?? null, keyOf: admission => [admission.id], count: async () => (isSeen ? countAdmissions(database, filter) : 0) });
}

/** A row as the schema shows it. Whoever made it has shown that the caller may see it. */
export function admissionOf({ id, facilityId, audience, maskedPlate: plate, colour, agreementId, partyId, startsAt, endsAt, recordedAt }: AdmissionRow): Admission {
  return Object.assign(new Admission(), { id, facilityId, audience, plate, colour, agreementId, partyId, startsAt, endsAt, recordedAt });
}

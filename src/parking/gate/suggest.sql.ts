import type { Sql } from '../../platform/index.js';

/** Which of these vehicles are in, whatever their colour, but for the very one that was read. By session_plate: the key begins with the hash. */
export function openVehicles(sql: Sql, asked: ReadonlyArray<{ readonly facilityId: string; readonly hash: string; readonly readKey: string }>): Promise<Array<{ readonly facilityId: string; readonly hash: string }>> {
  return sql.query(
    `select distinct a."facilityId", a.hash
     from jsonb_to_recordset($1::jsonb) as a ("facilityId" text, hash text, "readKey" text)
     join session s on s.facility_id = a."facilityId" and s.plate_key > a.hash || '/' and s.plate_key < a.hash || '0' and s.state = 'OPEN' and s.plate_key <> a."readKey"`,
    [JSON.stringify(asked)],
  );
}

import type { PlateColour, PlateKind } from '../kernel/index.js';
import type { Sql, TransactionSql } from '../platform/index.js';

/** A vehicle of a reservation; the number itself is sealed. */
export interface VehicleRow {
  readonly city: string;
  readonly reservationId: string;
  readonly position: number;
  readonly plateHash: string;
  readonly colour: PlateColour;
  readonly kind: PlateKind;
  readonly sealedPlate: string;
  readonly maskedPlate: string;
  /** Since when it is named, where that is later than its reservation; epoch ms. */
  readonly namedAt?: number | null;
}

export function insertVehicles(sql: TransactionSql, rows: readonly VehicleRow[]): void {
  if (rows.length === 0) return;
  sql.write(
    `insert into reservation_vehicle (city, reservation_id, position, plate_hash, colour, kind, sealed_plate, masked_plate, named_at)
     select v.city, v."reservationId", v.position, v."plateHash", v.colour, v.kind, v."sealedPlate", v."maskedPlate", to_timestamp(v."namedAt" / 1000.0)
     from jsonb_to_recordset($1::jsonb) as v (city text, "reservationId" text, position int, "plateHash" text, colour text, kind text, "sealedPlate" text, "maskedPlate" text, "namedAt" float8)`,
    [JSON.stringify(rows)],
  );
}

export async function deleteVehicles(sql: Sql, reservationId: string): Promise<void> {
  await sql.query('delete from reservation_vehicle where reservation_id = $1', [reservationId]);
}

/** By reservation_vehicle_reservation. */
export function vehiclesOf(sql: Sql, reservationIds: readonly string[]): Promise<VehicleRow[]> {
  return sql.query<VehicleRow>(
    `select city, reservation_id as "reservationId", position, plate_hash as "plateHash", colour, kind, sealed_plate as "sealedPlate", masked_plate as "maskedPlate", epoch_ms(named_at) as "namedAt"
     from reservation_vehicle where reservation_id = any($1::text[]) order by reservation_id, position`,
    [reservationIds],
  );
}

import { plates, type Plate, type Span } from '../kernel/index.js';
import type { Sealer, Sql } from '../platform/index.js';
import { admissionsDuring } from './admission.sql.js';
import { vehicleKey } from './gate/vehicle-key.js';
import { admittedAs, type AdmittedAudience, type AdmittedVehicle, type Admission } from './rules/admitted-as.js';
import { plateHash } from './seal-plates.js';
import type { VehicleRow } from './vehicle.sql.js';

/** A vehicle as it is compared with others, and as it is shown. */
export interface KnownVehicle {
  readonly hash: string;
  readonly colour: string | null;
  /** Both together: by them vehicles are told apart (I2). */
  readonly vehicle: string;
  readonly masked: string;
}

/** Vehicles as they are given. */
export function knownVehicles(sealer: Sealer, given: readonly Plate[]): readonly KnownVehicle[] {
  return given.map(({ number, colour }) => {
    const hash = plateHash(sealer, number);
    return { hash, colour, vehicle: vehicleKey(hash, { colour }), masked: plates.maskPlate(number) };
  });
}

/** Vehicles as they are stored. */
export function storedVehicles(rows: readonly VehicleRow[]): readonly KnownVehicle[] {
  return rows.map(({ plateHash: hash, colour, maskedPlate }) => ({ hash, colour, vehicle: vehicleKey(hash, { colour }), masked: maskedPlate }));
}

/** A stay of vehicles that may be admitted where it is. */
export interface StayOfVehicles {
  readonly facilityId: string;
  /** Who books it. */
  readonly partyId: string;
  readonly during: Span;
  readonly vehicles: readonly AdmittedVehicle[];
}

/** What vehicles of the parties that book are admitted as at the places of their stays, in one statement; none where no vehicle is named. */
export async function admissionsOfStays(sql: Sql, stays: readonly StayOfVehicles[]): Promise<readonly Admission[]> {
  const named = stays.filter(({ vehicles }) => vehicles.length > 0);
  if (named.length === 0) return [];
  return admissionsDuring(sql, {
    facilityIds: [...new Set(named.map(({ facilityId }) => facilityId))], partyIds: [...new Set(named.map(({ partyId }) => partyId))],
    plateHashes: [...new Set(named.flatMap(({ vehicles }) => vehicles.map(({ hash }) => hash)))],
    from: Math.min(...named.map(({ during }) => during.startsAt)), until: Math.max(...named.map(({ during }) => during.endsAt)),
  });
}

/** As which audiences each stay is judged. */
export async function audiencesOfStays(sql: Sql, stays: readonly StayOfVehicles[]): Promise<ReadonlyArray<readonly AdmittedAudience[]>> {
  const admissions = await admissionsOfStays(sql, stays);
  return stays.map(stay => admittedAs(stay.vehicles, admissions, stay));
}

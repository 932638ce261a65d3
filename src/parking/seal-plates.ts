import { plates, type Plate } from '../kernel/index.js';
import type { Sealer } from '../platform/index.js';
import type { VehicleRow } from './vehicle.sql.js';

/** The domain of the blind index over plate numbers. */
const PLATE_DOMAIN = 'vehicle.plate';

/** The keyed hash by which a plate's number is found; the colour stands beside it (I2). */
export function plateHash(sealer: Sealer, number: string): string {
  return sealer.lookupHash(number, PLATE_DOMAIN);
}

const bindingOf = (reservationId: string, position: number) => ({ table: 'reservation_vehicle', rowId: `${reservationId}/${position}`, column: 'sealed_plate' });

/** Vehicles as they are stored: the number sealed, found by its hash, shown by its mask (P10). */
export function sealPlates(sealer: Sealer, { city, id }: { readonly city: string; readonly id: string }, vehicles: readonly Plate[]): readonly VehicleRow[] {
  return vehicles.map(({ number, colour, kind }, position) => ({
    city,
    reservationId: id,
    position,
    plateHash: plateHash(sealer, number),
    colour: colour!,
    kind,
    sealedPlate: sealer.seal(number, bindingOf(id, position)),
    maskedPlate: plates.maskPlate(number),
  }));
}

/** The number in clear, for whoever must tell the gate or the driver; never for an answer of the API. */
export function openPlate(sealer: Sealer, { reservationId, position, sealedPlate }: Pick<VehicleRow, 'reservationId' | 'position' | 'sealedPlate'>): string {
  return sealer.open(sealedPlate, bindingOf(reservationId, position));
}

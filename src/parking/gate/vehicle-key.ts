import type { Sealer } from '../../platform/index.js';
import type { GateVehicle } from '../rules/gate-vehicle.js';
import { plateHash } from '../seal-plates.js';

/** The domain of the blind index over tickets: no ticket is ever taken for a plate. */
const TICKET_DOMAIN = 'gate.ticket';

/** By what a vehicle is found: the keyed hash of its number, or of its ticket. */
export function vehicleHash(sealer: Sealer, { kind, number }: Pick<GateVehicle, 'kind' | 'number'>): string {
  return kind === 'TICKET' ? sealer.lookupHash(number, TICKET_DOMAIN) : plateHash(sealer, number);
}

/** What two sightings of one vehicle share: the hash and the colour (I2). */
export function vehicleKey(hash: string, { colour }: Pick<GateVehicle, 'colour'>): string {
  return `${hash}/${colour ?? '-'}`;
}

/** Sealed things of the gate, each bound to its row. */
export const eventPlateBinding = (id: string) => ({ table: 'gate_event', rowId: id, column: 'sealed_plate' });
export const suggestionBinding = (id: string) => ({ table: 'gate_decision', rowId: id, column: 'sealed_suggestions' });

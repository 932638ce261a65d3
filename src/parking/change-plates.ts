import { done, isRefusal, refuse, type Outcome } from '../kernel/index.js';
import { quotesForUse } from '../billing/index.js';
import { transaction, type RequestScope } from '../platform/index.js';
import { reservationToChange, type ReservationAsk } from './change-reservation.js';
import { lockUnchanged } from './end-reservation.js';
import { knownVehicles } from './known-vehicles.js';
import { newPlaceProblems } from './place-vehicles.js';
import { checkVehicles, platesProblem, type GivenPlate } from './rules/vehicles.js';
import { sealPlates } from './seal-plates.js';
import { changedBy, storeChanged } from './store-reservations.js';
import { deleteVehicles, insertVehicles, vehiclesOf } from './vehicle.sql.js';

/** Names other vehicles for a reservation, before they arrive: the gate knows them at once. */
export function changePlates(scope: RequestScope, input: ReservationAsk & { readonly plates: readonly GivenPlate[] }): Promise<Outcome<{ readonly reservationId: string }>> {
  return transaction(scope, async unit => {
    const vehicles = checkVehicles(input.plates);
    if (isRefusal(vehicles)) return vehicles;
    const found = await reservationToChange(unit, input);
    if (isRefusal(found)) return found;
    const row = found.value;
    const unfit = platesProblem(vehicles.value.length, row.spaces);
    if (unfit) return refuse(unfit);
    const changed = changedBy(row, 'replate', unit.now);
    if (isRefusal(changed)) return changed;
    const { facilityId, startsAt, endsAt } = row;
    const [quote] = await quotesForUse(unit, [row.quoteId]);
    const elsewhere = await newPlaceProblems(unit, row, { facilityId, during: { startsAt, endsAt }, vehicles: knownVehicles(scope.services.sealer, vehicles.value), audiences: row.audiences, price: quote?.price ?? null, field: 'plates' });
    if (elsewhere.length > 0) return refuse(elsewhere);
    const locked = await lockUnchanged(unit, row);
    if (isRefusal(locked)) return locked;

    // Whoever names a plate later comes after whoever named it first: a booking made in time earns no place by another's plate.
    const before = new Map((await vehiclesOf(unit, [row.id])).map(vehicle => [vehicle.plateHash, vehicle.namedAt]));
    await deleteVehicles(unit, row.id);
    const sealed = sealPlates(scope.services.sealer, row, vehicles.value).map(vehicle => ({ ...vehicle, namedAt: before.has(vehicle.plateHash) ? before.get(vehicle.plateHash) : unit.now }));
    insertVehicles(unit, sealed);
    await storeChanged(unit, 'replate', [changed.value], { plates: sealed.map(vehicle => vehicle.maskedPlate) });
    return done({ reservationId: row.id });
  }, { operation: 'changePlates', key: input.idempotencyKey, input });
}

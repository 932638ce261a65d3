import { expect } from '@jest/globals';
import type fc from 'fast-check';
import { isRefusal } from '../../src/kernel/index.js';
import { endNoShows, voidEndedHolds } from '../../src/parking/jobs.js';
import type { Viewer } from '../../src/platform/index.js';
import { ERRORS, FIELDS, at, newPlate, type BookingCity } from './booking-city.js';

function agree(actual: unknown, expected: unknown): void {
  expect(actual).toEqual(expected);
}

function contains(actual: object, expected: object): void {
  expect(actual).toMatchObject(expected);
}

/** Spaces of the car park that the model knows. */
export const QUOTA = 3;
/** Bookings that a driver may have open. */
const MOST_OPEN = 10;
/** The vehicles that are booked for: so few that they are in each other's way. */
export const VEHICLES = [newPlate(), newPlate(), newPlate(), newPlate()];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What the model knows of one reservation. */
export interface Known {
  readonly id: string;
  state: string;
  startsAt: number;
  endsAt: number;
  spaces: number;
  readonly vehicle: number;
  amountFen: number;
  heldUntil: number | null;
  noShowAt: number;
  /** By charge: what is owed of it, what was paid, what was given back. */
  readonly charges: Array<{ readonly id: string; owed: number; paid: number; back: number }>;
}

export class Model {
  now = at('09:00');
  readonly known: Known[] = [];

  /** Spaces promised at an instant: holds count until their time, though nobody ended them. */
  takenAt(instant: number, apart?: Known): number {
    const bucket = Math.floor(instant / (5 * MINUTE)) * 5 * MINUTE;
    return this.known.filter(each => each !== apart && this.stands(each) && Math.floor(each.startsAt / (5 * MINUTE)) * 5 * MINUTE <= bucket && bucket < Math.ceil(each.endsAt / (5 * MINUTE)) * 5 * MINUTE).reduce((sum, each) => sum + each.spaces, 0);
  }

  stands(each: Known): boolean {
    return each.state === 'CONFIRMED' || (each.state === 'HELD' && each.heldUntil! > this.now);
  }

  fits({ startsAt, endsAt, spaces }: { startsAt: number; endsAt: number; spaces: number }, apart?: Known): boolean {
    for (let instant = startsAt; instant < endsAt; instant += 5 * MINUTE) if (this.takenAt(instant, apart) + spaces > QUOTA) return false;
    return true;
  }

  /** Whether a vehicle has another stay that stands then. */
  isBooked(vehicle: number, { startsAt, endsAt }: { startsAt: number; endsAt: number }, apart?: Known): boolean {
    return this.known.some(each => each !== apart && each.vehicle === vehicle && this.stands(each) && each.startsAt < endsAt && startsAt < each.endsAt);
  }

  /** Leaves so much of the charges standing, the first first. */
  bringDownTo(each: Known, fen: number): void {
    let keep = fen;
    for (const charge of each.charges) {
      const standing = charge.paid > 0 ? charge.paid - charge.back : charge.owed;
      const kept = Math.min(keep, standing);
      keep -= kept;
      if (charge.paid > 0) charge.back += standing - kept;
      else charge.owed = kept;
    }
  }
}

export interface Real {
  readonly city: BookingCity;
  readonly driver: Viewer;
  readonly facilityId: string;
  readonly fenPerHour: number;
}

type Command = fc.AsyncCommand<Model, Real>;

const iso = (instant: number): string => new Date(instant).toISOString();
const pick = (model: Model, nth: number): Known | undefined => model.known[nth % Math.max(1, model.known.length)];

export class Book implements Command {
  constructor(private readonly stay: { hour: number; hours: number; spaces: number; vehicle: number }) {}
  check = (): boolean => true;
  toString = (): string => `book ${JSON.stringify(this.stay)}`;

  async run(model: Model, { city, driver, facilityId, fenPerHour }: Real): Promise<void> {
    const startsAt = Math.ceil(model.now / HOUR) * HOUR + this.stay.hour * HOUR;
    const stay = { startsAt, endsAt: startsAt + this.stay.hours * HOUR, spaces: this.stay.spaces };
    const quoted = await city.quote(driver, { facilityId, spaces: stay.spaces, during: { startsAt: iso(stay.startsAt), endsAt: iso(stay.endsAt) } });
    agree(quoted.quote !== null, model.fits(stay));
    if (!quoted.quote) return;
    const { reservation, userErrors } = await city.reserve(driver, quoted.quote.id, { plates: [VEHICLES[this.stay.vehicle]!] });
    const refused = [...(model.isBooked(this.stay.vehicle, stay) ? ['VEHICLE_BOOKED'] : []), ...(model.known.filter(each => model.stands(each)).length >= MOST_OPEN ? ['TOO_MANY_OPEN_BOOKINGS'] : [])];
    if (refused.length > 0) return contains(userErrors, refused.map(code => ({ code })));
    const amountFen = this.stay.hours * fenPerHour * stay.spaces;
    contains(reservation, { amountFen, state: amountFen === 0 ? 'CONFIRMED' : 'HELD' });
    model.known.push({
      id: reservation.id, ...stay, vehicle: this.stay.vehicle, amountFen, state: reservation.state, heldUntil: amountFen === 0 ? null : model.now + 15 * MINUTE, noShowAt: Math.min(stay.startsAt + HOUR, stay.endsAt),
      charges: reservation.chargeIds.map((id: string) => ({ id, owed: amountFen, paid: 0, back: 0 })),
    });
  }
}

export class Cancel implements Command {
  constructor(private readonly nth: number) {}
  check = (model: Model): boolean => model.known.length > 0;
  toString = (): string => `cancel ${this.nth}`;

  async run(model: Model, { city, driver }: Real): Promise<void> {
    const each = pick(model, this.nth)!;
    const { reservation, userErrors } = await city.cancel(driver, each.id);
    if (each.state !== 'HELD' && each.state !== 'CONFIRMED') return contains(userErrors, [{ code: 'ILLEGAL_TRANSITION' }]);
    const isLate = model.now > each.startsAt - 30 * MINUTE;
    const feeFen = each.state === 'HELD' || !isLate ? 0 : Math.round(each.amountFen * 0.2);
    contains(reservation, { state: 'CANCELLED', feeFen: feeFen === 0 ? null : feeFen });
    each.state = 'CANCELLED';
    model.bringDownTo(each, feeFen);
  }
}

export class Change implements Command {
  constructor(private readonly nth: number, private readonly by: { earlier: number; later: number }) {}
  check = (model: Model): boolean => model.known.length > 0;
  toString = (): string => `change ${this.nth} ${JSON.stringify(this.by)}`;

  async run(model: Model, { city, driver, facilityId, fenPerHour }: Real): Promise<void> {
    const each = pick(model, this.nth)!;
    // A stay only grows here, so that no fee is due: what is given up late is tested by itself.
    const stay = { startsAt: Math.max(each.startsAt - this.by.earlier * HOUR, Math.ceil(model.now / HOUR) * HOUR), endsAt: each.endsAt + this.by.later * HOUR, spaces: each.spaces };
    const quoted = await city.quote(driver, { facilityId, spaces: stay.spaces, during: { startsAt: iso(stay.startsAt), endsAt: iso(stay.endsAt) }, changesReservationId: each.id });
    if (each.state !== 'CONFIRMED') return contains(quoted.userErrors, [{ code: 'ILLEGAL_TRANSITION' }]);
    if (stay.startsAt > each.startsAt || stay.endsAt <= stay.startsAt) return;
    agree(quoted.quote !== null, model.fits(stay, each));
    if (!quoted.quote) return;
    const query = `mutation m($input: ChangeReservationInput!) { changeReservation(input: $input) { reservation { ${FIELDS} } ${ERRORS} } }`;
    const { reservation, userErrors } = (await city.ask(driver, query, { input: { reservationId: each.id, quoteId: quoted.quote.id, idempotencyKey: quoted.quote.id } })).changeReservation;
    if (model.isBooked(each.vehicle, stay, each)) return contains(userErrors, [{ code: 'VEHICLE_BOOKED' }]);
    const amountFen = ((stay.endsAt - stay.startsAt) / HOUR) * fenPerHour * stay.spaces;
    // Here a stay is paid first: more of it is booked by itself.
    if (amountFen > each.amountFen) return contains(userErrors, [{ code: 'PAYMENT_COMES_FIRST' }]);
    contains(reservation, { state: 'CONFIRMED', amountFen, feeFen: null });
    Object.assign(each, stay, { amountFen, noShowAt: Math.min(Math.max(stay.startsAt, model.now) + HOUR, stay.endsAt) });
  }
}

export class Pay implements Command {
  constructor(private readonly nth: number) {}
  check = (model: Model): boolean => model.known.some(each => each.charges.some(charge => charge.paid === 0 && charge.owed > 0));
  toString = (): string => `pay ${this.nth}`;

  async run(model: Model, { city }: Real): Promise<void> {
    const open = model.known.flatMap(each => each.charges.filter(charge => charge.paid === 0 && charge.owed > 0).map(charge => ({ each, charge })));
    const { each, charge } = open[this.nth % open.length]!;
    agree(isRefusal(await city.pay(charge.id, charge.owed)), false);
    charge.paid = charge.owed;
    if (each.state === 'HELD' && model.stands(each)) Object.assign(each, { state: 'CONFIRMED', heldUntil: null });
    else if (each.state === 'HELD' || each.state === 'EXPIRED') {
      charge.back = charge.paid;
      Object.assign(each, { state: 'EXPIRED', heldUntil: null });
    }
  }
}

export class Pass implements Command {
  constructor(private readonly minutes: number) {}
  check = (): boolean => true;
  toString = (): string => `pass ${this.minutes}`;

  async run(model: Model, { city }: Real): Promise<void> {
    model.now += this.minutes * MINUTE;
    city.services.clock.set(model.now);
    const missed = model.known.filter(each => each.state === 'CONFIRMED' && each.noShowAt <= model.now);
    agree(await endNoShows(city.services), missed.length);
    for (const each of missed) {
      each.state = 'NO_SHOW';
      model.bringDownTo(each, each.amountFen);
    }
    await voidEndedHolds(city.services);
    for (const each of model.known) if (each.state === 'EXPIRED') model.bringDownTo(each, 0);
  }
}

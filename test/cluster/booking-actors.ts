import { findLocalProvider } from '../../src/billing/index.js';
import type { seeded } from '../support/random.js';
import { askUntilAnswered, CALLS, stay, type BookedCity, type CallName, type Caller, type Interval, type Lot } from './booked-city.js';
import type { ServerProcess } from './machines.js';

/** What many actors do at once, and what came of it. */
export interface Mix {
  readonly city: BookedCity;
  readonly lots: readonly Lot[];
  readonly isOn: () => boolean;
  /** Answers that no caller should get. */
  readonly faults: string[];
  /** Answers by what was asked and how it ended. */
  readonly calls: Map<string, number>;
  answers: number;
}

type Random = ReturnType<typeof seeded>;

let keys = 0;

/** Someone who calls at random servers; a call that breaks off with its server, or that is told to come again, is sent again with its key, as a client does. */
abstract class Actor {
  constructor(
    protected readonly mix: Mix,
    protected readonly caller: Caller,
    protected readonly random: Random,
  ) {}

  /** One thing after the other, until the mix is over. */
  async live(): Promise<void> {
    while (this.mix.isOn()) await this.act();
  }

  protected abstract act(): Promise<void>;

  protected server(): ServerProcess {
    return this.random.pick(this.mix.city.servers);
  }

  /** What came of a call; null where it was refused, and what the refusal said is counted. */
  protected async call(name: CallName, input: object, caller = this.caller): Promise<any> {
    const variables = { input: { ...input, idempotencyKey: `${name} ${++keys}` } };
    const answered = await askUntilAnswered(() => this.server(), caller, CALLS[name], variables);
    const payload = answered.data?.[name];
    const [refused] = payload?.userErrors ?? [];
    this.#count(`${name} ${answered.errors ? answered.errors[0]!.extensions.code : (refused?.code ?? 'DONE')}`);
    if (answered.errors) this.mix.faults.push(`${name} ${JSON.stringify(input)}: ${answered.text}`);
    return refused || answered.errors ? null : payload;
  }

  #count(what: string): void {
    this.mix.answers += 1;
    this.mix.calls.set(what, (this.mix.calls.get(what) ?? 0) + 1);
  }
}

interface Booked {
  readonly id: string;
  readonly facilityId: string;
  readonly plates: readonly string[];
  state: string;
  chargeIds: readonly string[];
  isIn: boolean;
}

/** A driver, with the gate that sees its vehicles. */
export class Booker extends Actor {
  readonly #booked: Booked[] = [];
  #vehicles = 0;

  protected act(): Promise<void> {
    const { random } = this;
    const own = this.#booked.length === 0 ? null : random.pick(this.#booked);
    if (!own || random.chance(0.3)) return this.#book();
    if (own.state === 'HELD') return random.chance(0.6) ? this.#pay(own) : this.#cancel(own);
    if (own.isIn) return this.#pass(own, 'recordExit');
    return random.pick([() => this.#change(own), () => this.#cancel(own), () => this.#pass(own, 'recordEntry'), () => this.#pass(own, 'recordEntry'), () => this.#walkIn()])();
  }

  /** Mostly soon and short, so that stays meet at the same spaces, and some begin now. */
  #during(): Interval {
    return stay(this.random.chance(0.5) ? 0 : this.random.int(0, 24) * 5, this.random.int(3, 12) * 5);
  }

  #plate(): string {
    return `闽C${this.caller.partyId.slice(-1).toUpperCase().replace(/[IO]/, 'Q')}${String(++this.#vehicles).padStart(4, '0')}`;
  }

  async #book(): Promise<void> {
    const { random } = this;
    const lot = random.pick(this.mix.lots);
    const spaces = random.chance(0.2) ? 2 : 1;
    const quoted = await this.call('quoteStay', { facilityId: lot.id, during: this.#during(), spaces });
    if (!quoted) return;
    const plates = Array.from({ length: spaces }, () => this.#plate());
    const reserved = await this.call('reserveSpace', { quoteId: quoted.quote.id, plates: plates.map(number => ({ number })) });
    if (reserved) this.#booked.push({ id: reserved.reservation.id, facilityId: lot.id, plates, state: reserved.reservation.state, chargeIds: reserved.reservation.chargeIds, isIn: false });
  }

  async #change(own: Booked): Promise<void> {
    const quoted = await this.call('quoteStay', { facilityId: own.facilityId, during: this.#during(), spaces: own.plates.length, changesReservationId: own.id });
    if (quoted) await this.call('changeReservation', { reservationId: own.id, quoteId: quoted.quote.id });
    else this.#forget(own);
  }

  async #cancel(own: Booked): Promise<void> {
    await this.call('cancelReservation', { reservationId: own.id });
    this.#forget(own);
  }

  /** The wallet pays, and the provider tells of it late, again, in another order, or badly signed. */
  async #pay(own: Booked): Promise<void> {
    const { random, mix } = this;
    const paying = await this.call('payCharge', { chargeId: own.chargeIds[0]!, way: 'NATIVE' });
    own.state = 'PAYING';
    if (!paying) return;
    const provider = findLocalProvider(mix.city.services)!;
    Object.assign(provider.faults, { copies: random.int(1, 3), delayMs: random.pick([0, 0, 500, 2_500]), isForging: random.chance(0.1), isReversed: random.chance(0.5) });
    await provider.pay(paying.payment.id, `${this.server().address}/payments/local/notifications`);
    await provider.deliver();
  }

  async #pass(own: Booked, name: 'recordEntry' | 'recordExit'): Promise<void> {
    for (const plate of own.plates) await this.#passage(own.facilityId, plate, name);
    own.isIn = name === 'recordEntry';
    if (!own.isIn) this.#forget(own);
  }

  /** Somebody without a booking asks at the gate, comes in, and mostly leaves. */
  async #walkIn(): Promise<void> {
    const { id: facilityId } = this.random.pick(this.mix.lots);
    const plate = this.#plate();
    const decided = await this.call('decideEntry', { facilityId, vehicle: { plate } }, this.mix.city.owner);
    if (!decided?.decision.isAdmitted) return;
    await this.#passage(facilityId, plate, 'recordEntry');
    if (this.random.chance(0.7)) await this.#passage(facilityId, plate, 'recordExit');
  }

  async #passage(facilityId: string, plate: string, name: 'recordEntry' | 'recordExit'): Promise<void> {
    await this.call(name, { facilityId, gate: 'G1', eventId: `event ${++keys}`, vehicle: { plate } }, this.mix.city.owner);
  }

  #forget(own: Booked): void {
    this.#booked.splice(this.#booked.indexOf(own), 1);
  }
}

/** Whoever lends: takes back for a while, gives again, and cuts what it lends, with bookings in the way or without. */
export class Lender extends Actor {
  readonly #suspended: string[] = [];

  constructor(mix: Mix, random: Random) {
    super(mix, mix.city.owner, random);
  }

  protected async act(): Promise<void> {
    const { random } = this;
    const lot = random.pick(this.mix.lots);
    if (this.#suspended.length > 0 && random.chance(0.6)) return void (await this.call('liftSuspension', { suspensionId: this.#suspended.shift()!, reason: '解除' }));
    if (random.chance(0.3)) return this.#suspend(lot);
    // What stays lent is more, or less, than what is booked; less is refused, or breaks bookings, as it is asked.
    await this.call('reviseWindow', { windowId: lot.windowId, terms: termsOf(lot, random.int(2, 7)), bookings: random.chance(0.4) ? 'REVOKE' : 'REFUSE', reason: '调整' });
    await new Promise(resolve => setImmediate(resolve));
  }

  async #suspend(lot: Lot): Promise<void> {
    const { startsAt, endsAt } = stay(this.random.pick([0, 30, 60]) + 1, 30);
    const told = await this.call('suspendSharing', { scope: { facilityId: lot.id }, ...(this.random.chance(0.5) ? {} : { startsAt, endsAt }), reason: '抢险' });
    if (told) this.#suspended.push(told.suspension.id);
  }
}

/** The terms of a lot, with another quota. */
function termsOf({ tariffId }: Lot, quota: number): object {
  return {
    tariffId, name: '全天', mode: 'TEMPORARY', quota: [{ spaceClass: 'STANDARD', spaces: quota }], audience: { kind: 'PUBLIC' }, validFromOn: '2026-01-01',
    rules: [{ days: { weekdays: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] }, from: { time: '00:00' }, until: { durationMinutes: 1_440 } }],
  };
}

import { done, isRefusal, plates, problem, refuse, textProblem, type Outcome, type PlateColour } from '../../kernel/index.js';

/** What a gate saw of a vehicle: a plate, or the ticket that it gave to one without. */
export interface SeenVehicle {
  readonly plate?: string | null;
  readonly colour?: PlateColour | null;
  readonly ticket?: string | null;
}

/** A vehicle as it is told apart at the gate. */
export interface GateVehicle {
  readonly kind: 'PLATE' | 'FOREIGN' | 'TICKET';
  /** The normalised number, or the ticket. */
  readonly number: string;
  readonly colour: PlateColour | null;
  /** Nobody saw the colour: the kind's usual one stands for it, and a reservation of another colour fits as well. */
  readonly colourAssumed: boolean;
  readonly masked: string;
}

const LONGEST = 32;

/** Reads what the gate saw. A plate of no Chinese form is a foreign or unregistered vehicle's: it parks like any other without a reservation (I2). */
export function gateVehicle({ plate, colour, ticket }: SeenVehicle, field = 'vehicle'): Outcome<GateVehicle> {
  const isTicketed = ticket != null && ticket.trim() !== '';
  if (isTicketed === (plate != null && plate.trim() !== '')) return refuse(problem('PLATE_OR_TICKET', { zh: '号牌与临时凭证须给出且仅给出一项', en: 'give the plate, or the ticket of a vehicle without one', field }));
  const text = (isTicketed ? ticket : plate!).trim();
  const wrong = textProblem(text, { zh: isTicketed ? '临时凭证' : '号牌', en: isTicketed ? 'a ticket' : 'a plate', field, minimum: 1, maximum: LONGEST, code: 'PLATE_TOO_LONG' });
  if (wrong) return refuse(wrong);
  if (isTicketed) return done({ kind: 'TICKET', number: text, colour: null, colourAssumed: false, masked: plates.maskPlate(text) });
  const read = plates.parsePlate(text, { field: `${field}.plate` });
  if (isRefusal(read)) return read.problems[0].code === 'PLATE_INVALID' ? done(foreign(text)) : read;
  if (read.value.colour === null) return refuse(problem('TICKET_NEEDED', { zh: '无牌车辆须发给临时凭证', en: 'a vehicle without a plate is given a ticket', field: `${field}.ticket` }));
  const seen = colour == null ? read : plates.parsePlate(text, { colour });
  // A camera that reads an impossible colour has misread it: the number's usual colour stands.
  const { number, colour: known, colourAssumed } = isRefusal(seen) ? read.value : seen.value;
  return done({ kind: 'PLATE', number, colour: known, colourAssumed, masked: plates.maskPlate(number) });
}

function foreign(text: string): GateVehicle {
  const number = plates.normalisePlate(text);
  return { kind: 'FOREIGN', number, colour: null, colourAssumed: false, masked: plates.maskPlate(number) };
}

/** Whether a vehicle that is named with a colour is the one that the gate saw (I2). */
export function fitsColour({ colour, colourAssumed }: Pick<GateVehicle, 'colour' | 'colourAssumed'>, named: PlateColour | null): boolean {
  return colourAssumed || named === null || colour === named;
}

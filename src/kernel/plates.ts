import { done, problem, refuse, type Outcome } from './outcome.js';

/** Kinds of motor-vehicle plate (GA 36-2018, I1). */
export const PLATE_KINDS = [
  'ORDINARY', 'NEW_ENERGY_SMALL', 'NEW_ENERGY_LARGE', 'TRAILER', 'COACH', 'TEST', 'OVERSIZE', 'POLICE', 'HONG_KONG', 'MACAO',
  'EMBASSY', 'CONSULATE', 'ARMED_POLICE', 'MILITARY', 'CIVIL_AVIATION', 'EMERGENCY', 'UNPLATED',
] as const;
export type PlateKind = (typeof PLATE_KINDS)[number];

export const PLATE_COLOURS = ['BLUE', 'YELLOW', 'GREEN', 'YELLOW_GREEN', 'WHITE', 'BLACK'] as const;
export type PlateColour = (typeof PLATE_COLOURS)[number];

/** A plate is its number *and* its colour: a yellow and a blue 闽C12345 are two vehicles (I2). */
export interface Plate {
  readonly number: string;
  readonly kind: PlateKind;
  /** Null for a vehicle without a plate. */
  readonly colour: PlateColour | null;
  /** True where the caller gave no colour and the kind's usual one was taken. */
  readonly colourAssumed: boolean;
}

const PROVINCES = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼';
const P = `[${PROVINCES}]`;
const L = '[A-HJ-NP-Z]';
const C = '[A-HJ-NP-Z0-9]';

// The first pattern that fits decides; the usual colour comes first in each list, the others are lawful too.
const FORMS: readonly { kind: PlateKind; pattern: RegExp; colours: readonly PlateColour[] }[] = [
  { kind: 'NEW_ENERGY_SMALL', pattern: new RegExp(`^${P}${L}[DABCEFGHJK]${C}\\d{4}$`), colours: ['GREEN'] },
  { kind: 'NEW_ENERGY_LARGE', pattern: new RegExp(`^${P}${L}\\d{5}[DF]$`), colours: ['YELLOW_GREEN'] },
  { kind: 'TRAILER', pattern: new RegExp(`^${P}${L}${C}{4}挂$`), colours: ['YELLOW'] },
  { kind: 'COACH', pattern: new RegExp(`^${P}${L}${C}{4}学$`), colours: ['YELLOW', 'BLUE'] },
  { kind: 'TEST', pattern: new RegExp(`^${P}${L}${C}{4}试$`), colours: ['YELLOW', 'BLUE'] },
  { kind: 'OVERSIZE', pattern: new RegExp(`^${P}${L}${C}{4}超$`), colours: ['YELLOW', 'BLUE'] },
  { kind: 'POLICE', pattern: new RegExp(`^${P}${L}${C}{4}警$`), colours: ['WHITE'] },
  { kind: 'HONG_KONG', pattern: new RegExp(`^粤Z${C}{4}港$`), colours: ['BLACK'] },
  { kind: 'MACAO', pattern: new RegExp(`^粤Z${C}{4}澳$`), colours: ['BLACK'] },
  { kind: 'EMBASSY', pattern: new RegExp(`^(使\\d{6}|\\d{6}使|京A${C}{4}使)$`), colours: ['BLACK', 'GREEN'] },
  { kind: 'CONSULATE', pattern: new RegExp(`^${P}(${L}${C}{4}|\\d{5})领$`), colours: ['BLACK', 'GREEN'] },
  { kind: 'ARMED_POLICE', pattern: new RegExp(`^WJ${P}?\\d{4}${C}$`), colours: ['WHITE'] },
  { kind: 'MILITARY', pattern: new RegExp(`^[VZKHEBSLJNGCFQ]${L}\\d{5}$`), colours: ['WHITE'] },
  { kind: 'CIVIL_AVIATION', pattern: new RegExp(`^民航${C}{5}$`), colours: ['GREEN', 'BLUE'] },
  { kind: 'EMERGENCY', pattern: new RegExp(`^${P}${L}?[SX]?\\d{4}应急$`), colours: ['WHITE'] },
  { kind: 'ORDINARY', pattern: new RegExp(`^${P}${L}${C}{5}$`), colours: ['BLUE', 'YELLOW', 'BLACK', 'WHITE'] },
];

// A cycle or electric bicycle carries its city's name and a number, or says what it is (电动, 非机动). Sharing is for motor vehicles (0-3).
const NON_MOTOR = new RegExp(`^(?!民航)[\\u4e00-\\u9fff]{2,4}[A-Z]?\\d{4,7}$|电动|非机|自行车`);

// What a camera reads for a character of a plate. Only suggested: a correction is an event of its own (I2).
const CONFUSED: Readonly<Record<string, string>> = { '0': 'DQO', D: '0O', Q: '0', '1': 'LI', L: '1', '8': 'B', B: '8', '5': 'S', S: '5', '2': 'Z', Z: '2' };

/** Full width to half, upper case, no spaces, dots or dashes: what two spellings of one number share (I2). */
export function normalisePlate(text: string): string {
  return text.normalize('NFKC').toUpperCase().replace(/[\s·•.・‧∙\-_]/gu, '');
}

/** Reads a motor-vehicle plate of any kind; '无牌' is a vehicle without one. */
export function parsePlate(text: string, { colour, field }: { colour?: PlateColour; field?: string } = {}): Outcome<Plate> {
  const number = normalisePlate(text);
  if (number === '无牌' || number === '无牌车') return done({ number: '无牌', kind: 'UNPLATED', colour: null, colourAssumed: false });
  const form = FORMS.find(each => each.pattern.test(number));
  if (form === undefined) return refuse(NON_MOTOR.test(number) ? notMotorVehicle(shown(text), field) : problem('PLATE_INVALID', { zh: `号牌“${shown(text)}”不符合任何机动车号牌格式（GA 36-2018）`, en: `'${shown(text)}' is no motor-vehicle plate (GA 36-2018)`, field }));
  if (colour !== undefined && !form.colours.includes(colour)) {
    return refuse(problem('PLATE_COLOUR_MISMATCH', { zh: `号牌“${maskPlate(number)}”（${form.kind}）不会是颜色 ${colour}，应为 ${form.colours.join('、')}`, en: `plate ${maskPlate(number)} (${form.kind}) is never ${colour}, but ${form.colours.join(' or ')}`, field, data: { allowed: form.colours } }));
  }
  return done({ number, kind: form.kind, colour: colour ?? form.colours[0]!, colourAssumed: colour === undefined });
}

/** What was no plate, as far as a message goes: nobody's, so it may be shown, and cut. */
function shown(text: string): string {
  return text.slice(0, 40);
}

/** The refusal of whatever is no motor vehicle: the policy shares spaces for motor vehicles only (0-3). */
export function notMotorVehicle(what: string, field?: string) {
  return problem('NOT_MOTOR_VEHICLE', { zh: `“${what}”不是机动车，错时共享仅面向机动车`, en: `'${what}' is no motor vehicle; spaces are shared with motor vehicles only`, clause: '0-3', field });
}

/** What two sightings of one vehicle share (I2); null without a plate, for such vehicles cannot be told apart by it. */
export function plateIdentity(plate: Plate): string | null {
  return plate.colour === null ? null : `${plate.number}/${plate.colour}`;
}

/**
 * How near a reading is to a number, as cameras misread: 0 where one character looks like the other (0 and D, 8 and B), 1 where
 * any one is another, was dropped, or is one too many; null where they are the same, or further apart. For a person to
 * choose from; never applied by itself (I2).
 */
export function misreading(read: string, number: string): 0 | 1 | null {
  const [seen, meant] = [[...read], [...number]];
  const at = firstApart(seen, meant);
  if (at === null || !isOneApart(seen, meant, at)) return null;
  return seen.length === meant.length && (CONFUSED[meant[at]!] ?? '').includes(seen[at]!) ? 0 : 1;
}

// What plates are written with: provinces, letters, digits, and the characters of plates of their own kinds.
const CHARACTERS = [...PROVINCES, ...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789挂学试超警港澳使领民航应急'];

/** Every number that a reading is one character away from, as plates are written: one is another, was dropped, or is one too many. */
export function numbersNear(read: string): readonly string[] {
  const seen = [...read];
  const near = new Set<string>();
  for (let at = 0; at <= seen.length; at++) {
    const [before, after] = [seen.slice(0, at).join(''), seen.slice(at + 1).join('')];
    near.add(before + after);
    for (const character of CHARACTERS) {
      near.add(before + character + after);
      near.add(before + character + seen.slice(at).join(''));
    }
  }
  near.delete(read);
  return [...near];
}

/** Whether what is shown of a number (`maskPlate`) leaves it possible that a reading is that number, or one character away from it. */
export function mayBeMisread(read: string, masked: string): boolean {
  const [seen, shown] = [[...read], [...masked]];
  const at = firstApart(seen, shown);
  return at === null || isOneApart(seen, shown, at);
}

const fits = (seen: string | undefined, meant: string | undefined): boolean => seen === meant || (meant === '*' && seen !== undefined);

/** Where two numbers first differ; null: nowhere. A hidden character differs from none. */
function firstApart(seen: readonly string[], meant: readonly string[]): number | null {
  for (let at = 0; at < Math.max(seen.length, meant.length); at++) if (!fits(seen[at], meant[at])) return at;
  return null;
}

/** Whether nothing else differs: what follows is the same, or is so once one character of the longer is left out. */
function isOneApart(seen: readonly string[], meant: readonly string[], at: number): boolean {
  const more = seen.length - meant.length;
  if (Math.abs(more) > 1) return false;
  return firstApart(seen.slice(more >= 0 ? at + 1 : at), meant.slice(more <= 0 ? at + 1 : at)) === null;
}

// A plate's place is that of a whole city: it tells nobody's vehicle from another's.
const PLACED = new RegExp(`^${P}${L}.{5}$`, 'u');

/**
 * For display (P10): 闽C12345 → 闽C1***5. Of any other number, a foreign plate's or a ticket's, at most half is shown and
 * never more than four characters: AB12 → A**2, T123 → T**3, 粤Z1 → 粤**.
 */
export function maskPlate(number: string): string {
  const characters = [...number];
  const shown = PLACED.test(number) ? 4 : Math.min(4, Math.floor(characters.length / 2));
  const last = shown > 1 ? characters.length - 1 : -1;
  const first = shown > 1 ? shown - 1 : shown;
  return characters.map((character, index) => (index < first || index === last ? character : '*')).join('');
}

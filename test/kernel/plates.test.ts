import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { plates, type PlateKind } from '../../src/kernel/index.js';
import { valueOf } from './value-of.js';

const { parsePlate, plateIdentity, misreading, mayBeMisread, maskPlate, numbersNear, normalisePlate } = plates;

test.each<[string, PlateKind]>([
  ['闽C12345', 'ORDINARY'], ['京AF0236', 'ORDINARY'], ['闽CD12345', 'NEW_ENERGY_SMALL'], ['粤BA03205', 'NEW_ENERGY_SMALL'], ['甘G23459F', 'NEW_ENERGY_LARGE'], ['京A12345D', 'NEW_ENERGY_LARGE'],
  ['京A1234挂', 'TRAILER'], ['京A1234学', 'COACH'], ['京A1234试', 'TEST'], ['京A1234超', 'OVERSIZE'], ['京A1234警', 'POLICE'], ['粤Z1234港', 'HONG_KONG'], ['粤Z1234澳', 'MACAO'], ['使014578', 'EMBASSY'], ['闽20401领', 'CONSULATE'],
  ['京A1234领', 'CONSULATE'], ['WJ闽12345', 'ARMED_POLICE'], ['WJ1234A', 'ARMED_POLICE'], ['VA12345', 'MILITARY'], ['民航A1234', 'CIVIL_AVIATION'], ['闽X1234应急', 'EMERGENCY'], ['无牌车', 'UNPLATED'],
])('I1: %s is of kind %s', (text, kind) => {
  expect(valueOf(parsePlate(text)).kind).toBe(kind);
});

test.each(['闽CI2345', '闽CO2345', '宁AD1234555555', '浙苏H6F681', 'A12345', '美A12345', '京A1234567', '京A1234', '京A@1234', '', '粤B1234港'])('I1: %p is no plate, and the refusal repeats it', text => {
  expect(parsePlate(text, { field: 'plate' })).toMatchObject({ ok: false, problems: [{ code: 'PLATE_INVALID', field: 'plate', zh: expect.stringContaining(`“${text}”`) }] });
});

test('I2: width, case, spaces and dots do not make another vehicle', () => {
  expect(['闽C·12345', '闽c 12345', '闽Ｃ１２３４５', ' 闽C-12345 ', '闽C•12345'].map(normalisePlate)).toEqual(Array.from({ length: 5 }, () => '闽C12345'));
});

test('I2: the same number in yellow and in blue is two vehicles, and an assumed colour is marked', () => {
  const [blue, yellow] = [valueOf(parsePlate('闽C12345')), valueOf(parsePlate('闽C12345', { colour: 'YELLOW' }))];

  expect([plateIdentity(blue), plateIdentity(yellow)]).toEqual(['闽C12345/BLUE', '闽C12345/YELLOW']);
  expect([blue.colourAssumed, yellow.colourAssumed]).toEqual([true, false]);
  expect(plateIdentity(valueOf(parsePlate('无牌')))).toBeNull();
});

test('I2: a colour that the kind never has is refused with the colours it has', () => {
  expect(parsePlate('闽CD12345', { colour: 'BLUE' })).toMatchObject({ problems: [{ code: 'PLATE_COLOUR_MISMATCH', data: { allowed: ['GREEN'] } }] });
});

test('I2: one character that was another, was dropped or is one too many is a misreading, wherever it stands; look-alikes are the nearest', () => {
  expect(['闽CO2345', '闽CD2345', '闽C82345', '鄂C02345', '闽A02345', '闽C2345', '闽C0234', 'C02345', '闽C002345', '闽C0X2345'].map(read => misreading(read, '闽C02345'))).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
  expect(['闽C02345', '闽C0234', '闽C20345', '鄂A02345', '闽C0234567', ''].map(read => misreading(read, '闽C02345'))).toEqual([null, 1, null, null, null, null]);
  expect(parsePlate('闽CO2345').ok).toBe(false);
});

test('I2: whatever is misread of a number, what is shown of it never hides that; and most others it does tell apart', () => {
  const number = fc.string({ unit: fc.constantFrom(...'闽鄂CD0158B'), minLength: 2, maxLength: 8 });
  fc.assert(fc.property(number, number, (read, meant) => {
    const edits = distance([...read], [...meant]);

    expect([misreading(read, meant) !== null, numbersNear(read).includes(meant)]).toEqual([edits === 1, edits === 1]);
    if (edits <= 1) expect(mayBeMisread(read, maskPlate(meant))).toBe(true);
  }));
  expect(['闽D12345', '闽C13345', '闽C1345', '鄂C12345'].map(read => mayBeMisread(read, maskPlate('闽C12345')))).toEqual([true, true, true, true]);
  expect(['闽D12346', '鄂D12345', '闽C123456X', '闽D2345'].map(read => mayBeMisread(read, maskPlate('闽C12345')))).toEqual([false, false, false, false]);
});

/** How many characters are another, dropped or one too many. */
function distance(one: readonly string[], other: readonly string[]): number {
  if (one.length === 0 || other.length === 0) return Math.max(one.length, other.length);
  const [head, ...rest] = one;
  const [first, ...others] = other;
  if (head === first) return distance(rest, others);
  return 1 + Math.min(...[[rest, others], [rest, other], [one, others]].map(([a, b]) => (a!.length + b!.length > 20 ? 0 : distance(a!, b!))));
}

test('0-3: an electric bicycle is no motor vehicle', () => {
  expect(parsePlate('泉州123456')).toMatchObject({ problems: [{ code: 'NOT_MOTOR_VEHICLE', clause: '0-3' }] });
  expect(parsePlate('电动自行车')).toMatchObject({ problems: [{ code: 'NOT_MOTOR_VEHICLE' }] });
});

test('P10: a masked plate shows its place and its last character', () => {
  expect(maskPlate('闽C12345')).toBe('闽C1***5');
  expect(maskPlate('闽CD12345')).toBe('闽CD****5');
});

test.each([['', ''], ['A', '*'], ['A1', 'A*'], ['AB1', 'A**'], ['粤Z1', '粤**'], ['T123', 'T**3'], ['AB123', 'A***3'], ['AB1234', 'AB***4'], ['AB12345', 'AB****5'], ['VA12345', 'VA****5'], ['WJ闽12345', 'WJ闽****5'], ['AB1234567', 'AB1*****7']])('P10: a short or foreign number is never shown whole: %p is %p', (number, masked) => {
  expect(maskPlate(number)).toBe(masked);
});

test('P10: a mask keeps the length, and shows at most half of a number and four characters; of a Chinese plate, its place and two of five', () => {
  const number = fc.oneof(fc.string({ unit: 'binary', maxLength: 32 }), fc.stringMatching(/^[闽粤][A-HJ-NP-Z][A-HJ-NP-Z0-9]{0,6}$/)).map(text => text.replaceAll('*', '0'));
  fc.assert(fc.property(number, text => {
    const [told, masked] = [[...text], [...maskPlate(text)]];
    const shown = masked.filter(character => character !== '*').length;
    const isPlaced = told.length === 7 && /^[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z]/.test(text);

    expect(masked.length).toBe(told.length);
    expect(masked.every((character, index) => character === '*' || character === told[index])).toBe(true);
    expect(shown).toBeLessThanOrEqual(isPlaced ? 4 : Math.min(4, told.length / 2));
  }));
});

test('a refusal cuts what was no plate, and masks what is one', () => {
  const long = parsePlate('车'.repeat(500));
  const yellow = parsePlate('闽CD12345', { colour: 'YELLOW' });

  expect([long, yellow].map(each => (each.ok ? null : each.problems[0].en))).toEqual([`'${'车'.repeat(40)}' is no motor-vehicle plate (GA 36-2018)`, 'plate 闽CD****5 (NEW_ENERGY_SMALL) is never YELLOW, but GREEN']);
});

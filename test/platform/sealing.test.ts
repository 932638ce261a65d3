import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SealBroken, createSealer } from '../../src/platform/index.js';

const key = (id: string, byte: number) => ({ id, key: Buffer.alloc(32, byte).toString('base64') });
const LOOKUP = Buffer.alloc(32, 9).toString('base64');
const sealer = createSealer([key('a', 1)], LOOKUP);
const phoneOf = (rowId: string) => ({ table: 'party', rowId, column: 'sealed_phone' });

test('whatever is sealed opens again in its own row and column', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.string(), (plain, rowId) => {
    expect(sealer.open(sealer.seal(plain, phoneOf(rowId)), phoneOf(rowId))).toBe(plain);
  }));
});

test('G26: a sealed value moved to another row, column or table does not open', () => {
  const sealed = sealer.seal('13805951234', phoneOf('pty_1'));

  expect(() => sealer.open(sealed, phoneOf('pty_2'))).toThrow(SealBroken);
  expect(() => sealer.open(sealed, { ...phoneOf('pty_1'), column: 'sealed_name' })).toThrow(SealBroken);
  expect(() => sealer.open(sealed, { ...phoneOf('pty_1'), table: 'vehicle' })).toThrow(SealBroken);
});

test('the parts of a binding cannot be shifted into each other', () => {
  const sealed = sealer.seal('x', { table: 'party', rowId: 'a', column: 'b' });
  expect(() => sealer.open(sealed, { table: 'part', rowId: 'ya', column: 'b' })).toThrow(SealBroken);
});

test('any single changed character breaks the seal, and the error does not repeat the value', () => {
  const sealed = sealer.seal('闽C12345', phoneOf('pty_1'));
  fc.assert(fc.property(fc.nat(sealed.length - 1), fc.constantFrom(...'ABCDwxyz0189-_.'), (at, character) => {
    const changed = sealed.slice(0, at) + character + sealed.slice(at + 1);
    fc.pre(Buffer.compare(bytesOf(changed), bytesOf(sealed)) !== 0);
    expect(() => sealer.open(changed, phoneOf('pty_1'))).toThrow(SealBroken);
  }), { numRuns: 500 });
  expect(new SealBroken(phoneOf('pty_1')).message).toBe('a sealed value of party.sealed_phone does not open');
});

/** What a sealed text says: base64url has several spellings of one last byte, and those are no change. */
const bytesOf = (sealed: string): Buffer => Buffer.concat(sealed.split('.').flatMap((part, index) => [index < 2 ? Buffer.from(part) : Buffer.from(part, 'base64url'), Buffer.from('.')]));

test.each(['', '.', 'a256gcm', 'a256gcm.a..', 'a256gcm.a.AAAA.AAAA.AAAA', 'plain text', 'a256gcm.b.x.y.z'])('a text that is no seal (%j) is SealBroken, never another error', text => {
  expect(() => sealer.open(text, phoneOf('pty_1'))).toThrow(SealBroken);
});

test('two seals of one text differ, so that equal values cannot be told from the table', () => {
  expect(sealer.seal('x', phoneOf('pty_1'))).not.toBe(sealer.seal('x', phoneOf('pty_1')));
});

test('rotation: a new key seals, the old one still opens, and without the old one its values are lost', () => {
  const old = sealer.seal('13805951234', phoneOf('pty_1'));
  const rotated = createSealer([key('b', 2), key('a', 1)], LOOKUP);

  expect(rotated.currentKeyId).toBe('b');
  expect(rotated.open(old, phoneOf('pty_1'))).toBe('13805951234');
  expect(rotated.seal('y', phoneOf('pty_1')).split('.').slice(0, 2)).toEqual(['a256gcm', 'b']);
  expect(() => createSealer([key('b', 2)], LOOKUP).open(old, phoneOf('pty_1'))).toThrow(SealBroken);
  expect(() => createSealer([key('a', 3)], LOOKUP).open(old, phoneOf('pty_1'))).toThrow(SealBroken);
});

test('a look-up hash is the same for the same text and domain, and differs between domains and between keys', () => {
  const hash = sealer.lookupHash('13805951234', 'party.phone');

  expect(sealer.lookupHash('13805951234', 'party.phone')).toBe(hash);
  expect(sealer.lookupHash('13805951234', 'vehicle.plate')).not.toBe(hash);
  expect(createSealer([key('a', 1)], Buffer.alloc(32, 8).toString('base64')).lookupHash('13805951234', 'party.phone')).not.toBe(hash);
  expect(sealer.lookupHash('b', 'a')).not.toBe(sealer.lookupHash('\0b', 'a'));
  expect(createSealer([key('b', 2)], LOOKUP).lookupHash('13805951234', 'party.phone')).toBe(hash);
});

import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { drawBytes } from './random-bytes.js';

/** Where a sealed value belongs: its row and column are bound into it, so that it opens nowhere else (G26). */
export interface SealBinding {
  readonly table: string;
  readonly rowId: string;
  readonly column: string;
}

/** Seals personal fields at rest and answers equality without opening them. */
export interface Sealer {
  seal(plain: string, binding: SealBinding): string;
  open(sealed: string, binding: SealBinding): string;
  /** A keyed hash for look-up by equality; the same text in two domains gives two hashes. */
  lookupHash(plain: string, domain: string): string;
  /** The id of the key that seals now. */
  readonly currentKeyId: string;
}

const ALGORITHM = 'a256gcm';

/** A sealed value could not be opened: a foreign row, a lost key or a changed text. Never says which text. */
export class SealBroken extends Error {
  constructor(binding: SealBinding) {
    super(`a sealed value of ${binding.table}.${binding.column} does not open`);
    this.name = 'SealBroken';
  }
}

/** AES-256-GCM with the key's and the algorithm's id in every value: `a256gcm.keyId.nonce.tag.text`, each in base64url. */
export function createSealer(keys: ReadonlyArray<{ readonly id: string; readonly key: string }>, lookupKey: string): Sealer {
  const current = keys[0];
  if (!current) throw new Error('at least one sealing key is needed');
  const byId = new Map(keys.map(entry => [entry.id, Buffer.from(entry.key, 'base64')]));
  const lookup = Buffer.from(lookupKey, 'base64');

  return {
    currentKeyId: current.id,
    seal(plain, binding) {
      const nonce = Buffer.from(drawBytes(12));
      const cipher = createCipheriv('aes-256-gcm', byId.get(current.id)!, nonce).setAAD(boundTo(binding));
      const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return [ALGORITHM, current.id, ...[nonce, cipher.getAuthTag(), text].map(part => part.toString('base64url'))].join('.');
    },
    open(sealed, binding) {
      const [algorithm, keyId, ...parts] = sealed.split('.');
      const key = byId.get(keyId ?? '');
      const [nonce, tag, text] = parts.map(part => Buffer.from(part, 'base64url'));
      if (algorithm !== ALGORITHM || !key || !nonce || tag?.length !== 16 || !text) throw new SealBroken(binding);
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(binding)).setAuthTag(tag);
        return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
      } catch {
        throw new SealBroken(binding);
      }
    },
    lookupHash: (plain, domain) => createHmac('sha256', lookup).update(domain).update('\0').update(plain).digest('base64url'),
  };
}

function boundTo(binding: SealBinding): Buffer {
  return Buffer.from([binding.table, binding.rowId, binding.column].join('\0'));
}

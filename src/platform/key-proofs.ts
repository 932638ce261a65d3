import { insertKeyProofs, readKeyProofs, type KeyProofRow } from './key-proofs.sql.js';
import type { Services } from './scope.js';
import { SealBroken, type Sealer } from './sealing.js';

const KNOWN = 'chaowei';
const bindingOf = (keyId: string) => ({ table: 'key_proof', rowId: keyId, column: 'proof' });

/** Keys other than those that a database was written with: its plates and phones would not be found, or its personal fields not open. */
export class KeysUnfit extends Error {
  constructor(rows: readonly KeyProofRow[]) {
    super(rows.map(wordsOf).join('\n'));
    this.name = 'KeysUnfit';
  }
}

function wordsOf({ variable, keyId }: KeyProofRow): string {
  if (variable === 'LOOKUP_KEY') {
    return 'LOOKUP_KEY 不是此数据库所用的那一把，号牌与电话将查不到：请设回原来的密钥（未设置时取 DATA_FOLDER 中的 keys.json） / LOOKUP_KEY is not the one of this database, whose plates and phones would not be found: set the one it had (unset, it is that of keys.json in DATA_FOLDER)';
  }
  return `SEALING_KEYS 中没有此数据库所用的密钥“${keyId}”，以它加密的个人信息将无法读取：请补回原来的那一把，新密钥另取名称，置于其前 / SEALING_KEYS lacks the key '${keyId}' of this database, and what it sealed would not open: put back the one it had; a new key takes a name of its own, in front of it`;
}

/**
 * Refuses a start under other keys than those of the database, before anything is written or not found under them. A key is
 * proved from its first use on, and a key that has sealed is needed for as long as the city lasts.
 */
export async function proveKeys({ database, sealer }: Pick<Services, 'database' | 'sealer'>): Promise<void> {
  await database.transactional(async (_em, sql) => {
    const known = await readKeyProofs(sql);
    const unproved = known.filter(row => !isProved(sealer, row));
    if (unproved.length > 0) throw new KeysUnfit(unproved);
    const fresh = proofsOf(sealer).filter(({ variable, keyId }) => !known.some(row => row.variable === variable && row.keyId === keyId));
    if (fresh.length > 0) await insertKeyProofs(sql, fresh);
  });
}

function proofsOf(sealer: Sealer): readonly KeyProofRow[] {
  const keyId = sealer.currentKeyId;
  return [
    { variable: 'LOOKUP_KEY', keyId: '', proof: sealer.lookupHash(KNOWN, 'key_proof') },
    { variable: 'SEALING_KEYS', keyId, proof: sealer.seal(KNOWN, bindingOf(keyId)) },
  ];
}

function isProved(sealer: Sealer, { variable, keyId, proof }: KeyProofRow): boolean {
  if (variable === 'LOOKUP_KEY') return sealer.lookupHash(KNOWN, 'key_proof') === proof;
  try {
    return sealer.open(proof, bindingOf(keyId)) === KNOWN;
  } catch (error) {
    if (error instanceof SealBroken) return false;
    throw error;
  }
}

import { timingSafeEqual } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findNewestLine } from './audit-verify.sql.js';
import type { Services } from './scope.js';
import type { Sealer } from './sealing.js';
import { makeFolder } from './make-folder.js';

/** The end of a day's chain at an instant, signed. Kept outside the database, so that whoever owns the database cannot cut the log unseen (G28). */
export interface AuditHead {
  readonly day: string;
  readonly sequence: string;
  /** Hexadecimal. */
  readonly hash: string;
  /** Epoch ms. */
  readonly signedAt: number;
  readonly signature: string;
}

const FILE = 'audit-heads.jsonl';
const DOMAIN = 'audit-head';

/** A line of the file of heads does not carry our signature: the file itself was changed. */
export class AuditHeadForged extends Error {
  constructor(line: number) {
    super(`line ${line} of the file of audit heads does not carry our signature`);
    this.name = 'AuditHeadForged';
  }
}

/** Signs the newest line of the audit and appends it to the file of heads; a job calls it every minute. Null where the log is empty. */
export async function signAuditHead(services: Pick<Services, 'database' | 'sealer' | 'clock' | 'configuration'>): Promise<AuditHead | null> {
  const newest = await findNewestLine(services.database);
  if (newest === null) return null;
  const signedAt = services.clock.now();
  const head = { ...newest, signedAt, signature: signatureOf(services.sealer, { ...newest, signedAt }) };
  const folder = services.configuration.DATA_FOLDER!;
  makeFolder(folder);
  await appendFile(join(folder, FILE), `${JSON.stringify(head)}\n`, { mode: 0o600 });
  return head;
}

/** Every head ever signed, in order; throws AuditHeadForged where a line is not ours. Empty where none was signed. */
export async function readAuditHeads(services: Pick<Services, 'sealer' | 'configuration'>): Promise<readonly AuditHead[]> {
  const lines = (await readIfThere(join(services.configuration.DATA_FOLDER!, FILE))).split('\n').filter(line => line !== '');
  return lines.map((line, index) => {
    const head = parseHead(line);
    if (head === null || !isOurs(services.sealer, head)) throw new AuditHeadForged(index + 1);
    return head;
  });
}

async function readIfThere(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}

function parseHead(line: string): AuditHead | null {
  try {
    const head = JSON.parse(line) as Partial<AuditHead>;
    return typeof head.day === 'string' && typeof head.sequence === 'string' && typeof head.hash === 'string' && typeof head.signedAt === 'number' && typeof head.signature === 'string' ? (head as AuditHead) : null;
  } catch {
    return null;
  }
}

/** The look-up key in a domain of its own signs: whoever has the database alone does not have it. */
function signatureOf(sealer: Sealer, { day, sequence, hash, signedAt }: Omit<AuditHead, 'signature'>): string {
  return sealer.lookupHash(JSON.stringify([day, sequence, hash, signedAt]), DOMAIN);
}

function isOurs(sealer: Sealer, head: AuditHead): boolean {
  const expected = Buffer.from(signatureOf(sealer, head));
  const given = Buffer.from(head.signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

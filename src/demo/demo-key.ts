import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRefusal } from '../kernel/index.js';
import type { Services } from '../platform/index.js';
import { authenticate, findPartyOfSource, issueApiKey } from '../identity/index.js';
import { demoScope } from './load-demo-city.js';
import { SOURCE } from './rules/neighbourhoods.js';
import { PARTNER_CODE } from './rules/parties.js';

const FILE = 'demo-keys.json';
const DAY_MS = 86_400_000;
/** What a partner app asks: where to park, and what it found. */
const SCOPES = ['search:nearby', 'facility:read', 'window:read', 'jurisdiction:read', 'availability:read', 'service:read', 'viewer:read'];

/**
 * The key of the demo's partner app. A secret is shown once and never again, so it is kept beside the embedded data,
 * readable by its owner alone, and told again at every start as long as the database knows it.
 */
export async function demoKey(services: Services): Promise<string> {
  const path = join(services.configuration.DATA_FOLDER, FILE);
  const kept = readKept(path);
  if (kept !== null && (await isGood(services, kept))) return kept;

  const partyId = await findPartyOfSource(services.database, SOURCE, PARTNER_CODE);
  if (partyId === null) throw new Error('the demo city is not loaded: there is nobody to issue its key to');
  const issued = await issueApiKey(demoScope(services), { partyId, name: '演示密钥 demo key', scopes: SCOPES, limitClass: 'KEY', expiresAt: services.clock.now() + 365 * DAY_MS });
  if (isRefusal(issued)) throw new Error(`the demo key was refused: ${issued.problems[0].en}`);
  const secret = issued.value.secret!;
  mkdirSync(services.configuration.DATA_FOLDER, { recursive: true, mode: 0o700 });
  writeFileSync(path, `${JSON.stringify({ partner: secret }, null, 2)}\n`, { mode: 0o600 });
  return secret;
}

function readKept(path: string): string | null {
  try {
    const { partner } = JSON.parse(readFileSync(path, 'utf8')) as { partner?: unknown };
    return typeof partner === 'string' ? partner : null;
  } catch (error) {
    // No file yet, or half of one: a new key is issued, and the file is written anew.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

async function isGood(services: Services, key: string): Promise<boolean> {
  try {
    await authenticate(services, key);
    return true;
  } catch (error) {
    // The database is another one, or the key has ended.
    if ((error as { extensions?: { code?: unknown } }).extensions?.code === 'UNAUTHENTICATED') return false;
    throw error;
  }
}

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRefusal } from '../kernel/index.js';
import { makeFolder, type Services } from '../platform/index.js';
import { authenticate, findPartyOfSource, issueApiKey, type Action } from '../identity/index.js';
import { demoScope } from './load-demo-city.js';
import { SOURCE } from './rules/neighbourhoods.js';
import { GATE_CODE, PARTNER_CODE, REPORTER_CODES } from './rules/parties.js';

const FILE = 'demo-keys.json';
const DAY_MS = 86_400_000;
/** What a partner app does: finds, and signs up, books and pays for its drivers (3.2-8). */
const PARTNER_SCOPES: readonly Action[] = ['search:nearby', 'facility:read', 'window:read', 'tariff:read', 'jurisdiction:read', 'availability:read', 'service:read', 'viewer:read', 'party:read', 'driver:sign-up', 'driver:leave', 'notice:read', 'reservation:read', 'reservation:write', 'session:read', 'payment:read', 'payment:pay', 'charge:read', 'invoice:request'];
/** What an operator's gate does, and what its office looks at. */
const GATE_SCOPES: readonly Action[] = ['gate:operate', 'session:read', 'reservation:read', 'charge:read', 'facility:read', 'occupancy:report'];
/** What an operator's counting machine does, and nothing else. */
const REPORTER_SCOPES: readonly Action[] = ['occupancy:report', 'occupancy:read'];

/** The secrets of the demo: of its partner app, of one operator's gates, and of everybody who reports, by the code of the party. */
export interface DemoKeys {
  readonly partner: string;
  readonly gate: string;
  readonly reporters: Readonly<Record<string, string>>;
}

/**
 * The keys of the demo. A secret is shown once and never again, so they are kept beside the embedded data, readable by
 * their owner alone, and told again at every start as long as the database knows them.
 */
export async function demoKeys(services: Services): Promise<DemoKeys> {
  const kept = readDemoKeys(services.configuration.DATA_FOLDER);
  const partner = kept !== null && (await isGood(services, kept.partner, PARTNER_SCOPES)) ? kept.partner : null;
  const gate = kept !== null && (await isGood(services, kept.gate, GATE_SCOPES)) ? kept.gate : null;
  // Issued together and for as long: where the partner's key ended, theirs did.
  const reporters = partner !== null && REPORTER_CODES.every(code => kept!.reporters[code] !== undefined) ? kept!.reporters : null;
  if (partner !== null && gate !== null && reporters !== null) return { partner, gate, reporters };

  const issued: Record<string, string> = {};
  for (const code of REPORTER_CODES) issued[code] = reporters?.[code] ?? (await issue(services, code, REPORTER_SCOPES));
  const keys: DemoKeys = { partner: partner ?? (await issue(services, PARTNER_CODE, PARTNER_SCOPES)), gate: gate ?? (await issue(services, GATE_CODE, GATE_SCOPES)), reporters: issued };
  makeFolder(services.configuration.DATA_FOLDER);
  writeFileSync(join(services.configuration.DATA_FOLDER, FILE), `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
  return keys;
}

/** The keys as they are kept in a data folder; null where there are none, or half a file of them. */
export function readDemoKeys(folder: string): DemoKeys | null {
  try {
    const { partner, gate, reporters } = JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as { partner?: unknown; gate?: unknown; reporters?: unknown };
    return typeof partner === 'string' ? { partner, gate: typeof gate === 'string' ? gate : '', reporters: typeof reporters === 'object' && reporters !== null ? (reporters as DemoKeys['reporters']) : {} } : null;
  } catch (error) {
    // No file yet, or half of one: new keys are issued, and the file is written anew.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return null;
    throw error;
  }
}

async function issue(services: Services, code: string, scopes: readonly Action[]): Promise<string> {
  const partyId = await findPartyOfSource(services.database, SOURCE, code);
  if (partyId === null) throw new Error(`the demo city is not loaded: there is no party ${code} to issue a key to`);
  const issued = await issueApiKey(demoScope(services), { partyId, name: '演示密钥 demo key', scopes, limitClass: 'KEY', expiresAt: services.clock.now() + 365 * DAY_MS });
  if (isRefusal(issued)) throw new Error(`the demo key was refused: ${issued.problems[0].en}`);
  return issued.value.secret!;
}

/** Whether the database knows a key, and gave it all that the demo shows by now. */
async function isGood(services: Services, key: string, scopes: readonly Action[]): Promise<boolean> {
  try {
    const { grants } = await authenticate(services, key);
    return scopes.every(scope => grants.some(({ action }) => action === scope));
  } catch (error) {
    // The database is another one, or the key has ended.
    if ((error as { extensions?: { code?: unknown } }).extensions?.code === 'UNAUTHENTICATED') return false;
    throw error;
  }
}

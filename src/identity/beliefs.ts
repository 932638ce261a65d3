import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { isRefusal, type Outcome } from '../kernel/index.js';
import { transaction, type RequestScope, type Retry, type Services, type Unit, type Viewer } from '../platform/index.js';

/** What tells every server that rights have ended; the payload names the keys and parties that they were of, or nobody in particular. */
const RIGHTS_TOPIC = 'identity.rights';
/** How long an answer is believed where nobody was told of its end: the bus only wakes, and may be away (G12, G14). */
const BELIEVED_MS = 2_000;
const MOST_BELIEVED = 10_000;

interface Believed {
  readonly viewer: Viewer;
  /** Under which configuration the answer was found: what one issuer vouched for says nothing under another. */
  readonly configuration: Services['configuration'];
  readonly until: number;
}

/** Who was found behind which credential, for a moment and until its right is said to have ended. */
class Beliefs {
  readonly #byCredential = new LRUCache<string, Believed>({ max: MOST_BELIEVED });
  #endings = 0;

  /** How many endings were heard of: an answer that was asked for before the last of them is not kept. */
  get endings(): number {
    return this.#endings;
  }

  find(services: Services, credential: string, now: number): Viewer | null {
    const known = this.#byCredential.get(fingerprintOf(credential));
    return known && now < known.until && known.configuration === services.configuration ? known.viewer : null;
  }

  keep({ configuration }: Services, { credential, viewer, now, askedAfter }: { readonly credential: string; readonly viewer: Viewer; readonly now: number; readonly askedAfter: number }): void {
    if (askedAfter !== this.#endings) return;
    this.#byCredential.set(fingerprintOf(credential), { viewer, configuration, until: Math.min(now + BELIEVED_MS, viewer.expiresAt ?? Infinity) });
  }

  drop(ended: readonly string[]): void {
    this.#endings += 1;
    for (const [credential, { viewer }] of [...this.#byCredential.entries()]) if (concerns(ended, viewer)) this.#byCredential.delete(credential);
  }
}

/** No credential lies in memory for longer than its request. */
function fingerprintOf(credential: string): string {
  return hash('sha256', credential, 'base64');
}

/** Whether rights that ended may have been this viewer's; where nobody is named, they may be anybody's. */
function concerns(ended: readonly string[], { keyId, partyIds }: Viewer): boolean {
  return ended.length === 0 || (keyId !== null && ended.includes(keyId)) || partyIds.some(id => ended.includes(id));
}

const beliefs = new WeakMap<Services['database'], Beliefs>();

/** What this process believes of one city. */
export function beliefsOf({ database, live }: Services): Beliefs {
  const known = beliefs.get(database);
  if (known) return known;
  const made = new Beliefs();
  beliefs.set(database, made);
  live.subscribe(RIGHTS_TOPIC, payload => made.drop(idsOf(payload)));
  return made;
}

const idsOf = (payload: string): readonly string[] => payload.split(' ').filter(id => id !== '');

/**
 * A transaction that may end rights: it names the keys and parties that they were of. Once it has committed they are
 * believed here no more, and on every other server as soon as the bus brings it (G14).
 */
export async function endingRights<T>(scope: RequestScope, work: (unit: Unit, ended: string[]) => Promise<Outcome<T>>, retry?: Retry): Promise<Outcome<T>> {
  const ended: string[] = [];
  const outcome = await transaction(scope, unit => work(unit, ended), retry);
  if (isRefusal(outcome) || ended.length === 0) return outcome;
  beliefsOf(scope.services).drop(ended);
  scope.services.live.publish(RIGHTS_TOPIC, ended.join(' '));
  return outcome;
}

/** Tells whoever keeps a right for longer than one request whose rights have ended, once this process believes in them no more. */
export function onRightsEnded(services: Services, tell: (concerns: (viewer: Viewer) => boolean) => void): () => void {
  // The beliefs listen first, so that whoever asks again is not answered from before.
  beliefsOf(services);
  return services.live.subscribe(RIGHTS_TOPIC, payload => {
    const ended = idsOf(payload);
    tell(viewer => concerns(ended, viewer));
  });
}

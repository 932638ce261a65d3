import { onRightsEnded } from '../identity/index.js';
import type { Services, Viewer } from '../platform/index.js';
import { Fault } from '../platform/graphql/index.js';
import { LIMITS } from './limits.js';

/** Whoever keeps a right for longer than one request. */
export interface RightHolder {
  credential: string;
  /** The right stands, perhaps with other grants than before. */
  refresh(viewer: Viewer): void;
  /** The right has ended. */
  end(): void;
}

/** Credentials that are asked for at one time. */
const ASKED_AT_ONCE = 4;
/** The longest wait of a timer: a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Does something when a right reaches its end; one that is weeks away is left to the checks, which look at it, too. */
export function whenItEnds({ expiresAt }: Viewer, now: number, act: () => void): NodeJS.Timeout | null {
  if (expiresAt === null || expiresAt - now > LONGEST_TIMER_MS) return null;
  return setTimeout(act, Math.max(0, expiresAt - now)).unref();
}

/** Whether a viewer may do other things than it might before. */
export function rightsChanged(before: Viewer, now: Viewer): boolean {
  return before.grants !== now.grants && JSON.stringify(before.grants) !== JSON.stringify(now.grants);
}

export function changedRights(): Fault {
  return new Fault('FORBIDDEN', { zh: '权限已变更，请重新订阅', en: 'the rights of this caller have changed: subscribe again' });
}

/** The holders that share a credential, and whom it was last found to be. */
interface Shared {
  readonly credential: string;
  viewer: Viewer;
  readonly of: Set<RightHolder>;
}

/** Asks whether the rights of open sockets and streams last, once a credential: when it is told that one has ended, and again and again in case nobody tells (G14). */
export class RightsWatch {
  readonly #holders = new Map<string, Shared>();
  readonly #timer: NodeJS.Timeout;
  readonly #unsubscribe: () => void;
  #isChecking = false;

  constructor(
    private readonly services: Services,
    private readonly authenticate: (services: Services, credential: string | null) => Promise<Viewer>,
  ) {
    this.#timer = setInterval(() => void this.#turn(), LIMITS.rightsCheckMs.value).unref();
    this.#unsubscribe = onRightsEnded(services, concerns => void this.check(concerns));
  }

  add(holder: RightHolder, viewer: Viewer): void {
    const known = this.#holders.get(holder.credential);
    if (!known) return void this.#holders.set(holder.credential, { credential: holder.credential, viewer, of: new Set([holder]) });
    // Thousands of sockets of one key hold one text.
    holder.credential = known.credential;
    known.of.add(holder);
  }

  remove(holder: RightHolder): void {
    const known = this.#holders.get(holder.credential);
    if (known?.of.delete(holder) && known.of.size === 0) this.#holders.delete(holder.credential);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#unsubscribe();
  }

  /** Asks for each credential, or those of some viewers, a few at a time: thousands one after the other would take longer than the promise. */
  async check(isAsked: (viewer: Viewer) => boolean = () => true): Promise<void> {
    const left = [...this.#holders.values()].filter(({ viewer }) => isAsked(viewer)).values();
    const askNext = async (): Promise<void> => {
      for (const shared of left) await this.#ask(shared);
    };
    await Promise.all(Array.from({ length: ASKED_AT_ONCE }, askNext));
  }

  /** One round at a time: a database that hangs must not gather rounds. */
  async #turn(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    await this.check().finally(() => (this.#isChecking = false));
  }

  async #ask(shared: Shared): Promise<void> {
    try {
      shared.viewer = await this.authenticate(this.services, shared.credential);
      for (const holder of [...shared.of]) holder.refresh(shared.viewer);
    } catch (error) {
      // A database that is away says nothing about the right; only a refusal ends it.
      if (!(error instanceof Fault) || (error.code !== 'UNAUTHENTICATED' && error.code !== 'FORBIDDEN')) return;
      for (const holder of [...shared.of]) holder.end();
    }
  }
}

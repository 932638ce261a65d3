import type { Services, Viewer } from '../platform/index.js';
import { Fault } from '../platform/graphql/index.js';
import { LIMITS } from './limits.js';

/** Whoever keeps a right for longer than one request. */
export interface RightHolder {
  readonly credential: string;
  /** The right stands, perhaps with other grants than before. */
  refresh(viewer: Viewer): void;
  /** The right has ended. */
  end(): void;
}

/** Asks again and again whether the rights of open sockets and streams last (G14): once a credential, whoever shares it. */
export class RightsWatch {
  readonly #holders = new Map<string, Set<RightHolder>>();
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly services: Services,
    private readonly authenticate: (services: Services, credential: string | null) => Promise<Viewer>,
  ) {
    this.#timer = setInterval(() => void this.check(), LIMITS.rightsCheckMs.value).unref();
  }

  add(holder: RightHolder): void {
    const known = this.#holders.get(holder.credential);
    if (known) known.add(holder);
    else this.#holders.set(holder.credential, new Set([holder]));
  }

  remove(holder: RightHolder): void {
    const known = this.#holders.get(holder.credential);
    if (known?.delete(holder) && known.size === 0) this.#holders.delete(holder.credential);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async check(): Promise<void> {
    for (const [credential, holders] of [...this.#holders]) {
      try {
        const viewer = await this.authenticate(this.services, credential);
        for (const holder of [...holders]) holder.refresh(viewer);
      } catch (error) {
        // A database that is away says nothing about the right; only a refusal ends it.
        if (!(error instanceof Fault) || (error.code !== 'UNAUTHENTICATED' && error.code !== 'FORBIDDEN')) continue;
        for (const holder of [...holders]) holder.end();
      }
    }
  }
}

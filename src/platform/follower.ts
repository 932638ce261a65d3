import type { Live } from './live.js';

/** How often a follower looks though nobody woke it: a safety net while the bus delivers, the way itself while it does not (G12). */
const POLL_MS = { whileWoken: 1_000, whileNot: 100 } as const;

/** Looks for what is new whenever a topic is woken, and again and again in case nobody does; one look at a time. */
export class Follower {
  #looking: Promise<void> | null = null;
  #isAskedAgain = false;
  #hasStopped = false;
  #timer: NodeJS.Timeout | null = null;
  readonly #unsubscribe: () => void;

  constructor(
    private readonly live: Live,
    topic: string,
    private readonly lookForNews: () => Promise<void>,
  ) {
    this.#unsubscribe = live.subscribe(topic, () => void this.look());
    this.#poll();
  }

  get hasStopped(): boolean {
    return this.#hasStopped;
  }

  /** Looks now; who asks during a look is answered by one more. */
  look(): Promise<void> {
    if (this.#looking) {
      this.#isAskedAgain = true;
      return this.#looking;
    }
    this.#looking = this.#lookUntilNobodyAsks().then(() => {
      this.#looking = null;
      // Who asked after the last look, but before this settled, is answered by one of its own.
      return this.#isAskedAgain && !this.#hasStopped ? this.look() : undefined;
    });
    return this.#looking;
  }

  /** Ends it; settles when the look in progress is over. */
  stop(): Promise<void> {
    this.#hasStopped = true;
    this.#unsubscribe();
    if (this.#timer) clearTimeout(this.#timer);
    return this.#looking ?? Promise.resolve();
  }

  async #lookUntilNobodyAsks(): Promise<void> {
    do {
      this.#isAskedAgain = false;
      await this.lookForNews();
    } while (this.#isAskedAgain && !this.#hasStopped);
  }

  #poll(): void {
    if (this.#hasStopped) return;
    this.#timer = setTimeout(() => void this.look().finally(() => this.#poll()), this.live.isConnected() ? POLL_MS.whileWoken : POLL_MS.whileNot).unref();
  }
}

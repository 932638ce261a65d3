import type { Log } from './log.js';

/** Fan-out inside one process, shared by every bus. A listener that throws is logged and harms no other. */
export class Listeners {
  readonly #byTopic = new Map<string, Set<(payload: string) => void>>();

  constructor(private readonly log: Log) {}

  /** The topics that somebody listens to. */
  get topics(): Iterable<string> {
    return this.#byTopic.keys();
  }

  add(topic: string, listen: (payload: string) => void): { readonly isFirst: boolean } {
    const known = this.#byTopic.get(topic);
    if (known) {
      known.add(listen);
      return { isFirst: false };
    }
    this.#byTopic.set(topic, new Set([listen]));
    return { isFirst: true };
  }

  remove(topic: string, listen: (payload: string) => void): { readonly isLast: boolean } {
    const known = this.#byTopic.get(topic);
    known?.delete(listen);
    if (!known || known.size > 0) return { isLast: false };
    this.#byTopic.delete(topic);
    return { isLast: true };
  }

  wakeAll(): void {
    for (const topic of this.#byTopic.keys()) this.deliver(topic, '');
  }

  deliver(topic: string, payload: string): void {
    for (const listen of this.#byTopic.get(topic) ?? []) {
      try {
        listen(payload);
      } catch (error) {
        this.log.error({ err: error, topic }, 'a live listener failed');
      }
    }
  }
}

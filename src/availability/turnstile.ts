/** Lets only so many at once do something; the others wait, in order, for as long as it takes. */
export class Turnstile {
  #inside = 0;
  readonly #waiting: Array<() => void> = [];

  constructor(private readonly most: number) {}

  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside < this.most) this.#inside += 1;
    else await new Promise<void>(resolve => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The place goes to who waits longest, without being free in between.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#inside -= 1;
    }
  }
}

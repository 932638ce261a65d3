/** The only source of 'now'. A use case reads it once; rules get the instant as an argument. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands still until it is moved: tests and replays use it. */
export class ManualClock implements Clock {
  #now: number;

  constructor(instant: string | number) {
    this.#now = typeof instant === 'number' ? instant : Temporal.Instant.from(instant).epochMilliseconds;
  }

  now(): number {
    return this.#now;
  }

  set(instant: string | number): void {
    this.#now = typeof instant === 'number' ? instant : Temporal.Instant.from(instant).epochMilliseconds;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

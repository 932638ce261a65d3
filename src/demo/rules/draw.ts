/**
 * A small seeded generator (mulberry32): the same seed draws the same city on every machine, so that whoever reports
 * what they saw in the demo city need only tell its seed.
 */
export class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A number in [0, 1). */
  share(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.share() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.share() < probability;
  }

  oneOf<T>(values: readonly T[]): T {
    return values[Math.floor(this.share() * values.length)]!;
  }

  /** About normal around 0 with a deviation of 1, and never beyond ±3: nothing lands in the sea because of a rare draw. */
  around(): number {
    return (this.share() + this.share() + this.share()) * 2 - 3;
  }

  /** One of several things, each as likely as its weight. */
  weighted<T extends { readonly weight: number }>(values: readonly T[]): T {
    let left = this.share() * values.reduce((sum, { weight }) => sum + weight, 0);
    return values.find(({ weight }) => (left -= weight) < 0) ?? values.at(-1)!;
  }
}

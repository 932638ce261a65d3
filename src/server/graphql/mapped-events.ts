/**
 * Events on their way out, each changed as it passes. Not a generator: one that waits for its next event keeps a
 * `return` waiting, too, and with it a subscription whose reader has left.
 */
export class MappedEvents<From, To> implements AsyncIterableIterator<To> {
  readonly #source: AsyncIterator<From>;

  constructor(
    source: AsyncIterable<From>,
    private readonly change: (event: From) => To,
    private readonly onEnd: () => void = () => undefined,
  ) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async next(): Promise<IteratorResult<To>> {
    const result = await this.#source.next();
    if (!result.done) return { value: this.change(result.value), done: false };
    this.onEnd();
    return { value: undefined, done: true };
  }

  async return(): Promise<IteratorResult<To>> {
    this.onEnd();
    await this.#source.return?.();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

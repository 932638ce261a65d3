/**
 * Values on their way to one reader that takes them one by one: bounded, and it says when it is full, so that whoever
 * fills it keeps the newest state instead of a backlog.
 */
export class EventQueue<Value> implements AsyncIterableIterator<Value> {
  readonly #values: Value[] = [];
  #waiting: ((result: IteratorResult<Value>) => void) | null = null;
  #hasEnded = false;

  constructor(
    private readonly most: number,
    private readonly hooks: { readonly onRoom: () => void; readonly onEnd: () => void },
  ) {}

  get isFull(): boolean {
    return this.#values.length >= this.most;
  }

  push(value: Value): void {
    if (this.#hasEnded) return;
    if (!this.#waiting) return void this.#values.push(value);
    const take = this.#waiting;
    this.#waiting = null;
    take({ value, done: false });
  }

  next(): Promise<IteratorResult<Value>> {
    if (this.#hasEnded) return Promise.resolve({ value: undefined, done: true });
    if (this.#values.length === 0) return new Promise(resolve => (this.#waiting = resolve));
    const wasFull = this.isFull;
    const value = this.#values.shift()!;
    if (wasFull) this.hooks.onRoom();
    return Promise.resolve({ value, done: false });
  }

  return(): Promise<IteratorResult<Value>> {
    if (!this.#hasEnded) {
      this.#hasEnded = true;
      this.#values.length = 0;
      this.#waiting?.({ value: undefined, done: true });
      this.hooks.onEnd();
    }
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

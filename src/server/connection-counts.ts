/** Open sockets and event streams by key and by address, in this process. */
export class ConnectionCounts {
  readonly #counts = new Map<string, number>();

  /** Takes a place where one is left of `bound`. */
  take(kind: 'key' | 'address', owner: string, bound: number): boolean {
    const name = `${kind} ${owner}`;
    const count = this.#counts.get(name) ?? 0;
    if (count >= bound) return false;
    this.#counts.set(name, count + 1);
    return true;
  }

  release(kind: 'key' | 'address', owner: string): void {
    const name = `${kind} ${owner}`;
    const count = (this.#counts.get(name) ?? 0) - 1;
    if (count > 0) this.#counts.set(name, count);
    else this.#counts.delete(name);
  }
}

/** A binary heap of nodes by their metres, least first. A node may stand in it several times; the reader skips the late ones. */
export class NearestHeap {
  readonly #metres: number[] = [];
  readonly #nodes: number[] = [];

  /** Metres of the nearest; Infinity where nothing waits. */
  get leastMetres(): number {
    return this.#metres[0] ?? Number.POSITIVE_INFINITY;
  }

  push(node: number, metres: number): void {
    let at = this.#nodes.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#metres[parent]! <= metres) break;
      this.#put(at, this.#nodes[parent]!, this.#metres[parent]!);
      at = parent;
    }
    this.#put(at, node, metres);
  }

  /** Takes the nearest out; must not be asked where nothing waits. */
  pop(): number {
    const taken = this.#nodes[0]!;
    const node = this.#nodes.pop()!;
    const metres = this.#metres.pop()!;
    if (this.#nodes.length > 0) this.#sink(node, metres);
    return taken;
  }

  #sink(node: number, metres: number): void {
    const size = this.#nodes.length;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.#metres[child + 1]! < this.#metres[child]!) child += 1;
      if (this.#metres[child]! >= metres) break;
      this.#put(at, this.#nodes[child]!, this.#metres[child]!);
      at = child;
    }
    this.#put(at, node, metres);
  }

  #put(at: number, node: number, metres: number): void {
    this.#nodes[at] = node;
    this.#metres[at] = metres;
  }
}

import { createHash } from 'node:crypto';

/** A text that came so often is one of the constant ones; texts that are put together anew each time are not. */
const OFTEN = 64;
/** The most that a connection keeps prepared, and the most other texts that are counted at a time. */
const MOST_NAMED = 128;
const MOST_COUNTED = 1_024;

/** Names for the statements that come again and again: under one each connection parses its text once, and plans it once its plans prove alike. */
export class RecurringTexts {
  readonly #names = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  /** The name that a text is prepared by; undefined while it has not come often. */
  nameOf(text: string): string | undefined {
    const name = this.#names.get(text);
    if (name !== undefined || this.#names.size >= MOST_NAMED) return name;
    const count = (this.#counts.get(text) ?? 0) + 1;
    if (count < OFTEN) {
      if (this.#counts.size >= MOST_COUNTED) this.#counts.clear();
      this.#counts.set(text, count);
      return undefined;
    }
    this.#counts.delete(text);
    return this.name(text);
  }

  /** Names a text that is known to come again. */
  name(text: string): string {
    let name = this.#names.get(text);
    if (name === undefined) this.#names.set(text, (name = createHash('sha256').update(text).digest('base64url').slice(0, 32)));
    return name;
  }
}

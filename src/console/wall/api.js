import { pause, retryOf, waitBefore } from './backoff.js';

/** What the wall asks over HTTP, and the difference of the server's clock to ours. */
export class Api {
  /** Milliseconds by which the server's clock is ahead. */
  clockAheadMs = 0;
  #key;

  /** @param {string | null} key */
  constructor(key) {
    this.#key = key;
  }

  /** The credential as a socket and a request send it. @returns {Record<string, string>} */
  credential() {
    return this.#key === null ? {} : { authorization: `Bearer ${this.#key}` };
  }

  /** The server's clock, as far as we know it. */
  now() {
    return Date.now() + this.clockAheadMs;
  }

  /**
   * Asks until there is an answer: a server that is away or asks for patience is waited for; a refusal is thrown.
   * @param {string} query
   * @param {Record<string, unknown>} variables
   * @returns {Promise<any>}
   */
  async ask(query, variables) {
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#once(query, variables);
      if (answer.data !== undefined) return answer.data;
      if (!answer.retry.retry) throw new Error(answer.message);
      await pause(answer.retry.afterMs ?? waitBefore(attempt, Math.random()));
    }
  }

  /**
   * @param {string} query
   * @param {Record<string, unknown>} variables
   * @returns {Promise<{ data?: any, message: string, retry: ReturnType<typeof retryOf> }>}
   */
  async #once(query, variables) {
    const again = { message: '', retry: /** @type {const} */ ({ retry: true, afterMs: null }) };
    try {
      const response = await fetch('/graphql', { method: 'POST', headers: { 'content-type': 'application/json', 'accept-language': 'zh-CN', ...this.credential() }, body: JSON.stringify({ query, variables }) });
      this.#readClock(response.headers.get('date'));
      const { data, errors } = await response.json();
      if (!errors) return { data, message: '', retry: { retry: false } };
      return { message: errors.map((/** @type {{ message: string }} */ each) => each.message).join('; '), retry: retryOf(errors) };
    } catch (error) {
      // No connection, or a proxy's page in place of an answer: the server is away, and comes back.
      if (error instanceof TypeError || error instanceof SyntaxError) return again;
      throw error;
    }
  }

  /** The header has whole seconds: a smaller difference than two of them is no difference. @param {string | null} date */
  #readClock(date) {
    const ahead = date === null ? Number.NaN : Date.parse(date) + 500 - Date.now();
    if (Number.isFinite(ahead)) this.clockAheadMs = Math.abs(ahead) < 2_000 ? 0 : ahead;
  }
}

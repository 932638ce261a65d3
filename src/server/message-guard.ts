import { LIMITS } from './limits.js';

/** Why a socket is closed: a code, and words that hold nothing of what the caller wrote. */
export interface Refused {
  readonly code: number;
  readonly reason: string;
}

/** Counts one socket's messages: a bucket of `socketBurst` that refills at `socketMessagesPerSecond`. */
export class MessageGuard {
  #tokens: number = LIMITS.socketBurst.value;
  #at: number;

  constructor(private readonly nowMs: () => number) {
    this.#at = nowMs();
  }

  /** The refusal of a message of this length, or null. Before the init a message may hold a credential and no more. */
  refuse(length: number, isInitialised: boolean): Refused | null {
    const bound = isInitialised ? LIMITS.socketMessageBytes.value : LIMITS.socketInitBytes.value;
    if (length > bound) return { code: 1009, reason: `A message may have ${bound} bytes` };
    const now = this.nowMs();
    this.#tokens = Math.min(LIMITS.socketBurst.value, this.#tokens + ((now - this.#at) / 1_000) * LIMITS.socketMessagesPerSecond.value);
    this.#at = now;
    if (this.#tokens < 1) return { code: 4429, reason: 'Too many messages' };
    this.#tokens -= 1;
    return null;
  }
}

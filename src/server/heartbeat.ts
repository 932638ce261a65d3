import type { WebSocket } from 'ws';
import { LIMITS } from './limits.js';

/** A heartbeat is spread over so many turns, so that ten thousand sockets are not pinged at one instant. */
const TURNS = 20;

/** Pings every socket once an interval, and ends those that did not answer the ping before. */
export class Heartbeat {
  readonly #turns = Array.from({ length: TURNS }, () => new Set<WebSocket>());
  readonly #silent = new WeakSet<WebSocket>();
  readonly #timer: NodeJS.Timeout;
  #turn = 0;
  #added = 0;

  constructor() {
    this.#timer = setInterval(() => this.#beat(), LIMITS.heartbeatMs.value / TURNS).unref();
  }

  add(socket: WebSocket): void {
    const turn = this.#turns[(this.#added += 1) % TURNS]!;
    turn.add(socket);
    socket.on('pong', () => this.#silent.delete(socket));
    socket.once('close', () => turn.delete(socket));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    this.#turn = (this.#turn + 1) % TURNS;
    for (const socket of this.#turns[this.#turn]!) {
      if (this.#silent.has(socket)) socket.terminate();
      else {
        this.#silent.add(socket);
        socket.ping();
      }
    }
  }
}

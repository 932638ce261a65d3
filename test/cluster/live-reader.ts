import WebSocket from 'ws';
import { Told, type ToldEvent } from '../availability/told.js';
import { WATCH } from '../availability/watching.js';
import type { ServerProcess } from './machines.js';

export interface ReaderOptions {
  readonly key: string;
  readonly where?: object;
  readonly minIntervalMs?: number;
  /** So many operations on the one socket, all alike. */
  readonly streams?: number;
  readonly onEvent?: (event: ToldEvent, stream: number) => void;
}

/** A client of the socket protocol that may be cut off, stop reading, and go on at any server. */
export class LiveReader {
  readonly told: readonly Told[];
  /** How each connection ended, as far as the peer said. */
  readonly closes: number[] = [];
  /** Operations that ended with an error while the socket stayed. */
  readonly refused: any[] = [];
  #socket: WebSocket | null = null;

  constructor(private readonly options: ReaderOptions) {
    this.told = Array.from({ length: options.streams ?? 1 }, () => new Told());
  }

  /** Connects and subscribes each stream from where it stands. */
  async connect({ address }: Pick<ServerProcess, 'address'>): Promise<void> {
    const socket = new WebSocket(`${address.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    this.#socket = socket;
    const acknowledged = new Promise<void>((resolve, reject) => {
      socket.once('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${this.options.key}` } })));
      socket.on('message', data => {
        const message = JSON.parse(String(data));
        if (message.type === 'connection_ack') resolve();
        else this.#take(message);
      });
      socket.once('error', reject);
      socket.once('close', code => {
        this.closes.push(code);
        for (const told of this.told) told.interrupt();
        reject(new Error(`closed with ${code}`));
      });
    });
    await acknowledged;
    const { where, minIntervalMs } = this.options;
    this.told.forEach((told, stream) => socket.send(JSON.stringify({ id: String(stream), type: 'subscribe', payload: { query: WATCH, variables: { where, minIntervalMs, since: told.cursor } } })));
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Cuts the connection off, without a word. */
  async cut(): Promise<void> {
    const socket = this.#socket;
    if (!socket || socket.readyState === WebSocket.CLOSED) return;
    const closed = new Promise<void>(resolve => socket.once('close', () => resolve()));
    socket.terminate();
    await closed;
  }

  /** Takes nothing more out of the connection, and answers no ping, so that the server's bytes pile up. */
  stopReading(): void {
    this.#socket!.pause();
  }

  goOnReading(): void {
    this.#socket!.resume();
  }

  send(message: object): void {
    this.#socket!.send(JSON.stringify(message));
  }

  #take(message: { readonly id: string; readonly type: string; readonly payload?: any }): void {
    if (message.type === 'error' || message.payload?.errors) return void this.refused.push(message.payload);
    if (message.type !== 'next') return;
    const stream = Number(message.id);
    const event = message.payload.data.availabilityChanged as ToldEvent;
    this.told[stream]!.take(event);
    this.options.onEvent?.(event, stream);
  }
}

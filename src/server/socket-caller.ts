import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { CloseCode } from 'graphql-ws';
import type { FormattedExecutionResult, GraphQLSchema } from 'graphql';
import type { WebSocket } from 'ws';
import { may, type Action } from '../identity/index.js';
import { forbidden, type Fault } from '../platform/graphql/index.js';
import type { Language, RequestScope, Viewer } from '../platform/index.js';
import type { Watcher } from '../availability/index.js';
import { refusalOf, speechOf, type Call } from './graphql/execute.js';
import { LIMITS } from './limits.js';
import { formatFault } from './graphql/mask.js';
import { MappedEvents } from './graphql/mapped-events.js';
import { changedRights, rightsChanged, whenItEnds, type RightHolder } from './rights-watch.js';
import { said } from './said.js';
import { SocketStream } from './socket-stream.js';
import { actionOf, argumentsOf, type Stream } from './streams.js';
import { TurnOutlet } from './turn-outlet.js';

/** What a socket told when it was opened; a traceId of null means: one of our own for each operation. */
export interface SocketTold {
  readonly address: string;
  readonly language: Language;
  readonly traceId: string | null;
}

/** An admitted subscription under the id that the socket gave it. */
export interface LastingCall extends Omit<Call, 'variables'> {
  readonly id: string;
  /** What was asked; emptied once a compiled stream stands on it. */
  variables: Call['variables'];
  /** Takes the operation from the protocol library's books, so that nothing follows its error. */
  readonly forget: () => void;
}

const NOTHING_ASKED: Call['variables'] = {};

/** An operation that lasts. */
interface Lasting {
  readonly scope: RequestScope;
  readonly action: Action;
  /** Ends it with an error of its own; the socket stays. */
  readonly refuse: (error: object) => void;
  readonly watcher: Watcher | null;
  /** Lets go of what brings its events. */
  readonly close: () => void;
}

/** What we know of one socket, and what it runs. Ten thousand of these are open at once: nothing here is kept that is not needed. */
export class SocketCaller implements RightHolder {
  viewer: Viewer | null = null;
  credential = '';
  /** What this socket counts for: its address, and once it named a key, that key. */
  countedAs: { readonly kind: 'key' | 'address'; readonly owner: string } | null = null;
  #outlet: TurnOutlet | null = null;
  #left: AbortController | null = null;
  #ending: NodeJS.Timeout | null = null;
  /** The newest call of each id, and what it opened: one that was completed and begun again while it was opened is no longer it. */
  readonly #calls = new Map<string, { readonly call: LastingCall; lasting: Lasting | null }>();
  #hasLeft = false;

  constructor(
    readonly socket: WebSocket,
    private readonly stream: Duplex,
    private readonly told: SocketTold,
  ) {}

  get address(): string {
    return this.told.address;
  }

  get language(): Language {
    return this.told.language;
  }

  traceId(): string {
    return this.told.traceId ?? randomBytes(16).toString('hex');
  }

  /** Aborted when the caller leaves. */
  get left(): AbortController {
    return (this.#left ??= new AbortController());
  }

  /** Ends the socket when its token does. */
  endWith(viewer: Viewer, now: number): void {
    this.#ending = whenItEnds(viewer, now, () => this.end());
  }

  end(): void {
    this.closeWith(CloseCode.Forbidden, 'The right to this socket has ended');
  }

  /** Says why, and nothing after it; a peer that does not answer is cut off a moment later. */
  closeWith(code: number | undefined, reason: string | undefined): void {
    // Events of this turn leave before the close frame, none after it: a peer that ignores the frame hears nothing more.
    this.#outlet?.flush();
    this.#outlet?.close();
    this.socket.close(code, reason);
    setTimeout(() => this.socket.terminate(), LIMITS.closeAnswerMs.value).unref();
  }

  /** Where only one right is lost, that operation ends with an error and the socket stays. */
  refresh(viewer: Viewer): void {
    if (viewer === this.viewer) return;
    this.viewer = viewer;
    for (const { lasting } of [...this.#calls.values()]) {
      if (!lasting) continue;
      lasting.watcher?.refresh(viewer);
      const fault = endOf(lasting, viewer);
      if (fault) lasting.refuse(formatFault(fault, speechOf(lasting.scope)));
    }
  }

  /** The socket is gone. */
  leave(): void {
    this.#hasLeft = true;
    this.#left?.abort();
    if (this.#ending) clearTimeout(this.#ending);
    this.#outlet?.close();
  }

  /**
   * Opens a compiled stream: its events are written past the protocol library, which only keeps its life. Null where the
   * executor must answer, because the variables do not coerce; an answer where it is refused.
   */
  async openStream(stream: Stream, call: LastingCall, schema: GraphQLSchema): Promise<AsyncIterableIterator<never> | FormattedExecutionResult | null> {
    const { scope, id } = call;
    try {
      const args = argumentsOf(call, schema);
      if (args === null) return null;
      this.#outlet ??= new TurnOutlet(this.stream, () => this.closeWith(1013, 'Reading too slowly'));
      const outlet = this.#outlet;
      const watcher = await stream.open(scope, args, new SocketStream(outlet, stream, id));
      outlet.join(watcher);
      const silence = new Silence(() => this.#finish(id));
      const close = (): void => {
        outlet.leave(watcher);
        stream.close(scope, watcher);
      };
      call.variables = NOTHING_ASKED;
      this.#begin(call, { scope, action: actionOf(call, schema), watcher, close, refuse: error => this.#refuse(call, error, silence) });
      return silence;
    } catch (error) {
      return refusalOf(scope, error);
    }
  }

  /** Keeps an operation that the executor serves, so that it ends with its right. */
  keep(call: LastingCall, events: AsyncIterable<FormattedExecutionResult>, schema: GraphQLSchema): AsyncIterableIterator<never> {
    const kept = new MappedEvents(events, event => said(event), () => this.#finish(call.id));
    const source = events[Symbol.asyncIterator]();
    this.#begin(call, { scope: call.scope, action: actionOf(call, schema), watcher: null, close: () => void source.return?.(), refuse: error => this.#refuse(call, error, kept) });
    return kept;
  }

  /** A call that is about to be opened takes the place of an earlier one under its id, which its caller has completed. */
  announce(call: LastingCall): void {
    this.#finish(call.id);
    this.#calls.set(call.id, { call, lasting: null });
  }

  /** Keeps what was opened, unless its caller completed it, or left, meanwhile. */
  #begin(call: LastingCall, lasting: Lasting): void {
    const newest = this.#calls.get(call.id);
    if (this.#hasLeft || newest?.call !== call) return lasting.close();
    newest.lasting = lasting;
  }

  /** Ends whatever runs under an id; an operation that is still being opened under it ends once it is. */
  #finish(id: string): void {
    const known = this.#calls.get(id);
    this.#calls.delete(id);
    known?.lasting?.close();
  }

  #refuse({ id, forget }: LastingCall, error: object, events: AsyncIterator<never, unknown, undefined>): void {
    forget();
    this.#outlet?.flush();
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify({ id, type: 'error', payload: [error] }));
    void events.return?.();
  }
}

/** Why an operation that lasts cannot go on for its viewer as it is now; null where it can. */
function endOf({ scope, action, watcher }: Lasting, viewer: Viewer): Fault | null {
  if (!may(viewer, action)) return forbidden(action);
  // The executor began it with the rights of then, and goes on with them: whoever has others begins anew.
  return watcher === null && rightsChanged(scope.viewer, viewer) ? changedRights() : null;
}

/** The life of a stream whose events go another way: it never yields, and ends when it is told to. */
class Silence implements AsyncIterableIterator<never> {
  #end: ((result: IteratorResult<never>) => void) | null = null;
  #hasEnded = false;

  constructor(private readonly onEnd: () => void) {}

  next(): Promise<IteratorResult<never>> {
    if (this.#hasEnded) return Promise.resolve({ value: undefined, done: true });
    return new Promise(resolve => (this.#end = resolve));
  }

  return(): Promise<IteratorResult<never>> {
    if (!this.#hasEnded) {
      this.#hasEnded = true;
      this.onEnd();
      this.#end?.({ value: undefined, done: true });
    }
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

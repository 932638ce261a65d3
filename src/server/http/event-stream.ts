import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FormattedExecutionResult } from 'graphql';
import { may } from '../../identity/index.js';
import { Fault, forbidden } from '../../platform/graphql/index.js';
import type { Viewer } from '../../platform/index.js';
import type { Watcher, WatchEvent } from '../../availability/index.js';
import { CallerScope } from '../caller-scope.js';
import type { City } from '../city.js';
import { plain, refusalOf, run, runSubscription, speechOf, type Call } from '../graphql/execute.js';
import { formatFault } from '../graphql/mask.js';
import { CLASS_LIMITS, LIMITS } from '../limits.js';
import { actionOf, argumentsOf, streamOf, type Stream, type StreamTransport } from '../streams.js';
import { changedRights, rightsChanged, whenItEnds } from '../rights-watch.js';
import { TurnOutlet } from '../turn-outlet.js';

/** Whether a caller asks for GraphQL over server-sent events, in distinct connections. */
export function wantsEvents(request: IncomingMessage): boolean {
  return (request.headers.accept ?? '').toLowerCase().split(',', 20).some(part => part.split(';')[0]!.trim() === 'text/event-stream');
}

const TRANSPORT: StreamTransport = { frame: data => Buffer.from(nextEvent(`{"data":${data}}`)) };
const NOTHING = Buffer.alloc(0);
const COMPLETE = 'event: complete\ndata:\n\n';

function nextEvent(result: string): string {
  return `event: next\ndata: ${result}\n\n`;
}

/** Takes a place for one more stream of this caller; the fault where none is left. */
export function takePlace(city: City, scope: CallerScope): { readonly release: () => void } | Fault {
  const { keyId, limitClass } = scope.viewer;
  const [kind, owner, bound] = keyId === null ? (['address', scope.address, LIMITS.socketsPerAddress.value] as const) : (['key', keyId, CLASS_LIMITS[limitClass].sockets] as const);
  if (!city.counts.take(kind, owner, bound)) {
    return new Fault('RATE_LIMITED', { zh: `同时打开的连接已达上限 ${bound}`, en: `${bound} connections are open already` }, { limit: bound, retryAfterMs: 1_000 });
  }
  return { release: () => city.counts.release(kind, owner) };
}

/** Answers an admitted operation as server-sent events: for networks that break WebSockets. */
export async function streamEvents(city: City, call: Call, credential: string | null, response: ServerResponse, release: () => void): Promise<void> {
  // Whoever left before this has closed its response already, which closes only once.
  if (response.destroyed) return release();
  response.once('close', release);
  // Nothing must hold events back on the way: no transformation, no buffering proxy.
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' });
  response.write(':\n\n');
  // An answer that has ended may wait long for a reader that does not read; a write after its end would be a defect.
  const beat = setInterval(() => response.writableEnded || response.write(':\n\n'), LIMITS.heartbeatMs.value).unref();
  response.on('error', () => undefined);
  const end = (): void => void response.end();
  city.eventStreams.add(end);
  response.once('close', () => {
    clearInterval(beat);
    city.eventStreams.delete(end);
  });
  if (call.prepared.operation.operation !== 'subscription') return endWith(response, plain(await run(city.schema, call)));
  await new EventStream(city, call, credential, response).begin();
}

function endWith(response: ServerResponse, result: FormattedExecutionResult): void {
  response.end(`${nextEvent(JSON.stringify(result))}${COMPLETE}`);
}

/** One subscription as server-sent events, until its reader leaves, its right ends or the server does. */
class EventStream {
  #watcher: Watcher | null = null;
  #outlet: TurnOutlet | null = null;

  constructor(
    private readonly city: City,
    private readonly call: Call,
    readonly credential: string | null,
    private readonly response: ServerResponse,
  ) {}

  async begin(): Promise<void> {
    if (this.credential !== null) {
      const holder = { credential: this.credential, refresh: (viewer: Viewer) => this.#refresh(viewer), end: () => this.#refuse(new Fault('UNAUTHENTICATED', { zh: '凭证已失效', en: 'the credential has ended' })) };
      const ending = whenItEnds(this.call.scope.viewer, this.city.services.clock.now(), holder.end);
      this.city.rights.add(holder, this.call.scope.viewer);
      this.response.once('close', () => {
        if (ending) clearTimeout(ending);
        this.city.rights.remove(holder);
      });
    }
    const stream = streamOf(this.call.prepared, this.city.schema);
    if (stream && (await this.#beginCompiled(stream))) return;
    const events = await runSubscription(this.city.schema, this.call);
    if (!(Symbol.asyncIterator in events)) return endWith(this.response, events);
    const iterator = events[Symbol.asyncIterator]();
    if (this.response.destroyed) return void iterator.return?.();
    this.response.once('close', () => void iterator.return?.());
    await this.#carry(iterator);
  }

  async #beginCompiled(stream: Stream): Promise<boolean> {
    const { call, response } = this;
    try {
      const args = argumentsOf(call, this.city.schema);
      if (args === null) return false;
      const outlet = new TurnOutlet(response, () => response.destroy());
      this.#outlet = outlet;
      const watcher = await stream.open(call.scope, args, {
        get isClogged() {
          return outlet.isClogged;
        },
        send: (event: WatchEvent) => outlet.push({ bytes: stream.bytesOf(event, TRANSPORT), ownAt: [], own: NOTHING }),
      });
      this.#watcher = watcher;
      outlet.join(watcher);
      const leave = (): void => {
        outlet.close();
        stream.close(call.scope, watcher);
      };
      if (response.destroyed) leave();
      else response.once('close', leave);
    } catch (error) {
      endWith(response, refusalOf(call.scope, error));
    }
    return true;
  }

  /** Event by event; one that the reader does not take yet holds the next one back. */
  async #carry(events: AsyncIterator<FormattedExecutionResult>): Promise<void> {
    const { response } = this;
    for (let result = await events.next(); !result.done && !response.writableEnded && !response.destroyed; result = await events.next()) {
      if (response.write(nextEvent(JSON.stringify(result.value)))) continue;
      await new Promise<void>(resolve => {
        response.once('drain', resolve);
        response.once('close', resolve);
      });
    }
    if (!response.writableEnded) response.end(COMPLETE);
  }

  #refresh(viewer: Viewer): void {
    this.#watcher?.refresh(viewer);
    const action = actionOf(this.call, this.city.schema);
    if (!may(viewer, action)) this.#refuse(forbidden(action));
    else if (this.#watcher === null && rightsChanged(this.call.scope.viewer, viewer)) this.#refuse(changedRights());
  }

  #refuse(fault: Fault): void {
    if (this.response.writableEnded) return;
    // Events of this turn leave before the end, none after it.
    this.#outlet?.flush();
    this.#outlet?.close();
    // What is queued before it is read soon, or never.
    setTimeout(() => this.response.destroy(), LIMITS.closeAnswerMs.value).unref();
    endWith(this.response, { errors: [formatFault(fault, speechOf(this.call.scope))] });
  }
}

import type { ServerResponse } from 'node:http';
import type { Fault } from '../../platform/graphql/index.js';
import { FAULT_CODES } from '../../platform/graphql/index.js';
import { textOf, type Answer } from '../graphql/execute.js';
import { formatFault, type Speech } from '../graphql/mask.js';
import type { PointsLeft } from '../points.js';

export type MediaType = 'application/json' | 'application/graphql-response+json';

/** The media type of the answer, by the Accept header; null where the caller takes none that we write. */
export function negotiate(accept: string | undefined): MediaType | null {
  if (accept === undefined || accept.trim() === '') return 'application/json';
  const wanted = accept.toLowerCase().split(',', 40).map((part, i) => {
    const [type = '', ...parameters] = part.split(';').map(text => text.trim());
    const q = parameters.map(p => /^q=([\d.]+)$/.exec(p)?.[1]).find(found => found !== undefined);
    return { type, q: q === undefined ? 1 : Number(q), i };
  }).filter(choice => choice.q > 0).sort((a, b) => b.q - a.q || a.i - b.i);
  for (const { type } of wanted) {
    if (type === 'application/graphql-response+json') return type;
    if (type === 'application/json' || type === '*/*' || type === 'application/*') return 'application/json';
  }
  return null;
}

/** Writes a body once, with its length; does nothing where the caller already left. */
export function send(response: ServerResponse, status: number, contentType: string, body: string | Buffer, headers: Readonly<Record<string, string>> = {}): void {
  if (response.headersSent || response.destroyed) return;
  // A text leaves as a text: node joins it to its head and encodes both into one write, which costs less than bytes of our own do.
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body), ...headers });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** What stopped before any document was read: 401, 403, 405, 413, 415, 429 … as an answer of GraphQL (G21). */
export function sendFault(response: ServerResponse, fault: Fault, speech: Speech, options: { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly media?: MediaType } = {}): void {
  const body = JSON.stringify({ errors: [formatFault(fault, speech)] });
  const retry: Record<string, string> = typeof fault.extensions.retryAfterMs === 'number' ? { 'retry-after': String(Math.ceil(fault.extensions.retryAfterMs / 1_000)) } : {};
  send(response, options.status ?? FAULT_CODES[fault.code].status, `${options.media ?? 'application/json'}; charset=utf-8`, body, { ...retry, ...options.headers });
}

/** Faults whose status says the same to every proxy, whatever the media type. */
const TRANSPORT_STATUS: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'RATE_LIMITED', 'SERVICE_UNAVAILABLE']);

/**
 * The status of an answer by GraphQL over HTTP: with the newer media type a refused request is 400; with
 * application/json it is 200, so that an old client reads the errors and not the status.
 */
export function statusOf(answer: Answer, media: MediaType): number {
  if (!answer.errors || (answer.data !== undefined && answer.data !== null)) return 200;
  const codes = new Set(answer.errors.map(error => String(error.extensions?.code)));
  const [only] = codes;
  if (codes.size === 1 && TRANSPORT_STATUS.has(only!)) return FAULT_CODES[only as keyof typeof FAULT_CODES].status;
  return media === 'application/json' || !answer.isRequestError ? 200 : 400;
}

export function headersOf(points: PointsLeft | null, answer: Answer): Readonly<Record<string, string>> {
  const retry = answer.errors?.map(error => error.extensions).find(extensions => extensions?.code === 'RATE_LIMITED' || extensions?.code === 'SERVICE_UNAVAILABLE');
  const retryMs = Number(retry?.retryAfterMs ?? retry?.resetMs ?? 0);
  return {
    'cache-control': 'no-store',
    ...(points === null ? {} : {
      'x-ratelimit-limit': String(points.limit),
      'x-ratelimit-remaining': String(points.remaining),
      'x-ratelimit-reset': String(Math.ceil(points.resetMs / 1_000)),
    }),
    ...(retry ? { 'retry-after': String(Math.ceil(retryMs / 1_000)) } : {}),
  };
}

export function sendAnswer(response: ServerResponse, answer: Answer, media: MediaType, points: PointsLeft | null): void {
  send(response, statusOf(answer, media), `${media}; charset=utf-8`, textOf(answer), headersOf(points, answer));
}

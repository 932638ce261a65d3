import type { IncomingMessage } from 'node:http';

/** Whether a browser page of this origin may talk to us: the same origin, or one on the operator's list (G32). */
export function isAllowedOrigin(request: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  if (allowed.includes(origin)) return true;
  try {
    return host !== undefined && new URL(origin).host === host;
  } catch {
    return false;
  }
}

/**
 * Whether a GET could be a page's doing without its reading the answer: an image, a form, a link of another site. Our
 * credentials are headers, which such a page cannot set; refusing it also keeps strangers from spending our caller's
 * anonymous points.
 */
export function isBlindRequest(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'];
  const mode = request.headers['sec-fetch-mode'];
  return mode === 'no-cors' || (mode === 'navigate' && site !== undefined && site !== 'same-origin' && site !== 'none');
}

/** The headers that let an allowed page of another origin read our answer, names and values by turns. */
export function crossOriginHeaders(request: IncomingMessage, allowed: readonly string[]): readonly string[] {
  const { origin } = request.headers;
  if (origin === undefined || !allowed.includes(origin)) return ['vary', 'Origin'];
  return [
    'vary', 'Origin',
    'access-control-allow-origin', origin,
    'access-control-expose-headers', 'x-trace-id, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, retry-after',
  ];
}

export const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'GET, POST',
  'access-control-allow-headers': 'authorization, content-type, accept-language, traceparent',
  'access-control-max-age': '600',
} as const;

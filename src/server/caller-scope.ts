import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { RequestScope, type Language, type Services, type Viewer } from '../platform/index.js';

/** A request that came over the network: who asks, and from which address. */
export class CallerScope extends RequestScope {
  constructor(services: Services, viewer: Viewer, language: Language, traceId: string, signal: AbortSignal | null, readonly address: string) {
    super(services, viewer, language, traceId, signal);
  }
}

/** Chinese unless the caller prefers English: the policy's own language is the default. */
export function languageOf(header: string | undefined): Language {
  const choices = (header ?? '').split(',', 20).map((part, i) => {
    const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
    const quality = parameters.map(p => /^\s*q=([\d.]+)$/.exec(p)?.[1]).find(q => q !== undefined);
    return { tag, quality: quality === undefined ? 1 : Number(quality), i };
  });
  const known = choices.filter(choice => /^(zh|en)\b/.test(choice.tag) && choice.quality > 0);
  known.sort((a, b) => b.quality - a.quality || a.i - b.i);
  return known[0]?.tag.startsWith('en') ? 'en' : 'zh';
}

/** The trace id that the caller's gateway gave (W3C trace context), or one of our own. */
export function traceIdOf(request: IncomingMessage): string {
  const parent = /^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(String(request.headers.traceparent ?? ''))?.[1];
  return parent && !/^0+$/.test(parent) ? parent : randomUUID().replaceAll('-', '');
}

/** The caller's address. A forwarded one is believed only where the operator said that a proxy of theirs sets it. */
export function addressOf(request: IncomingMessage, trustProxy: boolean): string {
  const forwarded = trustProxy ? String(request.headers['x-forwarded-for'] ?? '').split(',').at(-1)?.trim() : '';
  return forwarded || (request.socket.remoteAddress ?? 'unknown');
}

/** The credential of an Authorization header as it stands, or null where there is none. */
export function credentialOf(header: unknown): string | null {
  if (typeof header !== 'string' || header.trim() === '') return null;
  return header.replace(/^Bearer\s+/i, '').trim();
}

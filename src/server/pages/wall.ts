import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { Fault } from '../../platform/graphql/index.js';
import { send } from '../http/respond.js';
import type { Route } from '../http/route.js';
import { projectFile } from '../project-file.js';

/** A file of the wall, and the policy under which a browser shows it where it is the page itself. */
export interface WallFile {
  readonly type: string;
  readonly body: string | Buffer;
  readonly contentSecurityPolicy: string | null;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** The modules of the console import the protocol's client by its package name; the browser is told where it lies. */
const IMPORT_MAP = JSON.stringify({ imports: { 'graphql-ws': '/wall/graphql-ws/client.js' } });

/** Stricter than the explorer's: no inline style, and of inline script the import map alone, by its digest. */
const POLICY = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${createHash('sha256').update(IMPORT_MAP).digest('base64')}'`,
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(';');

const loaded = new Map<string, WallFile>();

/** A file of `/wall` by its path, or null where there is none. Read once: the files are part of the release. */
export function wallFile(path: string): WallFile | null {
  const known = loaded.get(path);
  if (known) return known;
  const source = sourceOf(path);
  if (source === null || !existsSync(source)) return null;
  const type = TYPES[source.slice(source.lastIndexOf('.') + 1)]!;
  const body = readFileSync(source);
  const made = path === '/wall'
    ? { type, body: body.toString('utf8').replace('{{importmap}}', IMPORT_MAP), contentSecurityPolicy: POLICY }
    : { type, body, contentSecurityPolicy: null };
  loaded.set(path, made);
  return made;
}

/** Flat names only: no path leads out of the two folders. */
function sourceOf(path: string): string | null {
  if (path === '/wall') return projectFile('src', 'console', 'wall', 'wall.html');
  const own = /^\/wall\/([\w-]+\.(?:js|css|svg))$/.exec(path);
  if (own) return projectFile('src', 'console', 'wall', own[1]!);
  const protocol = /^\/wall\/graphql-ws\/([\w-]+\.js)$/.exec(path);
  return protocol ? projectFile('node_modules', 'graphql-ws', 'dist', protocol[1]!) : null;
}

/** The wall and all that it loads: an example client of the live contract, which asks no other host for anything. */
export const wallRoutes: readonly Route[] = ['/wall', '/wall/:file', '/wall/graphql-ws/:file'].map(path => ({
  method: 'GET',
  path,
  async handle(request, response) {
    const asked = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = wallFile(asked);
    if (file === null) throw new Fault('NOT_FOUND', { zh: `此处没有 ${asked}`, en: `there is nothing at ${asked}` });
    const policy: Record<string, string> = file.contentSecurityPolicy === null ? {} : { 'content-security-policy': file.contentSecurityPolicy };
    send(response, 200, file.type, file.body, { 'cache-control': 'no-cache', ...policy });
  },
}));

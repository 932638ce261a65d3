import { createServer, type Server } from 'node:net';
import { EncodingUnfit, FolderInUse, KeysUnfit, type Configuration } from '../platform/index.js';

/** Nobody can be served at HOST and PORT. */
export class NotListening extends Error {
  constructor(host: string, port: number, readonly code: string) {
    super(wordsOf(host, port, code));
    this.name = 'NotListening';
  }
}

function wordsOf(host: string, port: number, code: string): string {
  if (code === 'EADDRINUSE') return `${host} 的 ${port} 端口已被占用：请停止占用它的程序，或将 PORT 设为其他端口 / port ${port} of ${host} is taken: stop what holds it, or set PORT to another one`;
  if (code === 'EACCES') return `无权监听 ${port} 端口：请将 PORT 设为 1024 或以上 / port ${port} may not be opened by this user: set PORT to 1024 or above`;
  return `HOST ${host} 不是本机可监听的地址（${code}） / HOST ${host} is no address that this machine can listen on (${code})`;
}

/** Listens, or says in words why it cannot. */
export function listenAt(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => reject(new NotListening(host, port, error.code ?? error.message));
    server.once('error', fail);
    server.listen(port, host, () => {
      server.removeListener('error', fail);
      resolve();
    });
  });
}

/** Whoever has forgotten another server hears of it at once, not after the database and the demo city are made; the listening itself decides. */
export async function ensureFree(host: string, port: number): Promise<void> {
  const probe = createServer();
  await listenAt(probe, host, port);
  await new Promise<void>(resolve => probe.close(() => resolve()));
}

/** How a connection fails that no statement of ours could mend: the database is not there, or not for us. */
const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', '28000', '28P01', '57P03', '53300']);
const FOLDER_ERRORS = new Set(['EEXIST', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOENT', 'EISDIR', 'ELOOP', 'ENAMETOOLONG']);

/** Why a start failed, in words that say the fix; null where it is a defect of ours, which only its stack explains. */
export function startFailure(error: unknown, configuration: Pick<Configuration, 'DATABASE_URL' | 'DATA_FOLDER'>): string | null {
  if ([NotListening, FolderInUse, EncodingUnfit, KeysUnfit].some(told => error instanceof told)) return (error as Error).message;
  if (!(error instanceof Error)) return null;
  const { code, path } = error as NodeJS.ErrnoException;
  const { DATABASE_URL: url, DATA_FOLDER: folder } = configuration;
  if (path !== undefined && code !== undefined && FOLDER_ERRORS.has(code)) {
    return `数据目录 DATA_FOLDER（${folder}）不能使用（${code}）：请给出可写的目录 / DATA_FOLDER '${folder}' cannot be used (${code}): name a folder that can be written`;
  }
  if (url !== null && code === '3D000') {
    return `DATABASE_URL 所指的服务器上没有这个数据库（${placeOf(url)}）：请核对名称，或先建立它 / the server of DATABASE_URL has no such database (${placeOf(url)}): check the name, or create it first`;
  }
  if (url !== null && code !== undefined && UNREACHABLE.has(code)) {
    return `DATABASE_URL 所指的数据库（${placeOf(url)}）不能连接（${code}）：请核对地址、用户与密码，并确认它在运行 / the database of DATABASE_URL (${placeOf(url)}) cannot be reached (${code}): check its address, user and password, and that it runs`;
  }
  return error.cause === undefined ? null : startFailure(error.cause, configuration);
}

/** A start that failed for what whoever starts can mend, as the message says. */
export class NotStarted extends Error {
  override readonly name = 'NotStarted';
}

/** What a start failed for: in words where there are any, and as it is where it is a defect of ours. */
export function inWords(error: unknown, configuration: Configuration): unknown {
  const words = startFailure(error, configuration);
  return words === null ? error : new NotStarted(words, { cause: error });
}

/** Host, port and database: the password is nobody's business. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return 'postgresql://…';
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}

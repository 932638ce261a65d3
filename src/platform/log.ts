import { pino, type Logger } from 'pino';

export type Log = Logger;

// Personal fields and secrets by name, at any depth that we log. Statements are never logged with their parameters.
const REDACTED = [
  'plate', 'phone', 'name', 'idNumber', 'authorization', 'token', 'secret', 'password', 'apiKey', 'key', 'cookie',
  // Of payments (4.5-5): who pays, what opens a wallet, and what is signed or sealed.
  'openId', 'codeUrl', 'prepayId', 'paySign', 'signature', 'ciphertext', 'instructions',
].flatMap(field => [field, `*.${field}`, `*.*.${field}`]);

/** JSON lines on standard output (or standard error for the command, whose output is its answer). */
export function openLog(options: { readonly level: string; readonly destination?: 1 | 2 }): Log {
  return pino(
    {
      level: options.level,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: REDACTED, censor: '[redacted]' },
      serializers: { err: safeError },
    },
    pino.destination({ fd: options.destination ?? 1, sync: false }),
  );
}

/** Keeps an error's kind, message and stack, bounded: an embedded database may print tens of kB of its own source. */
function safeError(error: unknown): { readonly type: string; readonly message: string; readonly stack?: string; readonly code?: unknown } {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error).slice(0, 500) };
  return {
    type: error.constructor.name,
    message: error.message.slice(0, 1_000),
    stack: error.stack?.split('\n').slice(0, 12).map(line => line.slice(0, 300)).join('\n'),
    code: (error as { code?: unknown }).code,
  };
}

import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Language, Log } from '../../platform/index.js';
import { FAULT_CODES, Fault, unavailable, type FaultCode } from '../../platform/graphql/index.js';

/** What an answer's errors are written with. */
export interface Speech {
  readonly language: Language;
  readonly traceId: string;
  readonly log: Log;
}

const RETRY_MS = 1_000;
const MESSAGE_MAXIMUM = 600;

/** SQLSTATEs that say 'not now': connection, resources, cancelled or shut down, lock not free, serialisation. */
const AWAY = /^(08(?!P01)...|53...|57014|57P0.|55P03|40001|40P01|25P0[34]|XX000)$/;
/** Data exceptions: a value that reached a statement and does not fit it. */
const UNFIT = /^22...$/;
const AWAY_NODE = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);
/** The driver states these without a code. */
const AWAY_WORDS = /timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|the database system is|Query read timeout/i;

/** The fault that an error of a dependency amounts to, or null where it is our own defect. Never keeps its words. */
export function faultOfDependency(error: unknown): Fault | null {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = (cause as { previous?: unknown }).previous ?? cause.cause, depth++) {
    const code = (cause as { code?: unknown }).code;
    if (typeof code === 'string') {
      if (AWAY_NODE.has(code) || AWAY.test(code)) return unavailable(RETRY_MS);
      if (UNFIT.test(code)) return new Fault('BAD_USER_INPUT', FAULT_CODES.BAD_USER_INPUT);
    }
    if (AWAY_WORDS.test(cause.message)) return unavailable(RETRY_MS);
  }
  return null;
}

/** Any thrown value as a fault of the closed list; what is our own defect is logged under the trace id and never told (G21). */
export function faultOf(thrown: unknown, speech: Speech): Fault {
  const root = rootOf(thrown);
  if (root instanceof Fault) return root;
  const dependency = faultOfDependency(root);
  if (dependency) {
    speech.log.warn({ traceId: speech.traceId, err: root }, 'a dependency failed');
    return dependency;
  }
  speech.log.error({ traceId: speech.traceId, err: root }, 'internal error');
  return new Fault('INTERNAL', FAULT_CODES.INTERNAL);
}

/** An error of parsing, validating or coercing: the library's own words, which speak of the request alone. */
export function requestFault(error: GraphQLError): Fault {
  const root = rootOf(error);
  if (root instanceof Fault && error === root) return root;
  const code: FaultCode = root instanceof Fault ? root.code : 'BAD_USER_INPUT';
  const words = error.message.slice(0, MESSAGE_MAXIMUM);
  const zh = root instanceof Fault ? `${words.replace(root.text.en, '')}${root.text.zh}` : words;
  return new Fault(code, { zh: `请求不符合架构：${zh}`, en: words });
}

function rootOf(thrown: unknown): unknown {
  let root = thrown;
  while (root instanceof GraphQLError && !(root instanceof Fault) && root.originalError) root = root.originalError;
  return root;
}

/** Writes a fault as an answer's error: code, trace id and the message in the caller's language, nothing else. */
export function formatFault(fault: Fault, speech: Speech, place: { readonly locations?: GraphQLError['locations']; readonly path?: GraphQLError['path'] } = {}): GraphQLFormattedError {
  return {
    message: fault.text[speech.language],
    ...(place.locations ? { locations: place.locations } : {}),
    ...(place.path ? { path: place.path } : {}),
    extensions: { ...fault.extensions, code: fault.code, traceId: speech.traceId },
  };
}

export function formatRequestError(error: GraphQLError, speech: Speech): GraphQLFormattedError {
  return formatFault(requestFault(error), speech, error);
}

/** An error of execution. The library itself also throws for arguments that no variable check could see. */
export function formatExecutionError(error: GraphQLError, speech: Speech): GraphQLFormattedError {
  const root = rootOf(error);
  const isArgument = root instanceof GraphQLError && !(root instanceof Fault) && /^Argument "|^Variable "/.test(root.message);
  return formatFault(isArgument ? requestFault(root) : faultOf(error, speech), speech, error);
}

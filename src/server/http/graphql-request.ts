import type { IncomingMessage } from 'node:http';
import { badInput } from '../../platform/graphql/index.js';
import type { Asked } from '../graphql/execute.js';
import { readBody, Unacceptable } from './body.js';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Reads what a request asks, by GraphQL over HTTP; throws Unacceptable with the status of what is wrong. */
export async function readGraphqlRequest(request: IncomingMessage, url: URL, bodyBytes: number): Promise<Asked> {
  if (request.method === 'GET') return fromQuery(url);
  checkMediaType(request.headers['content-type'], request.headers['content-encoding']);
  const body = await readBody(request, bodyBytes);
  return askedOf(parsedJson(body), 'body');
}

function checkMediaType(header: string | undefined, encoding: string | undefined): void {
  const [type, ...parameters] = (header ?? '').toLowerCase().split(';').map(part => part.trim());
  if (type !== 'application/json') {
    throw new Unacceptable(415, badInput({ zh: `Content-Type 须为 application/json，收到 ${(header ?? '无').slice(0, 80)}`, en: `the Content-Type must be application/json, got ${(header ?? 'none').slice(0, 80)}` }));
  }
  const charset = parameters.find(parameter => parameter.startsWith('charset='))?.slice(8).replaceAll('"', '');
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw new Unacceptable(415, badInput({ zh: '请求体须为 UTF-8', en: 'the body must be UTF-8' }));
  }
  if (encoding !== undefined && encoding !== 'identity') {
    throw new Unacceptable(415, badInput({ zh: '不接受压缩的请求体', en: 'a compressed body is not accepted' }));
  }
}

function parsedJson(body: Buffer): unknown {
  try {
    return JSON.parse(UTF8.decode(body)) as unknown;
  } catch {
    throw new Unacceptable(400, badInput({ zh: '请求体不是有效的 UTF-8 JSON', en: 'the body is no valid JSON in UTF-8' }));
  }
}

function fromQuery(url: URL): Asked {
  const parsedParameter = (name: string): unknown => {
    const text = url.searchParams.get(name);
    if (text === null || text === '') return null;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw new Unacceptable(400, badInput({ zh: `参数 ${name} 不是有效的 JSON`, en: `the parameter ${name} is no valid JSON` }, name));
    }
  };
  return askedOf({
    query: url.searchParams.get('query') ?? undefined,
    operationName: url.searchParams.get('operationName') || null,
    variables: parsedParameter('variables'),
    extensions: parsedParameter('extensions'),
  }, 'query');
}

/** Checks the shape of a request: the same for a body, a query string and a socket's message. */
export function askedOf(value: unknown, where: string): Asked {
  if (Array.isArray(value)) throw new Unacceptable(400, badInput({ zh: '不接受批量请求（数组）', en: 'batches (arrays) are not accepted' }));
  if (!isMap(value)) throw new Unacceptable(400, badInput({ zh: '请求须为 JSON 对象', en: `the ${where} must be a JSON object` }));
  const { query, operationName, variables, extensions } = value;
  if (typeof query !== 'string' || query.trim() === '') throw new Unacceptable(400, badInput({ zh: 'query 须为非空字符串', en: 'query must be a string that is not empty' }, 'query'));
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
    throw new Unacceptable(400, badInput({ zh: 'operationName 须为字符串', en: 'operationName must be a string' }, 'operationName'));
  }
  for (const [name, map] of [['variables', variables], ['extensions', extensions]] as const) {
    if (map !== undefined && map !== null && !isMap(map)) throw new Unacceptable(400, badInput({ zh: `${name} 须为对象`, en: `${name} must be an object` }, name));
  }
  return { query, operationName: operationName || null, variables: isMap(variables) ? variables : null };
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { isRefusal, type Problem } from '../kernel/index.js';
import type { RequestScope } from '../platform/index.js';
import { Fault, badInput, notFound } from '../platform/graphql/index.js';
import { ensureMay } from '../identity/index.js';
import { declaredMapping } from './declared-mapping.js';
import { importFile, type ImportRequest } from './import-file.js';
import { IMPORT_KINDS, type ImportKindName } from './import-kind.js';
import { importKind } from './import-kinds.js';
import { findMapping } from './import-mapping.sql.js';
import { IMPORT_MODES, type ImportMode } from './import-report.js';
import { MAPPING_BYTES, mappingText } from './mapping.js';
import { storeMapping } from './store-mapping.js';
import { templateFormat, templateOf } from './template.js';

type Parameters = Readonly<Record<string, string>>;
type Handle = (request: IncomingMessage, response: ServerResponse, scope: RequestScope, parameters: Parameters) => Promise<void>;

/** The paths of this room, in the shape that the server's slot takes. */
export const importRoutes: ReadonlyArray<{ readonly method: 'GET' | 'POST' | 'PUT'; readonly path: string; readonly handle: Handle }> = [
  { method: 'POST', path: '/imports/:kind', handle: postImport },
  { method: 'GET', path: '/imports/:kind/template.csv', handle: templateIn('CSV') },
  { method: 'GET', path: '/imports/:kind/template.geojson', handle: templateIn('GEOJSON') },
  { method: 'PUT', path: '/imports/mappings/:name', handle: putMappingFile },
];

const MEDIA_TYPES = ['text/csv', 'application/csv', 'application/geo+json', 'application/json', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'application/octet-stream'];
const PARAMETERS = ['mode', 'dryRun', 'mapping', 'source', 'city', 'crs', 'observedOn', 'encoding', 'sheet'];

/** POST /imports/{kind}: the body is the file; the answer is the report, or lines of progress and then the report. */
async function postImport(request: IncomingMessage, response: ServerResponse, scope: RequestScope, parameters: Parameters): Promise<void> {
  ensureMay(scope.viewer, 'import:run');
  const kind = kindOf(parameters);
  const { type, charset } = mediaTypeOf(request);
  if (!MEDIA_TYPES.includes(type)) throw badInput({ zh: `不接受 ${type || '未注明'} 类型的正文，应为 ${MEDIA_TYPES.join('、')}`, en: `a body of ${type || 'no'} type is not taken, one of ${MEDIA_TYPES.join(', ')} is` }, 'content-type');
  const query = queryOf(request);
  const stored = query.mapping === undefined ? null : await findMapping(scope.database, query.mapping);
  if (query.mapping !== undefined && stored === null) throw notFound('mapping', query.mapping);
  const mapping = declaredMapping(kind, stored?.content ?? null, {
    source: query.source ?? null, city: query.city ?? null, crs: query.crs ?? null, observedOn: query.observedOn ?? null, encoding: query.encoding ?? charset, sheet: query.sheet ?? null,
  });
  if (isRefusal(mapping)) throw refused(mapping.problems);

  const asked = { kind: importKind(kind), stream: request, mapping: mapping.value, mode: modeOf(query.mode), dryRun: yesNoOf('dryRun', query.dryRun) };
  if ((request.headers.accept ?? '').includes('application/x-ndjson')) return answerInLines(response, scope, asked);
  const outcome = await importFile(scope, asked);
  if (isRefusal(outcome)) throw refused(outcome.problems);
  answer(response, outcome.value.state === 'DONE' ? 200 : 422, { report: outcome.value });
}

/** Lines of progress, then one of the report. What goes wrong before the first line is an ordinary fault; after it, a line of its own. */
async function answerInLines(response: ServerResponse, scope: RequestScope, asked: ImportRequest<never>): Promise<void> {
  const write = (line: object) => {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8', 'cache-control': 'no-store' });
    response.write(`${JSON.stringify(line)}\n`);
  };
  try {
    const outcome = await importFile(scope, { ...asked, onProgress: progress => write({ progress }) });
    if (isRefusal(outcome)) throw refused(outcome.problems);
    write({ report: outcome.value });
  } catch (error) {
    if (!response.headersSent) throw error;
    scope.services.log.error({ traceId: scope.traceId, error: (error as Error).message }, 'an import broke off');
    write({ error: { code: error instanceof Fault ? error.code : 'INTERNAL', traceId: scope.traceId } });
  }
  response.end();
}

/** GET /imports/{kind}/template.csv or .geojson: a kind has one template, in the format that it is best told in. */
function templateIn(format: 'CSV' | 'GEOJSON'): Handle {
  return async (_request, response, _scope, parameters) => {
    const kind = kindOf(parameters);
    const only = templateFormat(kind);
    if (only !== format) throw notFound({ zh: `${format} 模板（只有 template.${only.toLowerCase()}）：`, en: `${format} template (only template.${only.toLowerCase()}) of` }, kind);
    const type = format === 'CSV' ? 'text/csv; charset=utf-8' : 'application/geo+json';
    response.writeHead(200, { 'content-type': type, 'content-disposition': `attachment; filename="${kind}.${format.toLowerCase()}"` }).end(templateOf(kind));
  };
}

/** PUT /imports/mappings/{name}: keeps a mapping, YAML or JSON, for later imports. */
async function putMappingFile(request: IncomingMessage, response: ServerResponse, scope: RequestScope, parameters: Parameters): Promise<void> {
  const outcome = await storeMapping(scope, { name: parameters.name!, content: await textOf(request) });
  if (isRefusal(outcome)) throw refused(outcome.problems);
  answer(response, 200, { mapping: outcome.value });
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAPPING_BYTES) throw badInput({ zh: `映射文件超过 ${MAPPING_BYTES / 1024} kB`, en: `the mapping is larger than ${MAPPING_BYTES / 1024} kB` });
    chunks.push(chunk);
  }
  const text = mappingText(Buffer.concat(chunks));
  if (isRefusal(text)) throw refused(text.problems);
  return text.value;
}

function kindOf({ kind }: Parameters): ImportKindName {
  const found = IMPORT_KINDS.find(each => each === kind);
  if (found === undefined) throw notFound({ zh: `导入类别（只有 ${IMPORT_KINDS.join('、')}）：`, en: `kind of import (there are ${IMPORT_KINDS.join(', ')})` }, kind ?? '');
  return found;
}

function mediaTypeOf(request: IncomingMessage): { readonly type: string; readonly charset: string | null } {
  const [type = '', ...rest] = (request.headers['content-type'] ?? '').split(';').map(part => part.trim().toLowerCase());
  const charset = rest.find(part => part.startsWith('charset='))?.slice('charset='.length).replaceAll('"', '') ?? null;
  return { type, charset };
}

/** Parameters of the path's query; one that is not known, or given twice, is a mistake that would otherwise pass unseen. */
function queryOf(request: IncomingMessage): Readonly<Record<string, string | undefined>> {
  const search = (request.url ?? '').split('?')[1] ?? '';
  const query = new URLSearchParams(search);
  const unknown = [...query.keys()].find(name => !PARAMETERS.includes(name));
  if (unknown !== undefined) throw badInput({ zh: `参数“${unknown.slice(0, 60)}”未知，可用 ${PARAMETERS.join('、')}`, en: `the parameter '${unknown.slice(0, 60)}' is unknown; there are ${PARAMETERS.join(', ')}` }, 'query');
  const repeated = [...query.keys()].find((name, index, names) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw badInput({ zh: `参数“${repeated}”出现多次，只能写一次`, en: `the parameter '${repeated}' is given more than once` }, repeated);
  return Object.fromEntries(query);
}

function modeOf(text = 'ALL_OR_NOTHING'): ImportMode {
  const found = IMPORT_MODES.find(mode => mode === text);
  if (found === undefined) throw badInput({ zh: `mode 为“${text.slice(0, 60)}”，应为 ${IMPORT_MODES.join('、')} 之一`, en: `mode is '${text.slice(0, 60)}', not one of ${IMPORT_MODES.join(', ')}` }, 'mode');
  return found;
}

function yesNoOf(name: string, text = 'false'): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw badInput({ zh: `${name} 应为 true 或 false，收到“${text.slice(0, 60)}”`, en: `${name} must be true or false, got '${text.slice(0, 60)}'` }, name);
}

function refused(problems: readonly Problem[]): Fault {
  const [first] = problems;
  return new Fault('BAD_USER_INPUT', { zh: first!.zh, en: first!.en }, { problems: problems.map(({ code, zh, en, field = null, clause = null }) => ({ code, zh, en, field, clause })) });
}

function answer(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }).end(JSON.stringify(value));
}

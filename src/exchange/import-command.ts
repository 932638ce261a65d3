import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import type { ParseArgsOptionsConfig } from 'node:util';
import { isRefusal, type Problem } from '../kernel/index.js';
import { RequestScope, isId, type Services, type Viewer } from '../platform/index.js';
import { systemViewer } from '../identity/index.js';
import { declaredMapping } from './declared-mapping.js';
import { mappingText } from './mapping.js';
import { whyUnreadable } from './given-file.js';
import { importFile, type ImportProgress } from './import-file.js';
import { IMPORT_KINDS } from './import-kind.js';
import { importKind } from './import-kinds.js';
import { IMPORT_MODES } from './import-report.js';
import { reportLines } from './report-lines.js';

type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** What the server's command line hands in: standard output, standard error, and the services, opened on first use. */
interface CommandContext {
  readonly write: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly services: () => Promise<Services>;
}

const OPTIONS = {
  mapping: { type: 'string' }, source: { type: 'string' }, city: { type: 'string' }, crs: { type: 'string' }, 'observed-on': { type: 'string' },
  encoding: { type: 'string' }, sheet: { type: 'string' }, mode: { type: 'string' }, as: { type: 'string' }, 'dry-run': { type: 'boolean' }, json: { type: 'boolean' },
} as const satisfies ParseArgsOptionsConfig;

/**
 * `chaowei import KIND FILE`. Progress goes to `progress`, the report to standard output. Exit codes: 0 written (or, of a
 * dry run, fit to be written), also where VALID_ROWS left rows out; 1 refused; 2 misused.
 */
export function importCommand(progress: (line: string) => void) {
  return {
    name: 'import',
    usage: 'import jurisdictions|facilities|windows|walk-network FILE [--mapping FILE] [--source NAME] [--city CODE] [--crs WGS84|CGCS2000|GCJ02|BD09] [--observed-on DATE] [--encoding UTF-8|GB18030] [--sheet NAME] [--mode ALL_OR_NOTHING|VALID_ROWS] [--dry-run] [--as PARTY] [--json]',
    summary: '导入行政区、停车设施、共享时段或步行路网（GeoJSON） imports jurisdictions, facilities, windows or a walking network (GeoJSON); exit code 0 written, 1 refused, 2 misused',
    options: OPTIONS,
    words: 2,
    run: (context: CommandContext, words: readonly string[], flags: Flags) => run(context, words, flags, progress),
  };
}

async function run(context: CommandContext, [kindName, path]: readonly string[], flags: Flags, progress: (line: string) => void): Promise<number> {
  const kind = IMPORT_KINDS.find(each => each === kindName);
  const mode = IMPORT_MODES.find(each => each === (flags.mode ?? 'ALL_OR_NOTHING'));
  const party = text(flags.as);
  if (kind === undefined) return misused(context, `“${kindName}”不是可导入的类别：${IMPORT_KINDS.join('、')} / '${kindName}' is none of ${IMPORT_KINDS.join(', ')}`);
  if (mode === undefined) return misused(context, `--mode 须为 ${IMPORT_MODES.join('、')} 之一 / --mode is one of ${IMPORT_MODES.join(', ')}`);
  if (party !== null && !isId('party', party)) return misused(context, `--as 须为主体标识 pty_… / --as is a party's id, pty_…`);

  const mappingPath = text(flags.mapping);
  const unreadable = whyUnreadable(path!) ?? (mappingPath === null ? null : whyUnreadable(mappingPath));
  if (unreadable !== null) return misused(context, unreadable);
  const mappingFile = mappingPath === null ? null : mappingText(await readFile(mappingPath));
  if (mappingFile !== null && !mappingFile.ok) return refused(context, mappingFile.problems);
  const mapping = declaredMapping(kind, mappingFile?.value ?? null, {
    source: text(flags.source), city: text(flags.city), crs: text(flags.crs), observedOn: text(flags['observed-on']), encoding: text(flags.encoding), sheet: text(flags.sheet),
  });
  if (isRefusal(mapping)) return refused(context, mapping.problems);

  const services = await context.services();
  const scope = new RequestScope(services, party === null ? systemViewer : actingFor(party), 'zh', `cli-${randomBytes(12).toString('hex')}`);
  const stream = createReadStream(path!);
  const outcome = await importFile(scope, { kind: importKind(kind), stream, mapping: mapping.value, mode, dryRun: flags['dry-run'] === true, onProgress: speedometer(services, progress) });
  if (isRefusal(outcome)) return refused(context, outcome.problems);
  if (flags.json) context.write(JSON.stringify(outcome.value, null, 2));
  else reportLines(outcome.value).forEach(context.write);
  return outcome.value.state === 'DONE' ? 0 : 1;
}

/** The platform's own command with one party's rights: what that party could not import, it refuses. */
function actingFor(partyId: string): Viewer {
  return { ...systemViewer, actorId: partyId, partyIds: [partyId], grants: [{ action: '*', partyId, jurisdictionCode: null }] };
}

function speedometer({ clock }: Services, progress: (line: string) => void): (told: ImportProgress) => void {
  const startedAt = clock.now();
  return ({ rows, refused }) => {
    const seconds = Math.max(0.001, (clock.now() - startedAt) / 1000);
    progress(`已读 ${rows} 行，拒绝 ${refused}，每秒 ${Math.round(rows / seconds)} 行 / ${rows} rows read, ${refused} refused, ${Math.round(rows / seconds)} rows/s`);
  };
}

const text = (flag: string | boolean | undefined): string | null => (typeof flag === 'string' && flag !== '' ? flag : null);

function misused(context: CommandContext, words: string): number {
  context.complain(words);
  return 2;
}

function refused(context: CommandContext, problems: readonly Problem[]): number {
  for (const { code, zh, en } of problems) context.complain(`${code}: ${zh} / ${en}`);
  return 1;
}

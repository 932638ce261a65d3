import { accessSync, constants } from 'node:fs';
import { backEndVersions, isMigrated, makeFolder, readAuditHeads, verifyAuditChain, type Services } from '../../platform/index.js';
import { migrations } from '../../../migrations/index.js';
import type { Command, CommandContext } from './command.js';

interface Finding {
  readonly ok: boolean;
  readonly what: string;
  readonly detail: string;
}

/** Checks all that a start needs, and prints every check whether it passed or not. */
export const doctor: Command = {
  name: 'doctor',
  usage: 'doctor',
  summary: '逐项检查运行条件 prints every check of what a start needs',
  options: {},
  words: 0,
  async run(context) {
    const findings: Finding[] = [
      { ok: true, what: 'Node', detail: process.versions.node },
      { ok: true, what: '配置 configuration', detail: 'valid' },
      folderFinding(context),
    ];
    try {
      const services = await context.services();
      findings.push(...(await serviceFindings(services)));
    } catch (error) {
      findings.push({ ok: false, what: '数据库 database', detail: (error as Error).message });
    }
    for (const { ok, what, detail } of findings) context.write(`${ok ? 'ok  ' : 'FAIL'} ${what}: ${detail}`);
    return findings.every(finding => finding.ok) ? 0 : 1;
  },
};

function folderFinding({ configuration }: CommandContext): Finding {
  const what = '数据目录 DATA_FOLDER';
  try {
    makeFolder(configuration.DATA_FOLDER);
    accessSync(configuration.DATA_FOLDER, constants.W_OK);
    return { ok: true, what, detail: configuration.DATA_FOLDER };
  } catch (error) {
    return { ok: false, what, detail: `${configuration.DATA_FOLDER}: ${(error as Error).message}` };
  }
}

/** Every chain of the audit, held against the heads that were signed outside the database (G28). */
async function auditFinding(services: Services): Promise<Finding> {
  const what = '审计链 audit chain';
  try {
    const { rows, brokenAt } = await verifyAuditChain(services.database, { heads: await readAuditHeads(services) });
    if (brokenAt === null) return { ok: true, what, detail: `${rows} lines whole` };
    return { ok: false, what, detail: `broken on ${brokenAt.day} at ${brokenAt.sequence}: ${brokenAt.reason}` };
  } catch (error) {
    return { ok: false, what, detail: (error as Error).message };
  }
}

async function serviceFindings(services: Services): Promise<readonly Finding[]> {
  const { database, live, configuration } = services;
  const { version, postgis } = await backEndVersions(database);
  return [
    { ok: Number.parseInt(version, 10) >= 15, what: '数据库 database', detail: `${database.backEnd} ${version}, PostGIS ${postgis}` },
    { ok: await isMigrated(database, migrations), what: '迁移 migrations', detail: `${migrations.length} known` },
    await auditFinding(services),
    { ok: live.isConnected(), what: '总线 live bus', detail: live.isConnected() ? live.kind : `${live.kind}, not connected (${configuration.REDIS_URL ? 'REDIS_URL is set' : 'in process'})` },
  ];
}

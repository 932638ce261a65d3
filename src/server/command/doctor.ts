import { accessSync, constants, mkdirSync } from 'node:fs';
import { one, type Services } from '../../platform/index.js';
import { isMigrated } from '../../platform/index.js';
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
    mkdirSync(configuration.DATA_FOLDER, { recursive: true, mode: 0o700 });
    accessSync(configuration.DATA_FOLDER, constants.W_OK);
    return { ok: true, what, detail: configuration.DATA_FOLDER };
  } catch (error) {
    return { ok: false, what, detail: `${configuration.DATA_FOLDER}: ${(error as Error).message}` };
  }
}

async function serviceFindings({ database, live, configuration }: Services): Promise<readonly Finding[]> {
  const { version, postgis } = await one<{ version: string; postgis: string }>(database, `select current_setting('server_version') as version, postgis_lib_version() as postgis`);
  return [
    { ok: Number.parseInt(version, 10) >= 15, what: '数据库 database', detail: `${database.backEnd} ${version}, PostGIS ${postgis}` },
    { ok: await isMigrated(database, migrations), what: '迁移 migrations', detail: `${migrations.length} known` },
    { ok: live.isConnected(), what: '总线 live bus', detail: live.isConnected() ? live.kind : `${live.kind}, not connected (${configuration.REDIS_URL ? 'REDIS_URL is set' : 'in process'})` },
  ];
}

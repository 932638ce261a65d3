import type { ImportReport } from './import-report.js';

/** A report for a person at a terminal: what happened in one line, the counts, then every problem in both languages. */
export function reportLines(report: ImportReport): readonly string[] {
  const { rows, created, changed, confirmed, unchanged, superseded, refused, findings, problems, problemCount } = report;
  const lines = [
    verdictOf(report),
    `  导入 run      ${report.runId}`,
    `  文件 file     ${report.format ?? '—'}${report.encoding === null ? '' : `, ${report.encoding}`}；${rows} 行 rows`,
    `  新增 created ${created} · 变更 changed ${changed} · 确认 confirmed ${confirmed} · 未变 unchanged ${unchanged} · 过时 superseded ${superseded} · 拒绝 refused ${refused} · 提示 findings ${findings}`,
  ];
  for (const { severity, row, column, value, rule, zh, en } of problems) {
    const place = [row === null ? null : `第 ${row} 行 row ${row}`, column, value === null ? null : `“${value}”`].filter(part => part !== null).join(' · ');
    const clause = rule.clause === null ? '' : `（${rule.clause}）`;
    lines.push(`  ${severity === 'REFUSED' ? '✗' : '!'} ${place} ${rule.code}${clause}`, `      ${zh}`, `      ${en}`);
  }
  if (problemCount > problems.length) lines.push(`  另有 ${problemCount - problems.length} 条未列出 / ${problemCount - problems.length} more are not listed`);
  return lines;
}

function verdictOf({ state, dryRun, mode, rows, refused, created, changed, confirmed, unchanged }: ImportReport): string {
  if (state !== 'DONE') return '已拒绝，什么也没有写入 / refused, nothing was written';
  if (rows + refused + created + changed + confirmed + unchanged === 0) return '文件只有表头，没有数据行：什么也没有写入 / the file has a heading and no rows: nothing was written';
  if (dryRun) return '试运行：什么也没有写入 / dry run: nothing was written';
  if (created + changed + confirmed === 0) return `没有变化：${unchanged} 条与现有数据相同 / nothing changed: ${unchanged} are as they stand`;
  return refused > 0 && mode === 'VALID_ROWS' ? '已写入合格的行 / the sound rows are written' : '已全部写入 / all is written';
}

import { counted } from '../../kernel/index.js';
import { reportMessage } from './report-words.js';
import type { ReportReason } from './report-verdict.js';

interface FindingTold {
  readonly kind: 'ABOVE_CAPACITY' | 'DRIFT' | 'QUARANTINED' | 'SILENT';
  readonly reason: ReportReason | null;
  readonly times: number;
  readonly raw: Readonly<Record<string, unknown>>;
}

/** A finding in words, naming the numbers. */
export function findingMessage({ kind, reason, times, raw }: FindingTold, observedAt: string): { readonly zh: string; readonly en: string } {
  switch (kind) {
    case 'ABOVE_CAPACITY': {
      const count = raw.occupied ?? raw.free;
      return { zh: `上报 ${count} 个，超过总数 ${raw.capacity} 个；本小时 ${times} 次`, en: `${count} spaces were told, of ${raw.capacity} there are; ${counted(times, 'time')} in this hour` };
    }
    case 'DRIFT': return { zh: `车辆计数应为 ${raw.expected}，实测 ${raw.counted}，相差 ${raw.delta}`, en: `the vehicle counter led to ${raw.expected}, ${raw.counted} were counted: a drift of ${raw.delta}` };
    case 'SILENT': return { zh: `自 ${raw.lastReceivedAt} 起未收到上报，间隔 ${raw.intervalSeconds} 秒`, en: `nothing came since ${raw.lastReceivedAt}, with an interval of ${raw.intervalSeconds} s` };
    case 'QUARANTINED': return reportMessage(reason!, detailOf(raw), {
      facility: textOf(raw.facilityId ?? raw.facilityCode), zone: textOf(raw.zoneCode), spaceClass: textOf(raw.spaceClass), number: textOf(raw.number),
      count: null, sequence: textOf(raw.eventId ?? raw.sequence), observedAt,
    });
  }
}

const textOf = (value: unknown): string | null => (value == null ? null : String(value));

function detailOf({ detail }: Readonly<Record<string, unknown>>): string | number | null {
  return typeof detail === 'string' || typeof detail === 'number' ? detail : null;
}

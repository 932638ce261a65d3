import type { ReportReason } from './report-verdict.js';

/** What a message about one report can name. */
export interface ReportedThing {
  /** The facility by the id or code that the report gave; null where it gave none. */
  readonly facility: string | null;
  readonly zone: string | null;
  readonly spaceClass: string | null;
  readonly number: string | null;
  readonly count: number | null;
  readonly sequence: number | string | null;
  readonly observedAt: string;
}

interface Words {
  readonly zh: string;
  readonly en: string;
}

const MALFORMED: Readonly<Record<string, Words>> = {
  FACILITY: { zh: 'facilityId 与 facilityCode 须且只须给出一个', en: 'give exactly one of facilityId and facilityCode' },
  REGISTER: { zh: '使用 facilityCode 时须给出 register', en: 'facilityCode needs the register that it is of' },
  COUNT: { zh: 'occupied 与 free 须且只须给出一个', en: 'give exactly one of occupied and free' },
  EVENT_ID: { zh: 'eventId 须为 1–100 个字符', en: 'eventId has 1 to 100 characters' },
};

/** Why a report was not simply accepted, naming the thing and the number, in both languages. */
export function reportMessage(reason: ReportReason, detail: number | string | null, thing: ReportedThing): Words {
  const facility = thing.facility?.slice(0, 80) ?? '';
  const zone = thing.zone?.slice(0, 80) ?? '';
  switch (reason) {
    case 'MALFORMED': return MALFORMED[String(detail)] ?? { zh: '上报不完整', en: 'the report is incomplete' };
    case 'NEGATIVE': return { zh: `数量 ${detail} 为负`, en: `the count ${detail} is negative` };
    case 'UNKNOWN_FACILITY': return { zh: `没有停车设施 ${facility}`, en: `there is no facility ${facility}` };
    case 'UNKNOWN_ZONE': return { zh: `停车设施 ${facility} 没有分区 ${zone}`, en: `the facility ${facility} has no zone ${zone}` };
    case 'UNKNOWN_CLASS': return { zh: `停车设施 ${facility} 此处没有 ${thing.spaceClass} 类泊位`, en: `the facility ${facility} has no ${thing.spaceClass} spaces there` };
    case 'UNKNOWN_SPACE': return { zh: `分区 ${zone} 没有编号 ${thing.number?.slice(0, 80)} 的泊位`, en: `the zone ${zone} has no space number ${thing.number?.slice(0, 80)}` };
    case 'WRONG_PARTY': return { zh: `主体 ${detail} 不是停车设施 ${facility} 的产权、管理或运营方，未受其委托，或无权为其上报`, en: `the party ${detail} is not owner, manager or operator of the facility ${facility}, has no delegation of theirs to report, or may not report for it` };
    case 'FUTURE': return { zh: `观测时刻 ${thing.observedAt} 超前平台时钟 ${detail} 秒，至多 300 秒`, en: `observed at ${thing.observedAt}, ${detail} s ahead of the clock; at most 300 s are allowed` };
    case 'EXPIRED': return { zh: `观测时刻 ${thing.observedAt} 已超过 48 小时，不再保存`, en: `observed at ${thing.observedAt}, more than 48 h ago: not kept` };
    case 'ABOVE_CAPACITY': return { zh: `上报 ${thing.count} 个，超过总数 ${detail} 个；原值保留，展示时截断`, en: `${thing.count} spaces are more than the ${detail} there are; kept as told, clamped where it is shown` };
    case 'LATE': return { zh: `迟到 ${detail} 秒，已过其有效期；计入历史，不能使数字恢复新鲜`, en: `it came ${detail} s after it had grown stale: it counts, but makes no figure fresh` };
    case 'OUT_OF_ORDER': return { zh: `早于现行数字（${detail}），只计入历史`, en: `older than the count in force, of ${detail}: kept as history only` };
    case 'DUPLICATE': return { zh: '与已收到的上报相同', en: 'the same report was received before' };
    case 'SEQUENCE_REUSED': return { zh: `序号 ${thing.sequence} 已用于另一内容`, en: `the sequence or id ${thing.sequence} was used for another content` };
    case 'NO_BASE': return { zh: '尚无绝对数可供增减，事件已保存', en: 'there is no count yet that it could move; the event is kept' };
  }
}

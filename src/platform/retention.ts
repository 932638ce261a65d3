interface Retention {
  readonly days: number;
  readonly zh: string;
  readonly en: string;
}

/** How long what would otherwise gather without end is kept, each with its why (GB/T 22239 8.1.4.10 and .11). What is not named here is kept. */
export const RETENTION = {
  idempotencyKeys: { days: 3, zh: '幂等键及其首次答复：承诺保留 72 小时', en: 'idempotency keys with their first answers: 72 hours are promised' },
  announcements: { days: 30, zh: '各模块公告的事件（发件箱）', en: 'what the rooms announced (the outbox)' },
  availabilityLog: { days: 2, zh: '可用泊位变更日志：断线重连数分钟即可续传', en: 'the log of availability: who was cut off resumes within minutes' },
  reservationLog: { days: 7, zh: '预约变更日志', en: 'the log of reservations' },
  quotes: { days: 7, zh: '失效且未被预约采用的报价；所采用的随预约保留', en: 'quotes that ran out and stand behind no reservation; one that does stays as long' },
  claimCounters: { days: 8, zh: '已过日期的泊位承诺计数；承诺本身保留', en: 'counters of promised spaces of days that are past; the promises stay' },
  reports: { days: 185, zh: '占用样本与车辆事件：网络日志须留存六个月以上（网络安全法）', en: 'samples and vehicle events: network records are kept for six months at least (Cybersecurity Law)' },
  occupancyFindings: { days: 185, zh: '上报数据质量发现', en: 'findings about reports' },
  notices: { days: 1_098, zh: '通知：三年内可主张权利（民法典第一百八十八条）', en: 'notices: a claim can be raised for three years (Civil Code, Article 188)' },
} as const satisfies Readonly<Record<string, Retention>>;

const DAY_MS = 86_400_000;

/** The instant before which something of this kind is kept no more. */
export function keptSince(kind: keyof typeof RETENTION, now: number): number {
  return now - RETENTION[kind].days * DAY_MS;
}

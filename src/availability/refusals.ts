import type { CodesOf, RefusalTable } from '../kernel/index.js';

/** What this room refuses with. A code that two rooms use stands in the lower one. */
export const AVAILABILITY_REFUSALS = {
  AGREEMENT_HOLDERS_ONLY: { zh: '该时段仅供共享协议车辆', en: 'this window is for holders of an agreement', remedy: 'CHOOSE_OTHER' },
  CLAIM_ENDED: { zh: '占用承诺 … 已终止或不存在', en: 'the claim … has ended, or there is none', remedy: 'READ_AGAIN' },
  CLAIM_UNKNOWN: { zh: '没有占用承诺 …', en: 'there is no claim …', remedy: 'READ_AGAIN' },
  CREDIT_TOO_LOW: { zh: '信用分须不低于 …，当前 …', en: 'a credit score of at least … is required, yours is …', remedy: 'CHOOSE_OTHER' },
  ENTRY_CURFEW: { zh: '所求时段内不可入场', en: 'entering is not possible within what was asked for', remedy: 'CHOOSE_OTHER' },
  EXIT_CURFEW: { zh: '整个时段均不可出场', en: 'leaving is not possible at any instant of the interval', remedy: 'CHOOSE_OTHER' },
  HOLD_EXPIRED: { zh: '保留时间已过，泊位已释放', en: 'the hold has ended; its spaces are free for others', remedy: 'READ_AGAIN' },
  INTERVAL_OUT_OF_RANGE: { zh: '间隔须为 1–… 秒，收到 …', en: 'an interval has 1 to … s; this has …', remedy: 'CORRECT_INPUT' },
  INTERVAL_TOO_FAR: { zh: '只能预留此后 … 天以内的时段', en: 'spaces are promised at most … days ahead', remedy: 'CHOOSE_OTHER' },
  INTERVAL_TOO_LONG: { zh: '一次至多预留 … 天', en: 'at most … days are promised at once', remedy: 'CHOOSE_OTHER' },
  NEIGHBOURS_ONLY: { zh: '该时段仅供 … 米内的周边居民', en: 'this window is for neighbours within … metres', remedy: 'CHOOSE_OTHER' },
  NOT_ENOUGH_SPACES: { zh: '时段内最少仅余 … 个泊位，所求 … 个', en: 'at the least … spaces are left in the interval, … were asked for', remedy: 'CHOOSE_OTHER' },
  NOT_LENT: { zh: '所求时段内没有、或不是全程有向该需求方出借该类泊位的共享时段', en: 'no window lends spaces of the class to this asker, or not for all of the interval', remedy: 'CHOOSE_OTHER' },
  RESIDENTS_ONLY: { zh: '该时段仅供本小区住户', en: 'this window is for residents of the community', remedy: 'CHOOSE_OTHER' },
  SPACE_OUT_OF_SERVICE: { zh: '泊位 … 已停用', en: 'space … is out of service', remedy: 'CHOOSE_OTHER' },
  SPACE_TAKEN: { zh: '泊位 … 在该时段已被预留', en: 'space … is promised to another within the interval', remedy: 'CHOOSE_OTHER' },
  SPACE_UNKNOWN: { zh: '该设施没有编号为 … 的此类泊位', en: 'the facility has no … space …', remedy: 'CORRECT_INPUT' },
} as const satisfies RefusalTable;

declare module '../kernel/refusals.js' {
  interface RefusalCodes extends CodesOf<typeof AVAILABILITY_REFUSALS> {}
}

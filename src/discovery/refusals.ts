import type { CodesOf, RefusalTable } from '../kernel/index.js';

/** What this room refuses with. A code that two rooms use stands in the lower one. */
export const DISCOVERY_REFUSALS = {
  LEAST_CREDIT: { zh: '驾驶人信用分须不低于 …', en: 'the driver needs a credit score of at least …', remedy: 'CHECK' },
  LENGTH_IMPLAUSIBLE: { zh: '所给长度 … 米与图形长度 … 米不符，单位须为米', en: 'the length given, … m, does not fit the … m that are drawn: the unit is metres', remedy: 'CORRECT_INPUT' },
  LENGTH_NOT_A_NUMBER: { zh: '属性 … 须为以米计的数', en: 'the property … must be a number of metres', remedy: 'CORRECT_INPUT' },
  NETWORK_EMPTY: { zh: '没有任何路段', en: 'there is no way in it', remedy: 'CORRECT_INPUT' },
  NETWORK_TOO_LARGE: { zh: '路网超过 … 条边：请按区县分来源导入', en: 'the network has more than … edges: import it district by district, each as a source of its own', remedy: 'CORRECT_INPUT' },
  NOT_A_LINE_STRING: { zh: '须为 LineString 路段，实为 …', en: 'a way must be a LineString and is …', remedy: 'CORRECT_INPUT' },
  NOT_A_POSITION: { zh: '第 … 个点不是 [经度, 纬度]', en: 'point … is no [longitude, latitude]', remedy: 'CORRECT_INPUT' },
  NO_WINDOW: { zh: '没有出借该类泊位的共享时段', en: 'no sharing window lends spaces of this class', remedy: 'CHOOSE_OTHER' },
  POINTS_TOO_FAR_APART: { zh: '相邻两点相距 … 米，超过 … 米，疑为坐标错误', en: 'two neighbouring points are … m apart, more than … m: one of them is probably wrong', remedy: 'CORRECT_INPUT' },
  PROVISIONAL_CALENDAR: { zh: '放假安排尚未公布，公布后复核', en: 'the holiday calendar of that year is not published yet; this is checked again when it is', remedy: 'CHECK' },
  TOO_FAR_ON_FOOT: { zh: '步行 … 米，超过所限的 … 米', en: '… m on foot, more than the … m that were asked for', remedy: 'CHOOSE_OTHER' },
  TOO_FEW_POINTS: { zh: '路段须有至少 2 个不同的点，实有 … 个', en: 'a way needs at least 2 different points and has …', remedy: 'CORRECT_INPUT' },
} as const satisfies RefusalTable;

declare module '../kernel/refusals.js' {
  interface RefusalCodes extends CodesOf<typeof DISCOVERY_REFUSALS> {}
}

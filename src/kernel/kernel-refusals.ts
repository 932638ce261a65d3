import type { CodesOf, RefusalTable } from './refusals.js';

/** What the kernel's own values refuse with. */
export const KERNEL_REFUSALS = {
  COORDINATE_IMPLAUSIBLE: { zh: '坐标 (…, …) 不在合理范围：经度 …～…、纬度 …～…', en: '(…, …) lies outside the expected area: longitude … to …, latitude … to …', remedy: 'CORRECT_INPUT' },
  COORDINATE_SWAPPED: { zh: '经纬度疑似颠倒：经度 …、纬度 … 对调后才在合理范围内', en: 'longitude … and latitude … look swapped: only the other order lies in the expected area', remedy: 'CORRECT_INPUT' },
  COORDINATE_ZERO: { zh: '坐标为 (0,0)，应是缺失值而非位置', en: 'the coordinate is (0,0), a missing value rather than a place', remedy: 'CORRECT_INPUT' },
  DATE_INVALID: { zh: '日期“…”无效，应为 YYYY-MM-DD 且确有此日', en: "'…' is no date; write an existing day as YYYY-MM-DD", remedy: 'CORRECT_INPUT' },
  ILLEGAL_TRANSITION: { zh: '… 处于 …，不能转为 … 或执行 …', en: '… is …, and … is not possible from there', remedy: 'READ_AGAIN' },
  LATITUDE_OUT_OF_RANGE: { zh: '纬度 … 不在 -90 至 90 之间', en: 'latitude … is not between -90 and 90', remedy: 'CORRECT_INPUT' },
  LONGITUDE_OUT_OF_RANGE: { zh: '经度 … 不在 -180 至 180 之间', en: 'longitude … is not between -180 and 180', remedy: 'CORRECT_INPUT' },
  NOT_MOTOR_VEHICLE: { zh: '“…”不是机动车，错时共享仅面向机动车', en: "'…' is no motor vehicle; spaces are shared with motor vehicles only", remedy: 'CORRECT_INPUT' },
  PLATE_COLOUR_MISMATCH: { zh: '号牌“…”（…）不会是颜色 …，应为 …', en: 'plate … (…) is never …, but …', remedy: 'CORRECT_INPUT' },
  PLATE_INVALID: { zh: '号牌“…”不符合任何机动车号牌格式（GA 36-2018）', en: "'…' is no motor-vehicle plate (GA 36-2018)", remedy: 'CORRECT_INPUT' },
  REASON_INVALID: { zh: '原因须为 …–… 字', en: 'a reason has … to … characters', remedy: 'CORRECT_INPUT' },
  STAY_IN_THE_PAST: { zh: '开始时间早于现在 … 分钟', en: 'the stay would have begun … minutes ago', remedy: 'CHOOSE_OTHER' },
  TEXT_CHARACTERS: { zh: '…含有不可见的控制字符 …', en: '… has the control character …, which nobody can see', remedy: 'CORRECT_INPUT' },
  TEXT_LENGTH: { zh: '文字的长度不合要求：须为 …–… 字', en: 'the text is too short or too long: … to … characters', remedy: 'CORRECT_INPUT' },
  TIME_INVALID: { zh: '时间“…”无效，应为 00:00 至 …', en: "'…' is no local time; write HH:MM from 00:00 to …", remedy: 'CORRECT_INPUT' },
  TIME_ZONE_UNKNOWN: { zh: '时区“…”不存在，例如应为 Asia/Shanghai', en: "'…' is no IANA time zone; write for instance Asia/Shanghai", remedy: 'CORRECT_INPUT' },
} as const satisfies RefusalTable;

declare module './refusals.js' {
  interface RefusalCodes extends CodesOf<typeof KERNEL_REFUSALS> {}
}

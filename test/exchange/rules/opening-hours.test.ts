import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DayRule, DaySelector } from '../../../src/kernel/index.js';
import { parseHours } from '../../../src/exchange/rules/opening-hours.js';

const rule = (days: DaySelector, from: number, minutes: number): DayRule => ({ days, from: { minute: from }, until: { durationMinutes: minutes } });
const EVERY = { weekdays: [1, 2, 3, 4, 5, 6, 7] };
const WEEKDAYS = { weekdays: [1, 2, 3, 4, 5] };
const WORKDAYS: DaySelector = { dayTypes: ['WORKDAY', 'MAKEUP_WORKDAY'] };

describe('hours are read as people write them', () => {
  test.each<readonly [string, readonly DayRule[]]>([
    ['18:00-07:30', [rule(EVERY, 1080, 810)]],
    ['18：00～次日07：30', [rule(EVERY, 1080, 810)]],
    ['24小時', [rule(EVERY, 0, 1440)]],
    ['24小时', [rule(EVERY, 0, 1440)]],
    ['WHOLE DAY', [rule(EVERY, 0, 1440)]],
    ['00:00-24:00', [rule(EVERY, 0, 1440)]],
    ['00:00:00-00:00:00', [rule(EVERY, 0, 1440)]],
    ['06:00-06:00', [rule(EVERY, 360, 1440)]],
    ['07時00分 至 22時30分', [rule(EVERY, 420, 930)]],
    ['7時至24時', [rule(EVERY, 420, 1020)]],
    ['7AM-10.30PM', [rule(EVERY, 420, 930)]],
    ['12AM-12PM', [rule(EVERY, 0, 720)]],
    ['星期一至星期六 7時至20時', [rule({ weekdays: [1, 2, 3, 4, 5, 6] }, 420, 780)]],
    ['周一至周五 18:00-次日07:30；周末 全天', [rule(WEEKDAYS, 1080, 810), rule({ weekdays: [6, 7] }, 0, 1440)]],
    ['週一至週六07-2130，週日09-17。', [rule({ weekdays: [1, 2, 3, 4, 5, 6] }, 420, 870), rule({ weekdays: [7] }, 540, 480)]],
    ['周六至周一 8:00-9:00', [rule({ weekdays: [1, 6, 7] }, 480, 60)]],
    ['周一、三、五 8:00-9:00, 12:00-13:00', [rule({ weekdays: [1, 3, 5] }, 480, 60), rule({ weekdays: [1, 3, 5] }, 720, 60)]],
    ['工作日 18:00-08:00; 节假日 24小时', [rule(WORKDAYS, 1080, 840), rule({ dayTypes: ['REST', 'HOLIDAY'] }, 0, 1440)]],
    ['SUN & PH 7AM-10.30PM', [rule({ weekdays: [7] }, 420, 930), rule({ dayTypes: ['HOLIDAY'] }, 420, 930)]],
    ['休息日前夕 20:00-次日20:00', [rule({ eveOfRest: true }, 1200, 1440)]],
    ['08:00-次日09:00', [rule(EVERY, 480, 1500)]],
    ['Mon-Fri 9:00-17:00', [rule(WEEKDAYS, 540, 480)]],
  ])('%s', (text, rules) => {
    expect(parseHours(text)).toEqual({ ok: true, value: rules });
  });
});

describe('what is not understood to the end is refused, never guessed', () => {
  test.each(['', '每日不逾8小時，每月不逾240小時', '臨停：8時至20時；月租：24小時', '收費日：1-6；收費時間：9~17', '25:00-26:00', '18:70-19:00', '13PM-2PM', '18:00', '周一', '18:00-', '24:00-08:00', 'closed', 'SUN & PH FR 7AM-10.30PM', '9'])('%s', text => {
    const read = parseHours(text);

    expect(read.ok ? read.value : read.problems.map(({ code, zh, en }) => [code, zh.includes(text), en.includes(text)])).toEqual([['HOURS_NOT_UNDERSTOOD', true, true]]);
  });
});

test('whatever stands in a cell, reading it ends, and what is taken lasts from a minute to two days', () => {
  fc.assert(fc.property(fc.oneof(fc.string({ maxLength: 60 }), fc.array(fc.constantFrom('周一', '至', '18:00', '-', '次日', '24小时', ',', ';', '7AM', '0730', ' '), { maxLength: 12 }).map(parts => parts.join(''))), text => {
    const read = parseHours(text);
    if (!read.ok) return;
    for (const { until } of read.value) {
      const minutes = 'durationMinutes' in until ? until.durationMinutes : 0;
      expect(minutes).toBeGreaterThanOrEqual(1);
      expect(minutes).toBeLessThanOrEqual(2 * 1440);
    }
  }));
});

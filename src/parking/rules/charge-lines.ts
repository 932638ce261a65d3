import type { ChargeLine, LineRule, PriceLine } from '../../billing/index.js';

const RULE_WORDS: Readonly<Record<LineRule, { readonly zh: string; readonly en: string }>> = {
  FREE: { zh: '免费', en: 'free' },
  PER_HOUR: { zh: '按小时', en: 'by the hour' },
  PER_BLOCK: { zh: '按时段', en: 'by blocks' },
  LADDER: { zh: '阶梯', en: 'by steps' },
  PER_ENTRY: { zh: '按次', en: 'by entry' },
  FLAT_AFTER_CLOSING: { zh: '闭店后定价', en: 'flat after closing' },
  FREE_MINUTES: { zh: '免费时长', en: 'free minutes' },
  UNCHARGED_HOURS: { zh: '不收费时段', en: 'hours without a charge' },
  NO_TARIFF: { zh: '无收费标准', en: 'no tariff' },
};

/** The lines of a price as a charge bears them: what costs something, in words, each with its stretch of time. */
export function chargeLinesOf({ lines }: { readonly lines: readonly PriceLine[] }): readonly ChargeLine[] {
  return lines.filter(line => line.amountFen !== 0).map(({ rule, band, amountFen, startsAt, endsAt }) => {
    const { zh, en } = RULE_WORDS[rule];
    return { zh: band === null ? `停车费（${zh}）` : `停车费：${band}（${zh}）`, en: band === null ? `parking, ${en}` : `parking: ${band}, ${en}`, amountFen, startsAt, endsAt };
  });
}

import type { TariffTerms } from '../../billing/index.js';
import type { FacilityDraft } from '../../facilities/index.js';
import type { WindowDraft } from '../../sharing/index.js';
import type { Draw } from './draw.js';

type Band = TariffTerms['bands'][number];
type Price = Band['price'];

const YUAN = 100;
const always = (name: string, price: Price, spaceClasses: Band['spaceClasses'] = null): Band => ({ name, when: null, spaceClasses, price });

/** Halves up to whole fen, with caps and free minutes where they are told. */
function terms(bands: readonly Band[], more: Partial<TariffTerms> = {}): TariffTerms {
  return { bands, caps: [], freeMinutes: null, rounding: { rule: 'HALF_UP', toFen: 1 }, blocksAtEdges: 'ANEW', ...more };
}

/** Blocks begun, a quarter of an hour to turn round in, and a most a day: what a public car park asks. */
function publicTariff(yuanPerHalfHour: number, mostYuan: number): TariffTerms {
  return terms(
    [always('充电车位', { kind: 'PER_BLOCK', blockMinutes: 30, fenPerBlock: (yuanPerHalfHour + 0.5) * YUAN }, ['CHARGING']), always('全天', { kind: 'PER_BLOCK', blockMinutes: 30, fenPerBlock: yuanPerHalfHour * YUAN })],
    { caps: [{ name: '每日封顶', period: { kind: 'DAY', days: null }, fen: mostYuan * YUAN, bands: null }], freeMinutes: { minutes: 15, kind: 'GRACE' } },
  );
}

/** What a window of the demo costs, by its facility's category (2.4-3, 3.5-4); null is free. */
export function drawTariff(draw: Draw, facility: FacilityDraft, { terms: { rules, audience } }: WindowDraft): TariffTerms | null {
  switch (facility.category) {
    case 'KEY_AREA_PUBLIC':
      return publicTariff(draw.oneOf([1.5, 2, 2.5]), draw.oneOf([20, 25, 30]));
    case 'SOCIAL_PUBLIC':
      return draw.chance(0.2) ? null : publicTariff(draw.oneOf([1, 1.5, 2]), draw.oneOf([10, 15, 20]));
    case 'INSTITUTION':
      return draw.chance(0.5) ? null : terms([always('每次', { kind: 'PER_ENTRY', fen: draw.whole(3, 8) * YUAN })]);
    case 'COMMERCIAL':
      return commercialTariff(draw, rules[0]!);
    case 'RESIDENTIAL':
      return audience.kind === 'RESIDENTS' ? null : terms([always('日间', { kind: 'PER_HOUR', fenPerHour: draw.whole(2, 4) * YUAN })], { caps: [{ name: '每日封顶', period: { kind: 'DAY', days: null }, fen: 10 * YUAN, bands: null }] });
    case 'PRIVATE_SPACE':
      return terms([always('按小时', { kind: 'PER_HOUR', fenPerHour: draw.whole(2, 5) * YUAN })], { rounding: { rule: 'UP', toFen: 10 } });
  }
}

/** After closing one price a night, however long (2.4-3); in shopping hours by the half hour; an office's nights by the entry. */
function commercialTariff(draw: Draw, rule: WindowDraft['terms']['rules'][number]): TariffTerms {
  if ('afterCloseMinutes' in rule.from) return terms([{ name: '闭店后非定时价格', when: rule, spaceClasses: null, price: { kind: 'FLAT_AFTER_CLOSING', fen: draw.whole(5, 12) * YUAN } }]);
  if (rule.from.minute < 12 * 60) return publicTariff(draw.oneOf([2, 2.5, 3]), draw.oneOf([30, 40]));
  return terms([always('夜间每次', { kind: 'PER_ENTRY', fen: draw.whole(5, 10) * YUAN })]);
}

import { problem, type Problem, type RefusalCode } from '../../kernel/index.js';

/** The recorded tallies of an owners' assembly: area in m² and owners by head. */
export interface OwnersResolution {
  readonly kind: 'OWNERS_RESOLUTION';
  readonly areaTotal: number;
  readonly areaParticipating: number;
  readonly areaInFavour: number;
  readonly ownersTotal: number;
  readonly ownersParticipating: number;
  readonly ownersInFavour: number;
  /** Common parts are put to business use: three quarters must agree, not just more than half. */
  readonly businessUse: boolean;
}

interface Threshold {
  readonly numerator: number;
  readonly denominator: number;
  /** '以上' includes the number itself (Civil Code 1259); '过半数' does not. */
  readonly inclusive: boolean;
}

const PARTICIPATION: Threshold = { numerator: 2, denominator: 3, inclusive: true };
const BUSINESS_USE: Threshold = { numerator: 3, denominator: 4, inclusive: true };
const ORDINARY: Threshold = { numerator: 1, denominator: 2, inclusive: false };

/**
 * Whether a resolution carries under Civil Code 278 (I11): at least 2/3 of area and of owners take part; of those taking part
 * at least 3/4 of both agree to business use, more than half to anything else. A refusal shows the arithmetic (2.5-4).
 */
export function checkOwnersResolution(resolution: OwnersResolution): readonly Problem[] {
  const { areaTotal, areaParticipating, areaInFavour, ownersTotal, ownersParticipating, ownersInFavour, businessUse } = resolution;
  const area = [areaTotal, areaParticipating, areaInFavour];
  const owners = [ownersTotal, ownersParticipating, ownersInFavour];
  if (!isDescending(area) || !isDescending(owners) || !owners.every(Number.isSafeInteger)) {
    return [problem('RESOLUTION_INCONSISTENT', { zh: `决议计票前后矛盾：面积 ${area.join('≥')}，人数 ${owners.join('≥')} 不成立`, en: `the tallies contradict themselves: area ${area.join(' ≥ ')} or owners ${owners.join(' ≥ ')} does not hold`, clause: '2.5-4' })];
  }
  const agreement = businessUse ? BUSINESS_USE : ORDINARY;
  return [
    ...checkShare({ code: 'PARTICIPATION_TOO_LOW', zh: '参与表决专有面积', en: 'participating area' }, areaParticipating, areaTotal, PARTICIPATION),
    ...checkShare({ code: 'PARTICIPATION_TOO_LOW', zh: '参与表决人数', en: 'participating owners' }, ownersParticipating, ownersTotal, PARTICIPATION),
    ...checkShare({ code: 'AGREEMENT_TOO_LOW', zh: '同意专有面积', en: 'area in favour' }, areaInFavour, areaParticipating, agreement),
    ...checkShare({ code: 'AGREEMENT_TOO_LOW', zh: '同意人数', en: 'owners in favour' }, ownersInFavour, ownersParticipating, agreement),
  ];
}

function isDescending(values: readonly number[]): boolean {
  return values.every((value, index) => Number.isFinite(value) && value > (index === 0 ? 0 : -1) && (index === 0 || value <= values[index - 1]!));
}

function checkShare({ code, zh, en }: { code: RefusalCode; zh: string; en: string }, part: number, whole: number, threshold: Threshold): readonly Problem[] {
  const { numerator, denominator, inclusive } = threshold;
  // Multiplied out, so that exactly two thirds is two thirds.
  const left = part * denominator;
  const right = whole * numerator;
  if (left > right || (inclusive && left === right && whole > 0)) return [];
  const percent = whole === 0 ? '0.0' : ((part / whole) * 100).toFixed(1);
  const needed = inclusive ? { zh: `应达 ${numerator}/${denominator} 以上（含）`, en: `at least ${numerator}/${denominator} is needed` } : { zh: '应过半数', en: 'more than half is needed' };
  return [problem(code, { zh: `${zh} ${part}/${whole} = ${percent}%，${needed.zh}（民法典第278条）`, en: `${en} ${part}/${whole} = ${percent}%, ${needed.en} (Civil Code 278)`, clause: '2.5-4', data: { part, whole, numerator, denominator, inclusive } })];
}

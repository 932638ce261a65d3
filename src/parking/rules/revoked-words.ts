import { money, type Fen } from '../../kernel/index.js';

/** A text in both languages. */
export interface Words {
  readonly zh: string;
  readonly en: string;
}

/** Where a booking was moved to, and what became of its money. */
export interface MovedBooking {
  readonly reason: string;
  /** The facility's name, and the pool's where it has several: 东街停车场（B 区）. */
  readonly place: string;
  readonly isSameFacility: boolean;
  /** An estimate; null where it is not known, or the place is the same. */
  readonly walkingMetres: number | null;
  /** In the time of the place. */
  readonly span: string;
  /** Whether it still begins and ends as was agreed. */
  readonly keepsInterval: boolean;
  readonly amountFen: Fen;
  /** What goes back of what was paid. */
  readonly givenBackFen: Fen;
  /** What is owed no more of what nobody had paid. */
  readonly lessenedFen: Fen;
}

/** What the party of a moved booking reads: where to go, when, how far, and what came back (P9). */
export function movedWords({ reason, place, isSameFacility, walkingMetres, span, keepsInterval, ...money }: MovedBooking): Words {
  const walk = walkingMetres === null ? { zh: '', en: '' } : { zh: `，步行约 ${walkingMetres} 米`, en: `, about ${walkingMetres} metres on foot` };
  const when = keepsInterval ? { zh: `时段不变（${span}）`, en: `for the same time (${span})` } : { zh: `时段为 ${span}`, en: `for ${span}` };
  const price = priceWords(money);
  return {
    zh: `原泊位不再可用（${reason}），预约已改到${isSameFacility ? '同一设施的 ' : ' '}${place}${walk.zh}，${when.zh}，${price.zh}`,
    en: `the spaces are not available any more (${reason}); the reservation was moved to ${place}${isSameFacility ? ' of the same facility' : ''}${walk.en}, ${when.en}, ${price.en}`,
  };
}

function priceWords({ amountFen, givenBackFen, lessenedFen }: Pick<MovedBooking, 'amountFen' | 'givenBackFen' | 'lessenedFen'>): Words {
  const back: Words[] = [];
  if (givenBackFen > 0) back.push({ zh: `差额 ${money.format(givenBackFen)}退还`, en: `${money.yuanDigits(givenBackFen)} yuan are given back` });
  if (lessenedFen > 0) back.push({ zh: `应付减少 ${money.format(lessenedFen)}`, en: `${money.yuanDigits(lessenedFen)} yuan less are owed` });
  if (back.length === 0) return { zh: '不另加价', en: 'at no higher price' };
  const now = amountFen === 0 ? { zh: '免费', en: 'it is free' } : { zh: `现价 ${money.format(amountFen)}`, en: `it costs ${money.yuanDigits(amountFen)} yuan` };
  return { zh: [now.zh, ...back.map(each => each.zh)].join('，'), en: [now.en, ...back.map(each => each.en)].join(', ') };
}

/** A booking that ended because its spaces are not lent any more. */
export interface RefundedBooking {
  readonly reason: string;
  /** It was held and never stood: nothing else was looked for. */
  readonly wasHeld: boolean;
  readonly givenBackFen: Fen;
  readonly lessenedFen: Fen;
}

/** What the party of a booking that ended reads: the amount that goes back, and nothing of a refund where nothing was paid. */
export function refundedWords({ reason, wasHeld, givenBackFen, lessenedFen }: RefundedBooking): Words {
  const parts: Words[] = [];
  if (givenBackFen > 0) parts.push({ zh: `退还 ${money.format(givenBackFen)}`, en: `${money.yuanDigits(givenBackFen)} yuan are given back` });
  else parts.push({ zh: '未收取任何款项', en: 'nothing was charged' });
  if (lessenedFen > 0 && !wasHeld) parts.push({ zh: `${money.format(lessenedFen)}不再应付`, en: `${money.yuanDigits(lessenedFen)} yuan are owed no more` });
  const what = { zh: parts.map(part => part.zh).join('，'), en: parts.map(part => part.en).join(', and ') };
  if (wasHeld) return { zh: `保留的泊位不再可用（${reason}），预约未成立：${what.zh}`, en: `the spaces that were held are not available any more (${reason}), and there is no reservation: ${what.en}` };
  return { zh: `原泊位不再可用（${reason}），附近没有可改往的泊位，预约已取消：${what.zh}`, en: `the spaces are not available any more (${reason}), and nothing near can be booked; the reservation was cancelled: ${what.en}` };
}

/** What both sides read where a driver says that its space was not there. */
export function notProvidedWords({ reason, givenBackFen }: { readonly reason: string; readonly givenBackFen: Fen }): Words {
  const back = givenBackFen > 0 ? { zh: `退还 ${money.format(givenBackFen)}`, en: `${money.yuanDigits(givenBackFen)} yuan are given back` } : { zh: '未收取任何款项', en: 'nothing was charged' };
  return { zh: `停车人称泊位未提供（${reason}），预约已结束：${back.zh}`, en: `the driver says that the space was not provided (${reason}); the reservation has ended: ${back.en}` };
}

/** What the supplier reads where the driver cancelled or changed its booking after the spaces had been taken back: it bears that all the same. */
export function lapsedWords({ reason }: { readonly reason: string }): Words {
  return {
    zh: `已预约的泊位被收回（${reason}），预约方随后自行取消或变更：仍记供给方违约一次`,
    en: `spaces that were booked were taken back (${reason}), and the driver then cancelled or changed its booking: the supplier’s breach is recorded all the same`,
  };
}

/** Why less of the difference of a move arises than was charged for it. */
export const LESSENED_BY = {
  CANCELLED: { zh: '停车人已取消改址的预约', en: 'the driver cancelled the reservation that was moved' },
  CHANGED: { zh: '停车人已变更改址的预约', en: 'the driver changed the reservation that was moved' },
  MISSED: { zh: '改址的预约无人到场', en: 'nobody came for the reservation that was moved' },
  TAKEN_BACK: { zh: '改址的预约又被收回泊位', en: 'the reservation that was moved lost its spaces there, too' },
  NOT_PROVIDED: { zh: '停车人称改往之处未提供泊位', en: 'the driver says that no space was provided where the reservation was moved to' },
} as const satisfies Readonly<Record<string, Words>>;

export type LessenedBy = keyof typeof LESSENED_BY;

/** A difference that became less. */
export interface LessenedDebt {
  readonly by: LessenedBy;
  /** What is still owed of it, or was paid and stays so. */
  readonly leftFen: Fen;
  readonly lessFen: Fen;
  /** What of it had been paid, and goes back; the rest is owed no more. */
  readonly givenBackFen: Fen;
}

/** What the supplier reads where it owes less for a move than it was told. */
export function lessenedDebtWords({ by, leftFen, lessFen, givenBackFen }: LessenedDebt): Words {
  const waivedFen = lessFen - givenBackFen;
  const parts: Words[] = [];
  if (givenBackFen > 0) parts.push({ zh: `退还 ${money.format(givenBackFen)}`, en: `${money.yuanDigits(givenBackFen)} yuan are given back` });
  if (waivedFen > 0) parts.push({ zh: `${money.format(waivedFen)}不再应付`, en: `${money.yuanDigits(waivedFen)} yuan are owed no more` });
  const back = { zh: parts.map(({ zh }) => zh).join('，'), en: parts.map(({ en }) => en).join(', ') };
  const left = leftFen === 0 ? { zh: '差额不再存在', en: 'nothing of the difference is left' } : { zh: `差额减为 ${money.format(leftFen)}`, en: `the difference is ${money.yuanDigits(leftFen)} yuan now` };
  return { zh: `${LESSENED_BY[by].zh}：${left.zh}，${back.zh}`, en: `${LESSENED_BY[by].en}: ${left.en}, ${back.en}` };
}

/** What the supplier reads besides, where it owes the difference of a move. */
export function owedWords({ zh, en }: Words, differenceFen: Fen): Words {
  return { zh: `${zh}；差额 ${money.format(differenceFen)}由收回泊位的一方承担`, en: `${en}; the difference of ${money.yuanDigits(differenceFen)} yuan is owed by whoever took the spaces back` };
}

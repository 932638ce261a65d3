import { money, type Fen } from '../../kernel/index.js';
import type { Words } from './revoked-words.js';

/** A reservation that its driver has changed, and what became of its money. */
export interface ChangedBooking {
  readonly place: string;
  /** In the time of the place. */
  readonly span: string;
  readonly spaces: number;
  readonly amountFen: Fen;
  /** What is owed on top of what was charged. */
  readonly onTopFen: Fen;
  /** What goes back of what was paid. */
  readonly givenBackFen: Fen;
  /** What is owed no more of what nobody had paid. */
  readonly lessenedFen: Fen;
  /** The fee for this change, which is in the sums above. */
  readonly changeFeeFen: Fen;
}

/** What the party of a changed reservation reads: what it has now, and what the change cost or gave back. */
export function changedWords({ place, span, spaces, amountFen, ...sums }: ChangedBooking): Words {
  const price = amountFen === 0 ? { zh: '免费', en: 'free' } : { zh: `现价 ${money.format(amountFen)}`, en: `${money.yuanDigits(amountFen)} yuan` };
  const settled = settledWords(sums);
  return { zh: `预约已变更：${place}，${span}，${spaces} 个泊位，${price.zh}；${settled.zh}`, en: `your reservation was changed: ${place}, ${span}, spaces: ${spaces}, ${price.en}; ${settled.en}` };
}

function settledWords({ onTopFen, givenBackFen, lessenedFen, changeFeeFen }: Pick<ChangedBooking, 'onTopFen' | 'givenBackFen' | 'lessenedFen' | 'changeFeeFen'>): Words {
  const parts: Words[] = [];
  if (onTopFen > 0) parts.push({ zh: `另付 ${money.format(onTopFen)}`, en: `${money.yuanDigits(onTopFen)} yuan more are owed` });
  if (givenBackFen > 0) parts.push({ zh: `退还 ${money.format(givenBackFen)}`, en: `${money.yuanDigits(givenBackFen)} yuan are given back` });
  if (lessenedFen > 0) parts.push({ zh: `应付减少 ${money.format(lessenedFen)}`, en: `${money.yuanDigits(lessenedFen)} yuan less are owed` });
  if (parts.length === 0) parts.push({ zh: '费用不变', en: 'what is owed stays the same' });
  if (changeFeeFen > 0) parts.push({ zh: `已计入变更费 ${money.format(changeFeeFen)}`, en: `the fee of ${money.yuanDigits(changeFeeFen)} yuan for changing it late is reckoned in` });
  return { zh: parts.map(part => part.zh).join('，'), en: parts.map(part => part.en).join(', ') };
}

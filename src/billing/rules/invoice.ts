import { creditCodes, defineLifecycle, problem, textProblem, type Problem } from '../../kernel/index.js';

export const INVOICE_STATE_WORDS = {
  REQUESTED: '已申请。Asked for.',
  ISSUED: '已开具。Issued, and numbered.',
  REFUSED: '未开具，说明原因；可重新申请。Not issued, with the reason; it may be asked for anew.',
  TO_REVERSE: '退款后待冲红。To be reversed, because of a refund.',
  REVERSED: '已冲红。Reversed.',
} as const;
export type InvoiceState = keyof typeof INVOICE_STATE_WORDS;
export type InvoiceEvent = 'ISSUE' | 'REFUSE' | 'REFUND' | 'REVERSE';

export const TITLE_KIND_WORDS = {
  PERSON: '个人。A person.',
  ORGANISATION: '单位，须有税号。An organisation, with its tax code.',
} as const;
export type TitleKind = keyof typeof TITLE_KIND_WORDS;

/** The life of a request for an invoice (P11). REFUND of a mere request is its refusal: the sum has changed. */
export const invoiceLifecycle = defineLifecycle<InvoiceState, InvoiceEvent>({ zh: '发票', en: 'invoice' }, 'REQUESTED', {
  REQUESTED: { ISSUE: 'ISSUED', REFUSE: 'REFUSED', REFUND: 'REFUSED' },
  ISSUED: { REFUND: 'TO_REVERSE' },
  REFUSED: {},
  TO_REVERSE: { REVERSE: 'REVERSED' },
  REVERSED: {},
});

/** What stands where the sealed title of a person stood who was erased. */
export const ERASED_TITLE = 'erased';

const TITLE_MAXIMUM = 100;

/** What speaks against a request: an empty title, an organisation without a tax code that stands the check of GB 32100. */
export function checkInvoiceTitle({ titleKind, title, taxCode }: { readonly titleKind: TitleKind; readonly title: string; readonly taxCode: string | null }): readonly Problem[] {
  const problems: Problem[] = [];
  const wrong = textProblem(title, { zh: '发票抬头', en: 'the title of an invoice', field: 'title', minimum: 1, maximum: TITLE_MAXIMUM, code: 'INVOICE_TITLE_INVALID' });
  if (wrong) problems.push(wrong);
  if (titleKind === 'PERSON' && taxCode !== null) problems.push(problem('TAX_CODE_OF_PERSON', { zh: '个人抬头不填税号', en: 'an invoice to a person has no tax code', field: 'taxCode' }));
  if (titleKind === 'ORGANISATION') {
    const verdict = taxCode === null ? null : creditCodes.judgeCreditCode(taxCode);
    if (verdict === null) problems.push(problem('TAX_CODE_MISSING', { zh: '单位抬头须填税号（统一社会信用代码）', en: 'an invoice to an organisation names its tax code', field: 'taxCode' }));
    else if (verdict.verdict === 'INVALID') problems.push(problem('TAX_CODE_INVALID', { zh: verdict.zh, en: verdict.en, field: 'taxCode' }));
  }
  return problems;
}

/** 张**: the first character and a star for each other, at most three, so that the length of a name does not tell who it is. */
export function maskTitle(title: string): string {
  const [first, ...rest] = [...title.trim()];
  return first === undefined ? '*' : first + '*'.repeat(Math.min(Math.max(rest.length, 1), 3));
}

/** What a caller can do about a refusal: a closed list, so that a front end can act on a code that it does not know yet. */
export const REMEDIES = {
  CORRECT_INPUT: { zh: '改正所指的输入；原样再提交仍会被拒绝', en: 'correct the input that is named; the same input is refused again' },
  READ_AGAIN: { zh: '对象已变化、已终结或不存在：重新读取后再决定', en: 'the object has moved on, has ended or is not there: read again, then decide' },
  CHOOSE_OTHER: { zh: '另选时段、泊位、设施或名称', en: 'choose another time, space, facility or name' },
  DO_FIRST: { zh: '先办妥所指的事项，再原样提交', en: 'do first what is named, then ask the same again' },
  LEAVE_TO_OTHERS: { zh: '须由有权的主体办理', en: 'it is for another party, or for somebody with the right' },
  TRY_LATER: { zh: '稍后原样再试', en: 'ask the same again later' },
  CHECK: { zh: '并未拒绝，仅供核对', en: 'nothing was refused: look whether it is meant so' },
} as const;

export type Remedy = keyof typeof REMEDIES;

/** What a code says whatever the case; `…` stands for the thing and the number, which each refusal names. */
export interface RefusalWords {
  readonly zh: string;
  readonly en: string;
  readonly remedy: Remedy;
}

export type RefusalTable = Readonly<Record<string, RefusalWords>>;

/**
 * The codes that rules refuse with. Each room declares its own in its `refusals.ts` and adds them here by
 * `declare module`, so that an undeclared code does not compile although the kernel knows no room.
 */
export interface RefusalCodes {}

export type RefusalCode = Extract<keyof RefusalCodes, string>;

/** The members that a room's table adds to `RefusalCodes`. */
export type CodesOf<Table extends RefusalTable> = { readonly [Code in keyof Table]: true };

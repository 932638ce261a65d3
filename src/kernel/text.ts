import { problem, type Problem } from './outcome.js';
import type { RefusalCode } from './refusals.js';

// C0 and DEL, C1, what has no width or turns the direction of a text, and half a character: none of it can be seen, and all
// of it can make a text say something else than what is read, in a log, on an invoice or in an SMS.
const UNSEEN = /[\p{Cc}\p{Cs}\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/u;
const EACH_UNSEEN = new RegExp(UNSEEN.source, 'gu');
const NOTHING_SEEN = new RegExp(`^(?:\\s|${UNSEEN.source})*$`, 'u');

/** The first character of a text that nobody can see, as U+202E; null where all of it can be read. */
export function unseenCharacter(text: string): string | null {
  const found = UNSEEN.exec(text);
  return found ? nameOf(found[0]) : null;
}

const nameOf = (character: string): string => `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;

/** A foreign text as it can be shown in a report or a terminal: each character that nobody can see by its name, as ‹U+202E›. */
export function withUnseenNamed(text: string): string {
  return text.replace(EACH_UNSEEN, character => `‹${nameOf(character)}›`);
}

/** What is wrong with a text that has a character which nobody can see: the one rule of every door, over the API, by file or by command. Null where all of it can be read. */
export function unseenProblem(text: string, { zh, en, field, clause }: Pick<TextRule, 'zh' | 'en' | 'clause'> & { readonly field?: string }): Problem | null {
  const unseen = unseenCharacter(text);
  if (unseen === null) return null;
  const told = { ...(field === undefined ? {} : { field }), ...(clause === undefined ? {} : { clause }) };
  return problem('TEXT_CHARACTERS', { zh: `${zh}含有不可见的控制字符 ${unseen}`, en: `${en} has the control character ${unseen}, which nobody can see`, ...told });
}

/** So many of a thing, in English: 1 space, 2 spaces. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/** What a free text is called, where it stands, and how long it may be. */
export interface TextRule {
  readonly zh: string;
  readonly en: string;
  readonly field: string;
  /** 0: it may be left empty. */
  readonly minimum: number;
  readonly maximum: number;
  /** The code of a wrong length, where callers know one; absent: TEXT_LENGTH. */
  readonly code?: RefusalCode;
  readonly clause?: string;
}

const REASON: TextRule = { zh: '原因', en: 'a reason', field: 'reason', minimum: 1, maximum: 500, code: 'REASON_INVALID' };

/** What is wrong with why something is done, as the audit keeps it and the parties concerned are told: 1 to 500 characters. */
export function reasonProblem(reason: string): Problem | null {
  return textProblem(reason, REASON);
}

/** What is wrong with a free text: its length without the blanks around it, none where nothing of it can be seen, or a character that nobody can see. Null where nothing is. */
export function textProblem(text: string, { zh, en, field, minimum, maximum, code = 'TEXT_LENGTH', clause }: TextRule): Problem | null {
  const length = NOTHING_SEEN.test(text) ? 0 : text.trim().length;
  const told = { field, ...(clause === undefined ? {} : { clause }) };
  if (length < minimum || length > maximum) {
    const range = minimum === 0 ? { zh: `至多 ${maximum}`, en: `at most ${maximum}` } : { zh: `须为 ${minimum}–${maximum}`, en: `${minimum} to ${maximum}` };
    return problem(code, { zh: `${zh}${range.zh} 字，收到 ${length} 字`, en: `${en} has ${range.en} characters; this has ${length}`, ...told });
  }
  return unseenProblem(text, { zh, en, ...told });
}

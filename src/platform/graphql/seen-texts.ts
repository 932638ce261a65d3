import { unseenProblem } from '../../kernel/index.js';
import { badInput } from './faults.js';

/**
 * Throws BAD_USER_INPUT where a text that a mutation was given has a character that nobody can see, naming where it stands:
 * every free text comes through here, so that none is forgotten. Why such a text is refused: kernel/text.ts.
 */
export function ensureSeenTexts(given: unknown, path = ''): void {
  if (typeof given === 'string') return ensureSeen(given, path);
  if (typeof given !== 'object' || given === null) return;
  if (Array.isArray(given)) return given.forEach((each, nth) => ensureSeenTexts(each, `${path}[${nth}]`));
  for (const [name, value] of Object.entries(given)) ensureSeenTexts(value, path === '' ? name : `${path}.${name}`);
}

function ensureSeen(text: string, path: string): void {
  const unseen = unseenProblem(text, { zh: `${path} `, en: path });
  if (unseen) throw badInput(unseen, path);
}

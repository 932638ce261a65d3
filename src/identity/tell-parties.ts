import { newId, type Sealer, type Unit } from '../platform/index.js';
import { insertNotices } from './notice.sql.js';

/** What wakes the readers of notices. */
export const NOTICES_TOPIC = 'notices';

/** One party is told of one thing. */
export interface NoticeDraft {
  readonly partyId: string;
  /** What happened, as it is announced: `reservation.moved`. */
  readonly topic: string;
  /** What it happened to: the name of its GraphQL type, and its id. */
  readonly subjectKind: string;
  readonly subjectId: string;
  readonly zh: string;
  readonly en: string;
}

/**
 * Tells parties of what this unit does, when it commits and not else: a notice through the API at once, and by the
 * providers soon after. A party that stands twice in the same matter is told once. One statement, however many.
 */
export async function tellParties(unit: Unit, notices: readonly NoticeDraft[]): Promise<void> {
  if (notices.length === 0) return;
  const once = [...new Map(notices.map(notice => [[notice.partyId, notice.topic, notice.subjectId].join(' '), notice])).values()];
  const { sealer } = unit.scope.services;
  insertNotices(unit, once.map(({ zh, en, ...rest }) => {
    const id = newId('notice', unit.now);
    return { ...rest, id, sealedText: sealer.seal(JSON.stringify({ zh, en }), bindingOf(id)) };
  }), unit.now);
  unit.wake(NOTICES_TOPIC);
}

/** The text of a notice in both languages. */
export function openNotice(sealer: Sealer, { id, sealedText }: { readonly id: string; readonly sealedText: string }): { readonly zh: string; readonly en: string } {
  return JSON.parse(sealer.open(sealedText, bindingOf(id))) as { zh: string; en: string };
}

const bindingOf = (id: string) => ({ table: 'notice', rowId: id, column: 'sealed_text' });

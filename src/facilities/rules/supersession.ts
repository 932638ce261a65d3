import { problem, type Problem } from '../../kernel/index.js';
import { mayFollow, type FacilityStatus } from './status.js';

export type DraftEffect = 'CREATED' | 'CHANGED' | 'CONFIRMED' | 'UNCHANGED' | 'SUPERSEDED';

/** What we hold of a facility when a source tells of it again. */
export interface HeldFigures {
  readonly observedOn: string;
  readonly contentHash: string;
  readonly source: string;
}

/**
 * What a draft does to what we hold: a figure observed earlier never overwrites one observed later (3.1-2); the same
 * figure observed later is confirmed; the same one again writes nothing.
 */
export function effectOf(draft: { readonly observedOn: string; readonly contentHash: string }, held: HeldFigures | null): DraftEffect {
  if (held === null) return 'CREATED';
  const isSame = draft.contentHash === held.contentHash;
  if (isSame && draft.observedOn <= held.observedOn) return 'UNCHANGED';
  if (draft.observedOn < held.observedOn) return 'SUPERSEDED';
  return isSame ? 'CONFIRMED' : 'CHANGED';
}

/** Says which source rules where a draft came too late. */
export function supersededFinding(observedOn: string, held: HeldFigures): Problem {
  return problem('SUPERSEDED', {
    zh: `${observedOn} 的数据早于现行数据：以“${held.source}”${held.observedOn} 的数据为准`,
    en: `observed on ${observedOn}, before what we hold: '${held.source}' of ${held.observedOn} rules`,
    field: 'observedOn', clause: '3.1-2', data: { rulingSource: held.source, rulingObservedOn: held.observedOn },
  });
}

interface HeldStatus {
  readonly status: FacilityStatus;
  readonly statusReason: string | null;
  readonly statusSince: number;
}

/** The state after a draft: told by it, unless a later change of state is on record; a closed facility stays closed. */
export function statusAfter(draft: { readonly status: FacilityStatus | null; readonly statusReason: string | null; readonly observedAt: number }, held: HeldStatus | null): HeldStatus & { readonly problem: Problem | null } {
  const told = draft.status ?? held?.status ?? 'OPEN';
  if (held === null) return { status: told, statusReason: draft.statusReason, statusSince: draft.observedAt, problem: null };
  if (told === held.status || draft.observedAt < held.statusSince) return { ...held, problem: null };
  if (mayFollow(held.status, told)) return { status: told, statusReason: draft.statusReason, statusSince: draft.observedAt, problem: null };
  return {
    ...held,
    problem: problem('ILLEGAL_TRANSITION', { zh: `设施处于 ${held.status}，不能转为 ${told}`, en: `the facility is ${held.status} and cannot become ${told}`, field: 'status', clause: '3.6-4', data: { from: held.status, to: told } }),
  };
}

